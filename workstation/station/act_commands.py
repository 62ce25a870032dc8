"""What people say of a case: the teller's last word, and a second person's acts."""

from dataclasses import dataclass, field

from workstation.rules.checks import CheckName
from workstation.session.comparison import ComparisonAnswer, ComparisonReason
from workstation.session.confirmation import HandOverReason, SuspicionReason
from workstation.session.overrides.reasons import OverrideReason

__all__ = [
    "Abort",
    "AgreeReview",
    "AnswerComparison",
    "ApproveException",
    "Confirm",
    "HandOver",
    "LiftCoolDown",
    "Override",
    "RefuseOnSuspicion",
    "RefuseReview",
    "ReviewCommand",
]


@dataclass(frozen=True, slots=True)
class Confirm:
    """The teller has looked at everything and lets the operation be decided."""

    comment: str = ""


@dataclass(frozen=True, slots=True)
class RefuseOnSuspicion:
    """The teller refuses the operation, whatever the checks say.

    words  at least 15 letters where the reason says nothing by itself
    """

    reason: SuspicionReason
    words: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The teller does not decide alone: a supervisor is to look.

    words  at least 15 letters where the reason says nothing by itself
    """

    reason: HandOverReason
    words: str = ""


@dataclass(frozen=True, slots=True)
class Abort:
    """The teller ends the session without a decision in the customer's favour.

    reason  an `AbortReason`; another code is kept as `teller_aborted`
    words   at least 15 letters where the reason says nothing by itself
    """

    reason: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class AgreeReview:
    """A supervisor, authenticated anew, has looked at a case that was handed over.

    reason  at least 15 letters
    """

    supervisor: str
    reason: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """A supervisor, authenticated anew, says whether both photos show one person.

    words  at least 15 letters beside the reason
    """

    supervisor: str
    answer: ComparisonAnswer
    reason: ComparisonReason
    words: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApproveException:
    """An officer, authenticated anew, vouches for the person in the photo with a reason."""

    officer: str
    reason: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Override:
    """A supervisor, authenticated anew, overrides one soft check.

    reason  of those that the check lists
    words   at least 15 letters beside it
    """

    supervisor: str
    check: CheckName
    reason: OverrideReason
    words: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefuseReview:
    """A supervisor, authenticated anew, refuses the operation with a reason."""

    supervisor: str
    reason: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LiftCoolDown:
    """A supervisor, authenticated anew, lets a customer who has to wait try once more.

    reason  at least 15 letters
    """

    supervisor: str
    untrusted_iin: str = field(repr=False)
    reason: str
    secret: str = field(repr=False)


ReviewCommand = AnswerComparison | Override | ApproveException | RefuseReview | AgreeReview
"""What a second person does to the case at the desk, authenticated anew."""
