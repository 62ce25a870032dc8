"""A decision that was drawn for a second look: in the list, and opened."""

from dataclasses import dataclass, field
from enum import StrEnum

from vision.results import PairOfEyes
from workstation.rules.checks import CheckResult

__all__ = ["DoubtReason", "DrawnLook", "LookAnswer", "OpenedLook"]


class LookAnswer(StrEnum):
    """What a supervisor says of a decision that was drawn."""

    AGREE = "agree"
    DOUBT = "doubt"


class DoubtReason(StrEnum):
    """Why a supervisor would have decided otherwise."""

    ANOTHER_PERSON = "another_person"
    PHOTO_UNFIT = "photo_unfit"
    CHECK_PASSED_OVER = "check_passed_over"
    REFUSED_WITHOUT_CAUSE = "refused_without_cause"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DrawnLook:
    """One decision that waits for a second look.

    number    log index of its result
    until_ms  wall clock after which its photos are erased, looked at or not
    barred    code of why whoever is signed in may not answer, empty when they may
    """

    number: int
    kind: str
    decided_ms: int
    until_ms: int
    barred: str = ""


@dataclass(frozen=True, slots=True)
class OpenedLook:
    """What the teller saw and how it was decided; the photos are erased with the answer.

    faces  of each person the photo, the live face and where the eyes are; none once time is past
    missing  whether there are none though time is not past
    outcome, reason  as the screens showed them
    """

    drawn: DrawnLook
    teller: str
    outcome: str
    reason: str
    checks: tuple[CheckResult, ...]
    faces: tuple[tuple[bytes, bytes, tuple[PairOfEyes, PairOfEyes] | None], ...] = field(repr=False)
    missing: bool = False
