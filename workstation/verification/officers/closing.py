"""The teller's last word, and the second look that a teller may ask for before it."""

from crypto.canonical_json import JsonValue
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.rules.parties import Role, person_key
from workstation.session.acts import (
    HandedOver,
    OperationConfirmed,
    SecondLookGiven,
    SuspicionRaised,
)
from workstation.session.confirmation import (
    AbortReason,
    Confirmation,
    HandOverReason,
    HandOverRequest,
    SecondLook,
    Suspicion,
    SuspicionReason,
    is_open,
    needs_words,
)
from workstation.session.exception import is_explained
from workstation.session.session import VerificationSession
from workstation.verification.move import Advance, Supervised, Warn
from workstation.verification.officers.review import list_open, single_line

__all__ = [
    "agree_review",
    "confirm_operation",
    "explain",
    "hand_over",
    "raise_suspicion",
]


def confirm_operation(session: VerificationSession, untrusted_comment: str) -> Advance:
    """Take the teller's word for the operation."""
    comment = single_line(untrusted_comment)
    event = OperationConfirmed(session.id, Confirmation(session.evidence.teller, comment))
    return Advance(event, "confirmed", {"comment": comment} if comment else {})


def raise_suspicion(
    session: VerificationSession, reason: SuspicionReason, untrusted_words: str
) -> Advance:
    """Take the teller's word against the operation; raises OperationRefused without the words."""
    words = explain(reason, untrusted_words)
    event = SuspicionRaised(session.id, Suspicion(session.evidence.teller, reason, words))
    return Advance(event, "suspicion", _state(reason, words))


def hand_over(
    session: VerificationSession, reason: HandOverReason, untrusted_words: str
) -> Advance:
    """Take the case to another person; raises OperationRefused without the words."""
    words = explain(reason, untrusted_words)
    event = HandedOver(session.id, HandOverRequest(session.evidence.teller, reason, words))
    return Advance(event, "handed_over", _state(reason, words))


def agree_review(
    session: VerificationSession, supervisor: SignedIn, untrusted_reason: str
) -> Supervised:
    """Let the case go back to its teller, or say why not; either is signed by the supervisor."""
    reason, by = single_line(untrusted_reason), supervisor.operator.id
    code = _objection(session, supervisor, reason)
    act: dict[str, JsonValue] = {"act": "second_look", "reason": reason, "refused": code}
    if code:
        return Supervised(supervisor, act, Warn("second_look.refused", code))
    given = SecondLookGiven(session.id, SecondLook(by, reason))
    return Supervised(supervisor, act, Advance(given, "second_look", {"by": by}))


def explain(reason: SuspicionReason | HandOverReason | AbortReason, untrusted_words: str) -> str:
    """Return the words as the log takes them; raises OperationRefused where they say nothing."""
    words = single_line(untrusted_words)
    if needs_words(reason) and not is_explained(words):
        raise OperationRefused("words", "words_short")
    return words


def _state(reason: SuspicionReason | HandOverReason, words: str) -> dict[str, JsonValue]:
    return {"reason": reason.value, **({"words": words} if words else {})}


def _objection(session: VerificationSession, supervisor: SignedIn, reason: str) -> str:
    """Return the code of why this person's look does not count, empty when it does."""
    evidence, operator = session.evidence, supervisor.operator
    if not is_open(evidence.hand_over, evidence.second_look, *evidence.tellers):
        return "second_look.not_open"
    if person_key(operator.id) in map(person_key, evidence.tellers):
        return "second_look.same_person"
    if operator.role is not Role.SUPERVISOR:
        return "role_missing"
    if list_open(session):
        return "second_look.checks_open"
    return "" if is_explained(reason) else "second_look.reason_short"
