"""Another way than the commands: what was asked for, and what was answered about it.

Values only. Palm and video identification establish that the customer is here; a photo taken here
still has to match the reference, and each answer is bound to this session's request, operation and
photo (docs/alternatives.md).
"""

from dataclasses import dataclass
from enum import StrEnum

from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import CheckStatus

__all__ = [
    "ANSWERED_OUTSIDE",
    "MOST_FAILURES",
    "REFUSING",
    "WayAnswer",
    "WayReason",
    "WayRequest",
    "has_failed_way",
]

ANSWERED_OUTSIDE = (LivenessWay.PALM, LivenessWay.VIDEO_IDENTIFICATION)
"""Ways whose verdict comes from elsewhere: a scanner's centre, the bank's centre."""

MOST_FAILURES = 3
"""Failures of one way after which the session goes back to the face (B-07)."""


REFUSING = frozenset(
    {
        "palm.other_person",
        "palm.attack",
        "video_identification.other_person",
        "video_identification.refused",
    }
)
"""The customer is somebody else, or no living person: nothing is tried again."""


class WayReason(StrEnum):
    """Why another way is taken. Never a diagnosis: the log must not hold one."""

    CUSTOMER_WISH = "customer_wish"
    COMMANDS_DO_NOT_FIT = "commands_do_not_fit"
    COMMANDS_FAILED = "commands_failed"


@dataclass(frozen=True, slots=True)
class WayRequest:
    """The way that was asked for in the place of another attempt.

    nonce           32 hex digits, new for each request; the answer has to name it
    consent_sha256  of the text by which the customer agreed to this way, hex; empty where the
                    consent of the session is enough
    """

    way: LivenessWay
    reason: WayReason
    nonce: str
    consent_sha256: str = ""


@dataclass(frozen=True, slots=True)
class WayAnswer:
    """What the scanner's or the bank's centre answered to a request.

    reference        number under which it keeps what it found
    operation_sha256, photo_sha256  what it was asked about: this operation, this photo
    """

    way: LivenessWay
    status: CheckStatus
    reason: str
    reference: str
    nonce: str
    operation_sha256: str
    photo_sha256: str
    facts: tuple[tuple[str, str | int], ...] = ()


def has_failed_way(answers: tuple[WayAnswer, ...]) -> bool:
    """Whether a way has shown somebody else, or failed as often as it may but once.

    Who could leave before the last try and begin anew would have tries without end. A palm that is
    not enrolled and a hand that was not seen say nothing against the customer.
    """
    failed = [each.way for each in answers if each.status is CheckStatus.FAILED]
    refused = any(each.reason in REFUSING for each in answers)
    return refused or any(failed.count(way) >= MOST_FAILURES - 1 for way in set(failed))
