"""How each check that a session performs itself is judged by the evidence; the rest is answered."""

from crypto.report.policy import TimestampRule
from crypto.report.report import Indication, SignatureReport
from vision.results import MatchVerdict
from workstation.rules.checks import MATCH_REVIEWED, CheckId, CheckName, CheckStatus
from workstation.rules.policy import Policy
from workstation.rules.reference import READ_HERE, ReferenceSource, UndecidedRule
from workstation.session.binding import biometric_sha256
from workstation.session.comparison import confirms
from workstation.session.evidence import (
    Evidence,
    PersonEvidence,
    ReferenceEvidence,
    StatementEvidence,
)
from workstation.session.judges.liveness import judge_liveness
from workstation.session.judges.verdict import Facts, Judge, Verdict

__all__ = ["JUDGES", "judge_own_act"]

_WHOLE_SCALE = 10_000
"""Hundredths of a percent: no score of the authority lies beyond it."""

_NAME_WORDS = {
    CheckStatus.PASSED: "same",
    CheckStatus.INDETERMINATE: "alike",
    CheckStatus.FAILED: "other",
}


def _consent(_policy: Policy, evidence: Evidence) -> Verdict:
    if evidence.consent is None:
        return CheckStatus.INDETERMINATE, "consent.missing", ()
    if not evidence.consent.given:
        return CheckStatus.FAILED, "consent.refused", ()
    return CheckStatus.PASSED, "consent.given", (("text", evidence.consent.text_sha256),)


def _reference(policy: Policy, evidence: Evidence) -> Verdict:
    reference = evidence.reference
    if evidence.reference_refused:
        return CheckStatus.FAILED, evidence.reference_refused, ()
    if reference is None:
        return CheckStatus.INDETERMINATE, "reference.missing", ()
    taken = "" if reference.taken is None else reference.taken.isoformat()
    facts: Facts = (
        ("sha256", reference.sha256),
        ("source", reference.source.value),
        ("taken", taken),
        *_document_facts(reference),
    )
    if objection := _objection_to_source(policy, evidence, reference):
        return CheckStatus.INDETERMINATE, objection, facts
    return CheckStatus.PASSED, "reference.accepted", facts


def _objection_to_source(policy: Policy, evidence: Evidence, reference: ReferenceEvidence) -> str:
    """Return the code of why the policy does not take a photo from there, empty when it does."""
    rule = policy.operation(evidence.operation.kind).source(reference.source)
    if rule is None:
        return "reference.source_not_allowed"
    if reference.age_days is not None and reference.age_days < 0:
        return "reference.from_the_future"
    if rule.greatest_age_days and reference.age_days is None:
        return "reference.age_unknown"
    if rule.greatest_age_days and (reference.age_days or 0) > rule.greatest_age_days:
        return "reference.too_old"
    if reference.source in READ_HERE:
        return _objection_to_document(reference)
    if reference.source is ReferenceSource.AUTHORITY:
        # It vouches by its verdict about this session, not by a name on a photo.
        status, _, _ = _authority(policy, evidence)
        return "" if status is CheckStatus.PASSED else "reference.authority_silent"
    return ""


def _objection_to_document(reference: ReferenceEvidence) -> str:
    """Return the code of why a photo out of a document does not count, empty when it does."""
    document = reference.document
    if document is None:
        return "reference.document_unread"
    if document.days_left < 0:
        return "reference.document_expired"
    if reference.source is not ReferenceSource.CHIP:
        return ""
    chip = document.chip
    if chip is None or chip.indication is not Indication.TOTAL_PASSED:
        return "reference.unsigned"
    return "" if chip.portrait_sha256 == reference.sha256 else "reference.foreign_portrait"


def _document_facts(reference: ReferenceEvidence) -> Facts:
    document = reference.document
    if document is None:
        return ()
    facts: Facts = (("days_left", document.days_left),)
    chip = document.chip
    if chip is None:
        return facts
    return (
        *facts,
        ("signer", chip.signer_sha256),
        ("anchor", chip.anchor_sha256),
        ("country", chip.country),
        ("copy_possible", int(chip.copy_possible)),
    )


def _document_name(_policy: Policy, evidence: Evidence) -> Verdict:
    """Judge whether the document names the customer; the ИИН of both was found equal before."""
    document = None if evidence.reference is None else evidence.reference.document
    if document is None:
        return CheckStatus.INDETERMINATE, "document_name.missing", ()
    return document.name, f"document_name.{_NAME_WORDS[document.name]}", ()


def _reference_confirmed(_policy: Policy, evidence: Evidence) -> Verdict:
    """Nobody but a second person can answer it: it stays open until the review."""
    if evidence.reference is None:
        return CheckStatus.INDETERMINATE, "reference_confirmed.missing", ()
    return CheckStatus.INDETERMINATE, "reference_confirmed.needed", ()


def _match(policy: Policy, evidence: Evidence) -> Verdict:
    match = evidence.match
    if match is None:
        return CheckStatus.INDETERMINATE, "match.missing", ()
    facts: Facts = (
        ("distance_ppm", match.distance_ppm),
        ("threshold_ppm", match.match_threshold_ppm),
        ("authority", match.authority),
    )
    if evidence.reference is None:
        return CheckStatus.INDETERMINATE, "reference.missing", facts
    if match.reference_sha256 != evidence.reference.sha256:
        return CheckStatus.FAILED, "match.foreign_reference", facts
    photo = evidence.exception_photo
    if photo is not None and match.probe_sha256 != photo.probe_sha256:
        return CheckStatus.FAILED, "match.foreign_probe", facts
    if match.verdict is MatchVerdict.NON_MATCH:
        return CheckStatus.FAILED, match.reason, facts
    if match.verdict is MatchVerdict.UNDECIDED:
        return _undecided(policy, evidence, facts)
    return CheckStatus.PASSED, match.reason, facts


def _undecided(policy: Policy, evidence: Evidence, facts: Facts) -> Verdict:
    """Judge a comparison between the thresholds by the person or the authority that settles it."""
    match, review = evidence.match, evidence.comparison
    rule = policy.operation(evidence.operation.kind).undecided
    if match is not None and rule is UndecidedRule.REVIEW:
        if confirms(review, match, *evidence.tellers):
            by = "" if review is None else review.officer
            return CheckStatus.PASSED, MATCH_REVIEWED, (*facts, ("officer", by))
        if review is not None or evidence.review_refused:
            return CheckStatus.FAILED, "match.review_denied", facts
    if rule is UndecidedRule.AUTHORITY:
        status, reason, _ = _authority(policy, evidence)
        if status is CheckStatus.PASSED:
            return status, "match.by_authority", facts
        if status is CheckStatus.FAILED:
            return status, reason, facts
    return CheckStatus.INDETERMINATE, "match.undecided" if match is None else match.reason, facts


def _authority(policy: Policy, evidence: Evidence) -> Verdict:
    answer = evidence.authority
    if answer is None:
        return CheckStatus.INDETERMINATE, "authority.missing", ()
    # Last, so that no fact of the adapter's stands for one of these where they are put by name.
    facts: Facts = (*answer.facts, ("reference", answer.reference), ("score", answer.score))
    if answer.status is not CheckStatus.PASSED:
        return answer.status, answer.reason, facts
    if not evidence.is_live_side_known or evidence.match is None:
        return CheckStatus.INDETERMINATE, "authority.unbound", facts
    face = biometric_sha256(evidence, evidence.last_attempt, evidence.match)
    if answer.evidence_sha256 != face:
        return CheckStatus.FAILED, "authority.foreign_evidence", facts
    if not answer.reference:
        return CheckStatus.INDETERMINATE, "authority.unnumbered", facts
    if answer.score > _WHOLE_SCALE:
        return CheckStatus.INDETERMINATE, "authority.malformed", facts
    if answer.score < policy.idec_match_percent * 100:
        return CheckStatus.FAILED, "authority.below", facts
    return CheckStatus.PASSED, answer.reason, facts


def _signature(policy: Policy, evidence: Evidence) -> Verdict:
    report, statement = evidence.signature, evidence.statement
    if report is None or statement is None:
        return CheckStatus.INDETERMINATE, "signature.missing", ()
    facts = (("cms_sha256", report.cms_sha256), ("indication", report.indication.value))
    if report.indication is Indication.TOTAL_FAILED:
        return CheckStatus.FAILED, report.reason, facts
    if report.indication is Indication.INDETERMINATE:
        return CheckStatus.INDETERMINATE, report.reason, facts
    if objection := _objection_to_binding(evidence, report, statement):
        return CheckStatus.FAILED, objection, facts
    if not evidence.is_live_side_known or evidence.match is None:
        return CheckStatus.INDETERMINATE, "signature.unbound", facts
    if policy.timestamp is TimestampRule.REQUIRED and report.timestamp_ms is None:
        return CheckStatus.INDETERMINATE, "signature.not_stamped", facts
    face = biometric_sha256(evidence, evidence.last_attempt, evidence.match)
    if face != statement.find_evidence(evidence.role):
        return CheckStatus.FAILED, "signature.foreign_evidence", facts
    return CheckStatus.PASSED, report.reason, facts


def _objection_to_binding(
    evidence: Evidence, report: SignatureReport, statement: StatementEvidence
) -> str:
    """Return the code of why a valid signature is not this person's over this statement."""
    if report.content_sha256 != statement.sha256:
        return "signature.content_mismatch"
    if not statement.issued_ms <= report.validated_at_ms <= statement.expires_ms:
        return "signature.stale_nonce"
    if any(_share_key(report, each.signature) for each in _others(evidence)):
        return "signature.of_another"
    return ""


def _others(evidence: Evidence) -> tuple[PersonEvidence, ...]:
    return (*evidence.people[: evidence.turn], *evidence.people[evidence.turn + 1 :])


def _share_key(report: SignatureReport, other: SignatureReport | None) -> bool:
    """Whether two signatures are one, or of one certificate: then one person signed for both."""
    if other is None:
        return False
    one_signer = bool(report.chain) and report.chain[0] in other.chain
    return one_signer or report.cms_sha256 == other.cms_sha256


def judge_own_act(policy: Policy, evidence: Evidence, check: CheckName) -> Verdict:
    """Judge a check that the person whose turn it is answers by consent, face and ЭЦП."""
    for judge in (_consent, judge_liveness, _match, _signature):
        status, reason, _ = judge(policy, evidence)
        if status is not CheckStatus.PASSED:
            return status, reason, ()
    return CheckStatus.PASSED, f"{check}.signed", ()


JUDGES: dict[CheckName, Judge] = {
    CheckId.CONSENT: _consent,
    CheckId.DOCUMENT_NAME: _document_name,
    CheckId.REFERENCE: _reference,
    CheckId.REFERENCE_CONFIRMED: _reference_confirmed,
    CheckId.LIVENESS: judge_liveness,
    CheckId.MATCH: _match,
    CheckId.AUTHORITY: _authority,
    CheckId.SIGNATURE: _signature,
}
