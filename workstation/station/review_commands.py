"""What a supervisor does with cases that wait, and with decisions that were drawn."""

from dataclasses import dataclass, field

from workstation.review.drawn_look import DoubtReason, LookAnswer
from workstation.review.waiting_review import ReviewAnswer
from workstation.rules.checks import CheckName
from workstation.session.overrides.reasons import OverrideReason

__all__ = ["GiveLook", "GiveReview", "LeaveReview", "OpenLook", "OpenReview", "QueueCommand"]


@dataclass(frozen=True, slots=True)
class OpenReview:
    """The supervisor who is signed in looks at a case of the queue."""

    case: str


@dataclass(frozen=True, slots=True)
class OpenLook:
    """The supervisor who is signed in looks at a decision that was drawn; by its result's index."""

    number: int


@dataclass(frozen=True, slots=True)
class LeaveReview:
    """What was opened is closed without an answer."""


@dataclass(frozen=True, slots=True)
class GiveReview:
    """The supervisor who is signed in, authenticated anew, answers a case of the queue.

    reasons  one of each check that is let be; none where the answer is another than ALLOW
    words    at least 15 letters: why, or what the teller is to answer
    """

    case: str
    answer: ReviewAnswer
    reasons: tuple[tuple[CheckName, OverrideReason], ...]
    words: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GiveLook:
    """The supervisor who is signed in, authenticated anew, answers a decision that was drawn.

    reason, words  why, where the answer is DOUBT; words of at least 15 letters
    """

    number: int
    answer: LookAnswer
    reason: DoubtReason | None
    words: str
    secret: str = field(repr=False)


QueueCommand = OpenReview | OpenLook | LeaveReview | GiveReview | GiveLook
