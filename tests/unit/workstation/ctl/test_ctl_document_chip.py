"""`document read chip`: the chip on a card reader, opened by its printed lines."""

import json
from datetime import date

import pytest

from tests.support.station.command_line import CommandLine
from tests.support.station.documents import card_lines, chip, portrait, state, with_face
from workstation.ctl import document_chip
from workstation.sandbox.services.virtual_chip import CardFault, VirtualReader

NOW = "2026-11-22T20:30:15+00:00"
KEY = ("--number", "012345678", "--birth", "900101", "--expiry", "340314")


@pytest.fixture
def reader():
    return VirtualReader(chip())


@pytest.fixture
def names(monkeypatch, reader):
    """Names by which a reader was looked for."""
    asked = []

    def find(name):
        asked.append(name)
        return reader

    monkeypatch.setattr(document_chip, "PcscReader", find)
    return asked


@pytest.fixture
def line(tmp_path, monkeypatch):
    return CommandLine(tmp_path, monkeypatch)


@pytest.fixture
def read(line, tmp_path, names):
    (tmp_path / "csca.cer").write_bytes(state().csca.der)
    trusting = ("--csca", str(tmp_path / "csca.cer"), "--environment", "test", "--moment", NOW)

    def run(*given, as_json=True):
        before = ["--json"] if as_json else []
        return line.run(*before, "document", "read", "chip", *trusting, *given, data=False)

    return run


def test_a_chip_that_a_trusted_state_signed_is_read(read):
    result = read(*KEY)
    told = json.loads(result.stdout)

    assert result.exit_code == 0
    assert (told["indication"], told["access"]) == ("TOTAL_PASSED", "bac")
    assert told["holder"]["number"] == "012345678"
    assert told["chip_may_be_copy"]
    assert portrait().hex() not in result.stdout


@pytest.mark.parametrize(
    "text", ["\n".join(card_lines()), "\r\n".join(card_lines()) + "\r\n", " ".join(card_lines())]
)
def test_the_lines_may_come_from_a_file(read, tmp_path, text):
    (tmp_path / "lines.txt").write_text(text, "ascii")
    assert read("--mrz", str(tmp_path / "lines.txt")).exit_code == 0


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "lines.txt: mrz_lines"),
        ("nothing of the kind", "lines.txt: mrz_lines"),
        ("\n".join(card_lines()).replace("0123456784", "0123456785"), "wrong_check_digit: number"),
        ("й" * 90, "lines.txt: mrz_"),
        ("<" * 5000, "lines.txt: mrz_lines"),
    ],
)
def test_a_file_without_such_lines_never_reaches_the_chip(read, names, tmp_path, text, detail):
    (tmp_path / "lines.txt").write_text(text, "utf-8")
    result = read("--mrz", str(tmp_path / "lines.txt"))

    assert result.exit_code == 3
    assert detail in json.loads(result.stdout)["error"]["detail"]
    assert names == []


@pytest.mark.parametrize("given", [(), KEY[:4], (*KEY, "--mrz", "lines.txt")])
def test_the_key_is_demanded_whole_and_once(read, given):
    result = read(*given)
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (3, "usage")


def test_the_reader_is_the_one_that_was_named(read, names):
    read(*KEY, "--reader", "ACS ACR1252")
    read(*KEY)
    assert names == ["ACS ACR1252", ""]


def test_what_was_read_is_kept_for_this_account_alone_and_verifies_again(line, read, tmp_path):
    kept = tmp_path / "kept"
    assert read(*KEY, "--out", str(kept)).exit_code == 0

    assert {each.name for each in kept.iterdir()} == {
        *("EF_COM.bin", "EF_SOD.bin", "DG1.bin", "DG2.bin", "portrait.jpg", "report.json"),
    }
    assert (kept / "portrait.jpg").read_bytes() == portrait()
    trusting = ("--csca", str(tmp_path / "csca.cer"), "--environment", "test")
    assert line.run("document", "verify", str(kept), *trusting, data=False).exit_code == 0

    again = read(*KEY, "--out", str(kept))
    assert (again.exit_code, "already_initialised" in again.stdout) == (1, True)


def test_people_see_how_far_it_has_come_and_what_to_do(read):
    result = read(*KEY, as_json=False)

    assert "put the document on the card reader" in result.stderr
    assert result.stdout.startswith("indication: TOTAL_PASSED")


def test_a_portrait_that_nobody_signed_is_refused(read, reader):
    reader.contents = with_face(chip(), portrait(2))
    result = read(*KEY)
    told = json.loads(result.stdout)

    assert (result.exit_code, told["reason"]) == (1, "chip.data_group_changed")


def test_a_document_that_has_expired_is_no_success(read, reader):
    lines = card_lines(expires=date(2025, 1, 1))
    reader.contents = chip(lines)
    result = read(*KEY[:4], "--expiry", "250101")
    told = json.loads(result.stdout)

    assert (result.exit_code, told["indication"]) == (1, "TOTAL_PASSED")
    assert told["holder"]["expired"]


@pytest.mark.parametrize(
    ("fault", "exit_code", "code"),
    [
        (CardFault.READER_MISSING, 4, "chip_reader_missing"),
        (CardFault.READER_BUSY, 4, "chip_reader_busy"),
        (CardFault.NO_CARD, 4, "chip_no_card"),
        (CardFault.REMOVED, 4, "chip_card_removed"),
        (CardFault.OTHER_CARD, 3, "chip_other_card"),
        (CardFault.ACCESS_REFUSED, 3, "chip_access_refused"),
        (CardFault.LARGE_PORTRAIT, 1, "chip_too_large"),
        (CardFault.WRONG_MAC, 1, "chip_malformed"),
        (CardFault.GARBAGE, 1, "chip_malformed"),
    ],
)
def test_what_goes_wrong_at_the_reader_ends_in_one_line_and_its_exit_code(
    read, reader, tmp_path, fault, exit_code, code
):
    reader.fault, reader.after = fault, 20
    result = read(*KEY, "--out", str(tmp_path / "kept"))

    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (exit_code, code)
    assert not (tmp_path / "kept").exists()


def test_fields_that_cannot_stand_in_printed_lines_are_named(read, names):
    result = read("--number", "012345678", "--birth", "199001", "--expiry", "34-03-xx")
    assert json.loads(result.stdout)["error"]["code"] == "chip_access_key"
    assert names == []
