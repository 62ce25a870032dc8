"""What a supervisor may do about a soft check, and what nobody may do about a hard one."""

import re
import unicodedata

from crypto.canonical_json import JsonValue
from workstation.records.journal import SignedIn
from workstation.rules.checks import CheckName, Hardness
from workstation.rules.parties import PartyRole, Role, person_key
from workstation.session.acts import (
    OverrideGiven,
    OverrideNotGranted,
    OverrideSettled,
    ReviewRefused,
)
from workstation.session.decision import find_open_checks, soft_checks_open
from workstation.session.evidence import GrantedOverride, RefusedOverride
from workstation.session.session import VerificationSession
from workstation.verification.move import Advance, Supervised
from workstation.verification.record import name_person

__all__ = ["override_check", "refuse_operation", "single_line"]

_MAX_REASON = 200
_NUMBER = re.compile(r"\d(?:[\W_]*\d){5,}")
"""Six digits and more: somebody's ИИН, telephone, card or document, which the log must not hold."""


def override_check(
    session: VerificationSession, supervisor: SignedIn, check: CheckName, untrusted_reason: str
) -> Supervised:
    """Grant or refuse the override of one check; either is signed by the supervisor and counted.

    Where it is open about two people, it is granted about the first: about the other it is asked
    for again.
    """
    reason = single_line(untrusted_reason)
    code = _objection(session, supervisor, check, reason)
    still_open = find_open_checks(session.policy, session.evidence)
    role = next((whom for each, whom in still_open if each == check), PartyRole.CUSTOMER)
    about = name_person(role)
    act = {"act": "override", **about, "check": check, "reason": reason, "refused": code}
    by = supervisor.operator.id
    if code:
        refused = OverrideNotGranted(session.id, RefusedOverride(check, by, code))
        facts: dict[str, JsonValue] = {**about, "check": check, "reason": code}
        return Supervised(supervisor, act, Advance(refused, "override.refused", facts, code))
    others_open = set(still_open) - {(check, role)}
    kind = OverrideGiven if others_open else OverrideSettled
    granted = kind(session.id, GrantedOverride(check, by, reason, role))
    advance = Advance(granted, "override.granted", {**about, "check": check, "by": by})
    return Supervised(supervisor, act, advance)


def refuse_operation(
    session: VerificationSession, supervisor: SignedIn, untrusted_reason: str
) -> Supervised:
    """Refuse the whole operation."""
    reason = single_line(untrusted_reason)
    by = supervisor.operator.id
    refused = Advance(ReviewRefused(session.id, by, reason), "review.refused", {"by": by})
    return Supervised(supervisor, {"act": "refuse", "reason": reason}, refused)


def _objection(
    session: VerificationSession, supervisor: SignedIn, check: CheckName, reason: str
) -> str:
    """Return the code of why the check may not be overridden, empty when it may."""
    item = session.policy.operation(session.evidence.operation.kind).requires(check)
    waits = check in soft_checks_open(session.policy, session.evidence)
    if not waits and (item is None or item.hardness is Hardness.HARD):
        return "override.hard_check"
    if person_key(supervisor.operator.id) in map(person_key, session.evidence.tellers):
        return "override.same_person"
    if supervisor.operator.role is not Role.SUPERVISOR:
        return "role_missing"
    if not reason:
        return "override.no_reason"
    if not waits:
        return "override.not_open"
    return ""


def single_line(untrusted: str) -> str:
    """Return words as the log takes them: one printable line, NFC, at most 200, no numbers."""
    printable = "".join(char if char.isprintable() else " " for char in untrusted)
    line = unicodedata.normalize("NFC", re.sub(r"\s+", " ", printable)).strip()
    return _NUMBER.sub("•", line[:_MAX_REASON])
