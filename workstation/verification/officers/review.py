"""What a supervisor may do about a soft check, and what nobody may do about a hard one."""

import re
import unicodedata

from crypto.canonical_json import JsonValue
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.rules.checks import CheckName, Hardness
from workstation.rules.parties import PartyRole, Role, person_key
from workstation.session.acts import (
    OverrideGiven,
    OverrideNotGranted,
    OverrideSettled,
    ReviewRefused,
)
from workstation.session.confirmation import is_open
from workstation.session.decision import digest_open, find_open_checks
from workstation.session.evidence import AskedCheck, GrantedOverride, RefusedOverride
from workstation.session.exception import is_explained
from workstation.session.overrides.reasons import OverrideReason, list_reasons
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.verification.move import Advance, Supervised
from workstation.verification.record import name_person

__all__ = ["list_open", "override_check", "refuse_operation", "single_line"]

_MAX_REASON = 200
_NUMBER = re.compile(r"\d(?:[\W_]*\d){5,}")
"""Six digits and more: somebody's ИИН, telephone, card or document, which the log must not hold."""


def list_open(session: VerificationSession) -> tuple[AskedCheck, ...]:
    """Return what a supervisor may override: of a case that waits, what was asked then."""
    evidence = session.evidence
    if session.state is State.PARKED:
        given = {(each.check, each.role, each.found) for each in evidence.overrides}
        asked = evidence.asked
        return tuple(each for each in asked if (each.check, each.role, each.found) not in given)
    return tuple(
        AskedCheck(check, role, digest_open(session.policy, evidence, check, role))
        for check, role in find_open_checks(session.policy, evidence)
    )


def override_check(
    session: VerificationSession,
    supervisor: SignedIn,
    check: CheckName,
    why: OverrideReason,
    untrusted_reason: str,
) -> Supervised:
    """Grant or refuse the override of one check; either is signed by the supervisor and counted.

    Where it is open about two people, it is granted about the first: about the other it is asked
    for again. It holds for this case, this check and what was found of it (`found`).
    """
    reason, waiting = single_line(untrusted_reason), list_open(session)
    code = _objection(session, supervisor, check, why, reason)
    asked = next((each for each in waiting if each.check == check), None)
    role, found = (PartyRole.CUSTOMER, "") if asked is None else (asked.role, asked.found)
    about = name_person(role)
    act = {
        "act": "override",
        **about,
        "check": check,
        "why": why.value,
        "reason": reason,
        "found": found,
        "refused": code,
    }
    by = supervisor.operator.id
    if code:
        refused = OverrideNotGranted(session.id, RefusedOverride(check, by, code))
        facts: dict[str, JsonValue] = {**about, "check": check, "reason": code}
        return Supervised(supervisor, act, Advance(refused, "override.refused", facts, code))
    granted = GrantedOverride(check, by, reason, role, why, found)
    event = _find_event(session, granted, others=len(waiting) > 1)
    facts = {**about, "check": check, "why": why.value, "by": by}
    advance = Advance(event, "override.granted", facts)
    return Supervised(supervisor, act, advance)


def _find_event(
    session: VerificationSession, granted: GrantedOverride, *, others: bool
) -> OverrideGiven | OverrideSettled:
    """Return the event: the last one gives the case back, unless it waits or was handed over."""
    evidence = session.evidence
    handed_over = is_open(evidence.hand_over, evidence.second_look, *evidence.tellers)
    if others or handed_over or session.state is State.PARKED:
        return OverrideGiven(session.id, granted)
    return OverrideSettled(session.id, granted)


def refuse_operation(
    session: VerificationSession, supervisor: SignedIn, untrusted_reason: str
) -> Supervised:
    """Refuse the whole operation; raises OperationRefused without words enough."""
    reason = single_line(untrusted_reason)
    if not is_explained(reason):
        raise OperationRefused("words", "words_short")
    by = supervisor.operator.id
    refused = Advance(ReviewRefused(session.id, by, reason), "review.refused", {"by": by})
    return Supervised(supervisor, {"act": "refuse", "reason": reason}, refused)


def _objection(
    session: VerificationSession,
    supervisor: SignedIn,
    check: CheckName,
    why: OverrideReason,
    reason: str,
) -> str:
    """Return the code of why the check may not be overridden, empty when it may."""
    item = session.policy.operation(session.evidence.operation.kind).requires(check)
    waits = any(each.check == check for each in list_open(session))
    if not waits and (item is None or item.hardness is Hardness.HARD):
        return "override.hard_check"
    if person_key(supervisor.operator.id) in map(person_key, session.evidence.tellers):
        return "override.same_person"
    if supervisor.operator.role is not Role.SUPERVISOR:
        return "role_missing"
    if not waits:
        return "override.not_open"
    if why not in list_reasons(check):
        return "override.reason_unlisted"
    return "" if is_explained(reason) else "override.reason_short"


def single_line(untrusted: str) -> str:
    """Return words as the log takes them: one printable line, NFC, at most 200, no numbers."""
    printable = "".join(char if char.isprintable() else " " for char in untrusted)
    line = unicodedata.normalize("NFC", re.sub(r"\s+", " ", printable)).strip()
    return _NUMBER.sub("•", line[:_MAX_REASON])
