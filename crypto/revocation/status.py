"""The three-valued outcome of a revocation check."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from crypto.report.alarm import AlarmCode
from crypto.report.report import EvidenceItem

__all__ = [
    "BENIGN_REASONS",
    "RevocationResult",
    "RevocationStatus",
    "find_compromise",
    "was_good_at",
]

# CRLReason (RFC 5280 5.3.1) of an end that leaves what the key signed before alone. Not: no
# reason, unspecified, compromise of any kind, and a hold, which may yet turn out to be one.
BENIGN_REASONS: Final = frozenset(
    {
        3,  # affiliationChanged
        4,  # superseded
        5,  # cessationOfOperation
        9,  # privilegeWithdrawn
    }
)


class RevocationStatus(StrEnum):
    """GOOD only on positive, fresh, authenticated evidence."""

    GOOD = "good"
    REVOKED = "revoked"
    NOT_ESTABLISHED = "not_established"


@dataclass(frozen=True, slots=True)
class RevocationResult:
    """Status, why, when and for which CRLReason it was revoked, and all evidence looked at.

    revoked_at  of a status that is GOOD as of an earlier moment: when it was revoked since then
    alarm  what an answer of the responder that was asked gives away; None for none, and where
           stored answers are judged, which nobody offered as an answer to this question
    """

    status: RevocationStatus
    reason: str
    revoked_at: datetime | None
    crl_reason: int | None
    evidence: tuple[EvidenceItem, ...]
    alarm: AlarmCode | None = None


def was_good_at(proven: datetime, result: RevocationResult) -> bool:
    """Tell whether a certificate, revoked by now, was still good at a proven time."""
    return (
        result.status is RevocationStatus.REVOKED
        and result.crl_reason in BENIGN_REASONS
        and result.revoked_at is not None
        and proven < result.revoked_at
    )


def find_compromise(result: RevocationResult) -> datetime | None:
    """Return since when a key that was good then may be anybody's; None: it never was."""
    stolen = result.status is RevocationStatus.GOOD and result.crl_reason not in BENIGN_REASONS
    return result.revoked_at if stolen else None
