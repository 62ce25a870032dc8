"""What an exchange over the network failed at, as a finding."""

from typing import Final

from crypto.net.exchange import Failure
from workstation.diagnosis.probe import ProbeFact, ProbeFinding
from workstation.registries.endpoint import PostTrial

__all__ = ["describe_trial", "find_failure"]

_FAILURES: Final = {
    Failure.THIS_MACHINE: ProbeFinding.THIS_MACHINE,
    Failure.CONNECT_TIMEOUT: ProbeFinding.CONNECT_TIMEOUT,
    Failure.UNREACHABLE: ProbeFinding.UNREACHABLE,
    Failure.CERTIFICATE: ProbeFinding.CERTIFICATE,
    Failure.BROKEN: ProbeFinding.BROKEN,
    Failure.DEADLINE: ProbeFinding.DEADLINE,
    Failure.CANCELLED: ProbeFinding.CANCELLED,
    Failure.TOO_LARGE: ProbeFinding.TOO_LARGE,
    Failure.TRUNCATED: ProbeFinding.TRUNCATED,
}
_OK: Final = 200


def find_failure(failure: Failure, *, foreign: bool) -> ProbeFinding:
    """Return the finding of a failed exchange.

    foreign  another certificate was shown than one that is trusted for this name
    """
    return ProbeFinding.FOREIGN if foreign else _FAILURES[failure]


def describe_trial(
    trial: PostTrial, media_types: tuple[str, ...]
) -> tuple[ProbeFinding, tuple[tuple[ProbeFact, str], ...]] | None:
    """Return what is wrong with an answer before it is read, and facts; None for nothing.

    media_types  that it may have
    """
    if trial.failure is not None:
        return find_failure(trial.failure, foreign=trial.foreign), ()
    status = (ProbeFact.STATUS, str(trial.status))
    if trial.status != _OK:
        return ProbeFinding.HTTP_STATUS, (status, (ProbeFact.EXPECTED, str(_OK)))
    if trial.untrusted_body is None:
        expected = (ProbeFact.EXPECTED, " | ".join(media_types))
        return ProbeFinding.MEDIA_TYPE, (status, (ProbeFact.FORMAT, trial.media_type), expected)
    return None
