"""The one shape of a registry's answer."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["AnswerStatus", "RegistryAnswer"]


class AnswerStatus(StrEnum):
    """Three values, in the words of the checks they become."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What a registry said, with the trace that lets the question be found again on both sides.

    check        phone_owner, antifraud or loan_refusal
    reason       `<check>.<finding>`; `<check>.no_answer` for every failure to answer
    source       configured name of the registry
    asked_ms     Unix milliseconds, as is answered_ms; the latter is the time of giving up, too
    request_id   32 hex digits chosen at random for this question
    body_sha256  hex digest of the answer's body, also of one that was not understood; "" if none
    facts        what else it said that is no personal data, by name
    """

    check: str
    status: AnswerStatus
    reason: str
    source: str
    asked_ms: int
    answered_ms: int
    request_id: str
    body_sha256: str
    facts: tuple[tuple[str, str | int], ...] = ()
