"""The checks a critical operation may require and the one shape of their results."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["LIVENESS_EXCEPTION", "CheckId", "CheckResult", "CheckStatus", "Hardness"]

LIVENESS_EXCEPTION = "liveness.exception"
"""Reason of a liveness check that passed because officers vouched, and nothing else."""


class CheckStatus(StrEnum):
    """Three values: what is missing has not passed."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class Hardness(StrEnum):
    """HARD is never waived; SOFT may be overridden by a different person, a supervisor."""

    HARD = "hard"
    SOFT = "soft"


class CheckId(StrEnum):
    """Every check this workstation knows, in the order it is performed."""

    IIN = "iin"
    AGE = "age"
    COOL_DOWN = "cool_down"
    PHONE_OWNER = "phone_owner"
    ANTIFRAUD = "antifraud"
    LOAN_REFUSAL = "loan_refusal"
    QUESTIONNAIRE = "questionnaire"
    OLD_NUMBER_CALLED = "old_number_called"
    CONSENT = "consent"
    REFERENCE = "reference"
    LIVENESS = "liveness"
    MATCH = "match"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check.

    reason  stable code, e.g. `phone_owner.other_person`, `signature.revoked`
    rule    id of the policy rule that demands the check
    facts   (name, value) pairs for the record: strings and integers only, no personal data
    """

    check: CheckId
    status: CheckStatus
    reason: str
    hardness: Hardness
    rule: str
    facts: tuple[tuple[str, str | int], ...] = ()
