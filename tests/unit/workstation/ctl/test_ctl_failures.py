"""What a failure tells a person to do."""

import click
import pytest

from crypto.errors import LogTampered
from crypto.path.trust import TrustRefused
from workstation.ctl.failures import ExitCode, NothingFound, failure_of


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


def test_an_integrity_failure_keeps_its_own_advice() -> None:
    failure = failure_of(LogTampered("heads: FileNotFoundError"))
    assert failure.exit_code is ExitCode.INTEGRITY
    assert "call security" in failure.advice


def test_a_usage_message_ends_with_one_full_stop() -> None:
    assert failure_of(click.UsageError("Missing option.")).detail == "Missing option"
