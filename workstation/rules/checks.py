"""The checks a critical operation may require and the one shape of their results."""

from dataclasses import dataclass
from enum import StrEnum

from workstation.rules.parties import PartyRole

__all__ = [
    "ALWAYS_HARD",
    "LIVENESS_EXCEPTION",
    "MATCH_REVIEWED",
    "SECOND_PERSON",
    "CheckId",
    "CheckName",
    "CheckResult",
    "CheckStatus",
    "Hardness",
]

LIVENESS_EXCEPTION = "liveness.exception"
"""Reason of a liveness check that passed because officers vouched, and nothing else."""

MATCH_REVIEWED = "match.reviewed"
"""Reason of a comparison that passed because a supervisor compared where it was undecided."""


class CheckStatus(StrEnum):
    """Three values: what is missing has not passed."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"


class Hardness(StrEnum):
    """HARD is never waived; SOFT may be overridden by a different person, a supervisor.

    SILENT changes no outcome and is not shown at the desk: it is recorded for a later review,
    because what it looks for may be the teller's own doing.
    """

    HARD = "hard"
    SOFT = "soft"
    SILENT = "silent"


CheckName = str
"""Name of a check: a `CheckId`, or one that the policy defines itself. Compared with `==`."""


class CheckId(StrEnum):
    """Every check this workstation knows, in the order it is performed."""

    IIN = "iin"
    AGE = "age"
    COOL_DOWN = "cool_down"
    PERSON = "person"
    NOT_STAFF = "not_staff"
    PHONE_OWNER = "phone_owner"
    OLD_PHONE_OWNER = "old_phone_owner"
    NUMBER_NOT_SHARED = "number_not_shared"
    ANTIFRAUD = "antifraud"
    LOAN_REFUSAL = "loan_refusal"
    SPOUSE_CONSENT = "spouse_consent"
    POWERS = "powers"
    GUARDIANSHIP = "guardianship"
    MARRIAGE = "marriage"
    PERSONAL_VISIT = "personal_visit"
    QUESTIONNAIRE = "questionnaire"
    OLD_NUMBER_CALLED = "old_number_called"
    AGE_CONFIRMED = "age_confirmed"
    CONSENT = "consent"
    REFERENCE = "reference"
    REFERENCE_CONFIRMED = "reference_confirmed"
    DOCUMENT_NAME = "document_name"
    LIVENESS = "liveness"
    MATCH = "match"
    NOT_STAFF_FACE = "not_staff_face"
    ONE_IDENTITY = "one_identity"
    DIFFERENT_PEOPLE = "different_people"
    AUTHORITY = "authority"
    SIGNATURE = "signature"
    NAME = "name"
    KEY_AGE = "key_age"


ALWAYS_HARD = (CheckId.REFERENCE, CheckId.LIVENESS, CheckId.MATCH, CheckId.SIGNATURE)
"""Two factors, biometrics and ЭЦП, for every critical operation (domain rules B-01, B-02, E-03)."""


SECOND_PERSON = (CheckId.AGE_CONFIRMED, CheckId.REFERENCE_CONFIRMED)
"""Another officer answers them in the review: hard ones nobody could."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check.

    reason  stable code, e.g. `phone_owner.other_person`, `signature.revoked`
    rule    id of the policy rule that demands the check
    facts   (name, value) pairs for the record: strings and integers only, no personal data
    role    of the person whom it is about
    """

    check: CheckName
    status: CheckStatus
    reason: str
    hardness: Hardness
    rule: str
    facts: tuple[tuple[str, str | int], ...] = ()
    role: PartyRole = PartyRole.CUSTOMER
