"""What a second person is asked for and does, each with the id of the session it belongs to."""

from dataclasses import dataclass

from workstation.session.comparison import ComparisonReview
from workstation.session.evidence import GrantedOverride, RefusedOverride
from workstation.session.exception import ExceptionPhoto, ExceptionRequest, OfficerApproval

__all__ = [
    "Act",
    "ComparisonConfirmed",
    "ComparisonDenied",
    "ComparisonForAuthority",
    "ExceptionApproved",
    "ExceptionPhotoTaken",
    "ExceptionRequested",
    "ExceptionSettled",
    "OverrideGiven",
    "OverrideNotGranted",
    "OverrideSettled",
    "ReviewRefused",
    "SessionEvent",
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
)
