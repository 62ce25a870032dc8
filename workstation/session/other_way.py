"""What moves a session in which another way than the commands was asked for.

The way is answered outside; what it needs here is a photo, which is compared as a live face is.
"""

from dataclasses import dataclass, replace

from workstation.rules.alternatives import LivenessWay
from workstation.session.acts import SessionEvent
from workstation.session.alternative import MOST_FAILURES, WayAnswer, WayRequest
from workstation.session.evidence import Evidence

__all__ = [
    "WayConfirmed",
    "WayEvent",
    "WayFailed",
    "WayLeft",
    "WayRefused",
    "WayRequested",
    "WaySilent",
    "absorb_way",
    "count_failures",
    "is_way_open",
]


@dataclass(frozen=True, slots=True)
class WayRequested(SessionEvent):
    """Another way was asked for in the place of an attempt."""

    request: WayRequest


@dataclass(frozen=True, slots=True)
class _Answered(SessionEvent):
    """What was answered about the customer."""

    answer: WayAnswer


@dataclass(frozen=True, slots=True)
class WayFailed(_Answered):
    """It did not succeed, and may be tried again."""


@dataclass(frozen=True, slots=True)
class WayConfirmed(_Answered):
    """It succeeded: the photo is compared with the reference."""


@dataclass(frozen=True, slots=True)
class WayRefused(_Answered):
    """It shows that the customer is somebody else, or no living person."""


@dataclass(frozen=True, slots=True)
class WaySilent(SessionEvent):
    """Nothing was answered; it costs the customer nothing."""

    code: str


@dataclass(frozen=True, slots=True)
class WayLeft(SessionEvent):
    """The session goes back to the face: by the teller, or by the last answer."""

    answer: WayAnswer | None = None


WayEvent = WayRequested | WayFailed | WayConfirmed | WayRefused | WaySilent | WayLeft


def count_failures(evidence: Evidence, way: LivenessWay) -> int:
    """Return how often a way has failed in this session, before a pause too."""
    return sum(each.way is way for each in evidence.way_answers)


def is_way_open(evidence: Evidence, event: WayEvent) -> bool:
    """Whether failures of the way leave room for this event (B-07)."""
    match event:
        case WayRequested(request=request):
            return count_failures(evidence, request.way) < MOST_FAILURES
        case WayFailed(answer=answer):
            return count_failures(evidence, answer.way) + 1 < MOST_FAILURES
        case _:
            return True


def absorb_way(evidence: Evidence, event: WayEvent) -> Evidence:
    """Return the evidence after the event; who goes back to the face leaves the photo behind."""
    match event:
        case WayRequested(request=request):
            return replace(evidence, way=request, exception_photo=None)
        case WaySilent():
            return evidence
        case WayLeft(answer=answer):
            answers = evidence.way_answers if answer is None else (*evidence.way_answers, answer)
            return replace(evidence, way=None, way_answers=answers, exception_photo=None)
        case _:
            return replace(evidence, way_answers=(*evidence.way_answers, event.answer))
