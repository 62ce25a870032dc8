"""What people say of a case: a second person's acts, and the teller's last word.

Each names the id of the session that it belongs to.
"""

from dataclasses import dataclass, replace

from workstation.session.comparison import ComparisonReview
from workstation.session.confirmation import (
    Confirmation,
    HandOverRequest,
    SecondLook,
    Suspicion,
    is_open,
)
from workstation.session.evidence import Evidence, GrantedOverride, RefusedOverride
from workstation.session.exception import ExceptionPhoto, ExceptionRequest, OfficerApproval

__all__ = [
    "Act",
    "ClosingEvent",
    "ComparisonConfirmed",
    "ComparisonDenied",
    "ComparisonForAuthority",
    "ExceptionApproved",
    "ExceptionPhotoTaken",
    "ExceptionRequested",
    "ExceptionSettled",
    "HandedOver",
    "OperationConfirmed",
    "OverrideGiven",
    "OverrideNotGranted",
    "OverrideSettled",
    "ReviewRefused",
    "SecondLookGiven",
    "SessionEvent",
    "SuspicionRaised",
    "absorb_act",
    "is_closing_open",
]


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """What every event has: the session that it belongs to."""

    session: str


@dataclass(frozen=True, slots=True)
class ExceptionRequested(SessionEvent):
    """No set of commands fits the customer: officers are asked to vouch."""

    request: ExceptionRequest


@dataclass(frozen=True, slots=True)
class ExceptionPhotoTaken(SessionEvent):
    """The customer was photographed before the officers, for the first time or again."""

    photo: ExceptionPhoto


@dataclass(frozen=True, slots=True)
class ExceptionApproved(SessionEvent):
    """An officer vouched; another is still needed."""

    approval: OfficerApproval


@dataclass(frozen=True, slots=True)
class ExceptionSettled(SessionEvent):
    """The last officer needed vouched: the photo is compared with the reference."""

    approval: OfficerApproval


@dataclass(frozen=True, slots=True)
class _Reviewed(SessionEvent):
    """A supervisor's comparison of both photos."""

    review: ComparisonReview


@dataclass(frozen=True, slots=True)
class ComparisonConfirmed(_Reviewed):
    """A supervisor sees one person in both photos."""


@dataclass(frozen=True, slots=True)
class ComparisonForAuthority(_Reviewed):
    """A supervisor sees one person in both photos; the authority is asked, too."""


@dataclass(frozen=True, slots=True)
class ComparisonDenied(_Reviewed):
    """A supervisor sees two people, or may not be the one to say."""


@dataclass(frozen=True, slots=True)
class OverrideGiven(SessionEvent):
    """A supervisor overrode a soft check; another is still open."""

    override: GrantedOverride


@dataclass(frozen=True, slots=True)
class OverrideSettled(SessionEvent):
    """A supervisor overrode the last open soft check."""

    override: GrantedOverride


@dataclass(frozen=True, slots=True)
class OverrideNotGranted(SessionEvent):
    """An override was asked for that the rules do not allow."""

    refused: RefusedOverride


@dataclass(frozen=True, slots=True)
class ReviewRefused(SessionEvent):
    """A supervisor refused the operation."""

    supervisor: str
    reason: str


@dataclass(frozen=True, slots=True)
class OperationConfirmed(SessionEvent):
    """The teller has looked and lets the operation be decided."""

    confirmation: Confirmation


@dataclass(frozen=True, slots=True)
class SuspicionRaised(SessionEvent):
    """The teller refuses the operation, whatever the checks say."""

    suspicion: Suspicion


@dataclass(frozen=True, slots=True)
class HandedOver(SessionEvent):
    """The teller does not decide alone: another person is to look."""

    hand_over: HandOverRequest


@dataclass(frozen=True, slots=True)
class SecondLookGiven(SessionEvent):
    """A supervisor has looked, and sees nothing against the customer."""

    look: SecondLook


ClosingEvent = OperationConfirmed | SuspicionRaised | HandedOver | SecondLookGiven
"""What ends a case in which everything was asked for, or takes it to another person first."""


def is_closing_open(
    evidence: Evidence,
    event: OperationConfirmed | SecondLookGiven | OverrideSettled,
) -> bool:
    """Whether it is its turn: a second look needs a hand-over, and goes last."""
    waiting = is_open(evidence.hand_over, evidence.second_look, *evidence.tellers)
    return waiting if isinstance(event, SecondLookGiven) else not waiting


def _absorb_closing(evidence: Evidence, event: ClosingEvent) -> Evidence:
    """Return the evidence after the event; who hands over again needs another look."""
    match event:
        case OperationConfirmed(confirmation=confirmation):
            return replace(evidence, confirmation=confirmation)
        case SuspicionRaised(suspicion=suspicion):
            return replace(evidence, suspicion=suspicion)
        case HandedOver(hand_over=hand_over):
            return replace(evidence, hand_over=hand_over, second_look=None)
        case SecondLookGiven(look=look):  # pragma: no branch - mypy proves the match exhaustive
            return replace(evidence, second_look=look)


Act = (
    ExceptionRequested
    | ExceptionPhotoTaken
    | ExceptionApproved
    | ExceptionSettled
    | ComparisonConfirmed
    | ComparisonForAuthority
    | ComparisonDenied
    | OverrideGiven
    | OverrideSettled
    | OverrideNotGranted
    | ReviewRefused
    | ClosingEvent
)


def absorb_act(evidence: Evidence, event: Act) -> Evidence:
    """Absorb what a second person is asked for and does, and the teller's last word."""
    match event:
        case ExceptionRequested(request=request):
            return replace(evidence, exception_request=request)
        case ExceptionPhotoTaken(photo=photo):
            return replace(evidence, exception_photo=photo)
        case ExceptionApproved(approval=approval) | ExceptionSettled(approval=approval):
            return replace(evidence, approvals=(*evidence.approvals, approval))
        case (
            ComparisonConfirmed(review=review)
            | ComparisonForAuthority(review=review)
            | ComparisonDenied(review=review)
        ):
            return replace(evidence, comparison=review)
        case OverrideGiven(override=override) | OverrideSettled(override=override):
            return replace(evidence, overrides=(*evidence.overrides, override))
        case OperationConfirmed() | SuspicionRaised() | HandedOver() | SecondLookGiven():
            return _absorb_closing(evidence, event)
        case OverrideNotGranted(refused=refused):
            return replace(evidence, refused_overrides=(*evidence.refused_overrides, refused))
        case ReviewRefused(reason=reason):  # pragma: no branch - mypy proves the match exhaustive
            return replace(evidence, review_refused=reason or "refused")
