"""What a supervisor may do about a soft check, and what nobody may do about a hard one."""

import re
import unicodedata
from typing import TYPE_CHECKING

from workstation.records.journal import SignedIn
from workstation.rules.checks import CheckId, Hardness
from workstation.rules.parties import Role
from workstation.session.decision import soft_checks_open
from workstation.session.events import (
    OverrideGiven,
    OverrideNotGranted,
    OverrideSettled,
    ReviewRefused,
)
from workstation.session.evidence import Override, RefusedOverride

if TYPE_CHECKING:
    from workstation.verification.verification import Verification

__all__ = ["Supervision"]

_MAX_REASON = 200


class Supervision:
    """The review of one session; each act is signed with the supervisor's own key."""

    def __init__(self, verification: "Verification") -> None:
        self._verification = verification

    def override(self, supervisor: SignedIn, check: CheckId, untrusted_reason: str) -> None:
        """Grant or refuse the override of one check; both are written, signed and counted."""
        verification = self._verification
        reason = _one_line(untrusted_reason)
        code = self._objection(supervisor, check, reason)
        act = {"act": "override", "check": check.value, "reason": reason, "refused": code}
        if not verification.reviewed(supervisor, act):
            return
        if code:
            refused = RefusedOverride(check, supervisor.operator.id, code)
            event = OverrideNotGranted(verification.case.id, refused)
            verification.advance(event, "override.refused", {"check": check.value, "reason": code})
            verification.notice = code
            return
        granted = Override(check, supervisor.operator.id, reason)
        still_open = set(self._open()) - {check}
        kind = OverrideGiven if still_open else OverrideSettled
        facts = {"check": check.value, "by": supervisor.operator.id}
        verification.advance(kind(verification.case.id, granted), "override.granted", facts)

    def refuse(self, supervisor: SignedIn, untrusted_reason: str) -> None:
        """Refuse the operation."""
        verification = self._verification
        reason = _one_line(untrusted_reason)
        if not verification.reviewed(supervisor, {"act": "refuse", "reason": reason}):
            return
        event = ReviewRefused(verification.case.id, supervisor.operator.id, reason)
        verification.advance(event, "review.refused", {"by": supervisor.operator.id})

    def _open(self) -> tuple[CheckId, ...]:
        session = self._verification.session
        return soft_checks_open(session.policy, session.evidence)

    def _objection(self, supervisor: SignedIn, check: CheckId, reason: str) -> str:
        session = self._verification.session
        item = session.policy.operation(session.evidence.operation.kind).requires(check)
        if item is None or item.hardness is Hardness.HARD:
            return "override.hard_check"
        if supervisor.operator.id == session.evidence.teller:
            return "override.same_person"
        if supervisor.operator.role is not Role.SUPERVISOR:
            return "role_missing"
        if not reason:
            return "override.no_reason"
        if check not in self._open():
            return "override.not_open"
        return ""


def _one_line(untrusted: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in untrusted)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", printable)).strip()[:_MAX_REASON]
