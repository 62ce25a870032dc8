"""The three-valued outcome of a revocation check."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crypto.pki.report import EvidenceItem

__all__ = ["RevocationStatus", "RevocationVerdict"]


class RevocationStatus(StrEnum):
    """GOOD only on positive, fresh, authenticated evidence."""

    GOOD = "good"
    REVOKED = "revoked"
    NOT_ESTABLISHED = "not_established"


@dataclass(frozen=True, slots=True)
class RevocationVerdict:
    """Status, why, when and for which CRLReason it was revoked, and all evidence looked at."""

    status: RevocationStatus
    reason: str
    revoked_at: datetime | None
    crl_reason: int | None
    evidence: tuple[EvidenceItem, ...]
