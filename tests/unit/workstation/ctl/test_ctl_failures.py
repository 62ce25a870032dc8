"""What a failure tells a person to do."""

import json
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from crypto.chip import errors as chip
from crypto.errors import LogTampered
from crypto.path.trust import TrustRefused
from resources import LANGUAGES
from workstation.ctl import program
from workstation.ctl.failures import (
    _KINDS,
    _PERMITS,
    _READERS,
    _REASONS,
    ExitCode,
    NothingFound,
    failure_of,
)
from workstation.documents.texts import Texts


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TrustRefused("of_the_other_environment:af77725f8328bb24"), "prod or test"),
        (TrustRefused("fingerprint_unknown:af77725f8328bb24"), "--fingerprint"),
        (TrustRefused("fingerprint_malformed"), "64 hex digits"),
        (TrustRefused("no_anchor_issued_it:af77725f8328bb24"), "import the root"),
        (NothingFound("ca: IsADirectoryError"), "a folder"),
        (NothingFound("nope.cer: FileNotFoundError"), "check the path"),
    ],
)
def test_a_wrong_input_is_answered_by_its_reason(error: Exception, said: str) -> None:
    failure = failure_of(error)
    assert failure.exit_code is ExitCode.INPUT
    assert said in failure.advice


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_advice_is_worded(language: str) -> None:
    texts = Texts(language)
    named = {advice for _, _, advice in _KINDS} | set(_REASONS) | set(_READERS)
    named |= {f"permit_{each}" for each in _PERMITS}
    named |= {"help", "aborted", "add", "add_photographs", "system_libraries", "file", "bug"}
    assert [each for each in sorted(named) if not texts.has(f"advice.{each}")] == []


@pytest.mark.parametrize(("language", "said"), [("kk", "64 он алтылық"), ("ru", "64 шестнадц")])
def test_the_advice_is_in_the_language_asked_for(language: str, said: str) -> None:
    refused = TrustRefused("fingerprint_malformed")
    assert said in failure_of(refused, language).advice
    given = ["--json", "--language", language, "trust", "import", "none", "--fingerprint", "1"]
    result = CliRunner().invoke(program, ["--data", "nowhere", *given])
    assert result.exit_code == ExitCode.INPUT
    assert json.loads(result.stdout)["error"]["advice"] == Texts(language).tr(
        "advice.not_initialised"
    )


def test_without_its_texts_the_program_says_that_it_has_to_be_installed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("resources.path", tmp_path.joinpath)
    assert "install the program again" in failure_of(NothingFound("x")).advice


def test_an_integrity_failure_keeps_its_own_advice() -> None:
    failure = failure_of(LogTampered("heads: FileNotFoundError"))
    assert failure.exit_code is ExitCode.INTEGRITY
    assert "call security" in failure.advice


def test_a_usage_message_ends_with_one_full_stop() -> None:
    assert failure_of(click.UsageError("Missing option.")).detail == "Missing option"


CARD_READERS = "install libpcsclite1" if sys.platform == "linux" else "install pyscard"


@pytest.mark.parametrize(
    ("error", "exit_code", "said"),
    [
        (
            chip.ReaderMissing("not_installed"),
            ExitCode.STATION,
            CARD_READERS,
        ),
        (chip.ReaderMissing("no_service"), ExitCode.STATION, "pcscd"),
        (chip.ReaderMissing("no_reader"), ExitCode.STATION, "connect"),
        (chip.ReaderMissing("reader"), ExitCode.STATION, "the settings name"),
        (chip.ReaderMissing("several"), ExitCode.STATION, "--reader"),
        (chip.ReaderBusy(), ExitCode.STATION, "the other program"),
        (chip.CardMissing(), ExitCode.STATION, "put the document"),
        (chip.CardRemoved(), ExitCode.STATION, "leave the document"),
        (chip.ChipTimeout("apdu"), ExitCode.STATION, "put it back"),
        (chip.ChipReadCancelled(), ExitCode.REFUSED, "nothing was kept"),
        (chip.AccessKeyRefused("birth"), ExitCode.INPUT, "as they are printed"),
        (chip.AccessRefused(), ExitCode.INPUT, "this very document"),
        (chip.OtherCard(), ExitCode.INPUT, "passport"),
        (chip.ChipFileTooLarge("EF.DG2"), ExitCode.REFUSED, "believe nothing"),
        (chip.ChipMalformed("mac"), ExitCode.REFUSED, "believe nothing"),
        (chip.ChipNotAuthentic("active"), ExitCode.REFUSED, "believe nothing"),
    ],
)
def test_every_failure_of_a_chip_has_its_own_advice(
    error: chip.ChipError, exit_code: ExitCode, said: str
) -> None:
    failure = failure_of(error)
    assert (failure.exit_code, failure.code) == (exit_code, error.code)
    assert said in failure.advice
