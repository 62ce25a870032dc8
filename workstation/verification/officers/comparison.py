"""A supervisor's answer where the machine's comparison was undecided."""

from workstation.records.journal import SignedIn
from workstation.rules.parties import Role, person_key
from workstation.session.acts import (
    ComparisonConfirmed,
    ComparisonDenied,
    ComparisonForAuthority,
)
from workstation.session.comparison import ComparisonAnswer, ComparisonReason, ComparisonReview
from workstation.session.exception import is_explained
from workstation.session.session import VerificationSession
from workstation.verification.findings.faces import needs_authority
from workstation.verification.move import Advance, Supervised, Warn
from workstation.verification.officers.review import single_line

__all__ = ["answer_comparison"]


def answer_comparison(
    session: VerificationSession,
    supervisor: SignedIn,
    answer: ComparisonAnswer,
    reason: ComparisonReason,
    untrusted_words: str,
) -> Supervised:
    """Say whether both photos show one person; taken or not, the supervisor signs what was said."""
    words, by = single_line(untrusted_words), supervisor.operator.id
    match = session.evidence.match
    probe, photo = ("", "") if match is None else (match.probe_sha256, match.reference_sha256)
    code = _objection(session, supervisor, answer, reason, words)
    act = {
        "act": "comparison",
        "answer": answer.value,
        "why": reason.value,
        "reason": words,
        "probe": probe,
        "reference": photo,
        "refused": code,
    }
    if code:
        return Supervised(supervisor, act, Warn("comparison.refused", code, {"by": by}))
    review = ComparisonReview(by, answer, reason, words, probe, photo)
    event = _find_event(session, review)
    facts = {"by": by, "answer": answer.value, "why": reason.value}
    return Supervised(supervisor, act, Advance(event, "comparison", facts))


def _find_event(
    session: VerificationSession, review: ComparisonReview
) -> ComparisonConfirmed | ComparisonForAuthority | ComparisonDenied:
    if review.answer is ComparisonAnswer.DIFFERENT:
        return ComparisonDenied(session.id, review)
    if needs_authority(session):
        return ComparisonForAuthority(session.id, review)
    return ComparisonConfirmed(session.id, review)


def _objection(
    session: VerificationSession,
    supervisor: SignedIn,
    answer: ComparisonAnswer,
    reason: ComparisonReason,
    words: str,
) -> str:
    """Return the code of why the answer does not count, empty when it does."""
    same = answer is ComparisonAnswer.SAME
    if person_key(supervisor.operator.id) in map(person_key, session.evidence.tellers):
        return "comparison.same_person"
    if supervisor.operator.role is not Role.SUPERVISOR:
        return "role_missing"
    if same is (reason is ComparisonReason.FEATURES_DIFFER):
        return "comparison.reason_contradicts"
    return "" if is_explained(words) else "comparison.too_few_words"
