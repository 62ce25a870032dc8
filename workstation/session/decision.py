"""The decision: a pure function of the policy and one session's evidence.

`decide` is the only place where an outcome is made, and `VerificationSession` calls it only on
entering DECIDED. In order, failing closed:

1. a fault, abort or deadline                         INDETERMINATE
2. a simulated camera outside the demo profile        INDETERMINATE
3. a hard check that failed                           REJECTED, with the first one's reason
4. a hard check that is missing or undecided          INDETERMINATE
5. a supervisor's refusal or an illegal override      REJECTED
6. a soft check neither passed nor overridden         INDETERMINATE
7. otherwise                                          APPROVED
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from crypto.report.report import Indication
from vision.results import MatchVerdict, PadVerdict
from workstation.rules.checks import LIVENESS_EXCEPTION, CheckId, CheckResult, CheckStatus, Hardness
from workstation.rules.policy import Policy, RequiredCheck
from workstation.session.evidence import Answer, Evidence, GrantedOverride, biometric_sha256
from workstation.session.exception import ExceptionRequest, is_explained, select_officers

__all__ = ["Decision", "Outcome", "decide", "evaluate", "soft_checks_open"]

_Facts = tuple[tuple[str, str | int], ...]
_Verdict = tuple[CheckStatus, str, _Facts]


class Outcome(StrEnum):
    """Three values; only APPROVED opens the way to core banking."""

    APPROVED = "approved"
    REJECTED = "rejected"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome, the one stable reason for it, and every required check with its own."""

    outcome: Outcome
    reason: str
    checks: tuple[CheckResult, ...]


def decide(policy: Policy, evidence: Evidence) -> Decision:
    """Decide on the evidence alone; raises PolicyRefused if the policy lacks the operation."""
    checks = evaluate(policy, evidence)
    if evidence.ending is not None:
        return Decision(Outcome.INDETERMINATE, evidence.ending.code, checks)
    if _simulated(evidence) and not evidence.demo:
        return Decision(Outcome.INDETERMINATE, "camera.simulated", checks)
    hard = [check for check in checks if check.hardness is Hardness.HARD]
    for check in hard:
        if check.status is CheckStatus.FAILED:
            return Decision(Outcome.REJECTED, check.reason, checks)
    for check in hard:
        if check.status is not CheckStatus.PASSED:
            return Decision(Outcome.INDETERMINATE, check.reason, checks)
    return _after_review(evidence, checks)


def _simulated(evidence: Evidence) -> bool:
    photo = evidence.exception_photo
    used = [attempt.simulated for attempt in evidence.attempts]
    return evidence.simulated or any(used) or (photo is not None and photo.simulated)


def evaluate(policy: Policy, evidence: Evidence) -> tuple[CheckResult, ...]:
    """Return every check the policy requires for the operation, in the policy's order."""
    required = policy.operation(evidence.operation.kind).required
    return tuple(_evaluate_one(item, policy, evidence) for item in required)


def soft_checks_open(policy: Policy, evidence: Evidence) -> tuple[CheckId, ...]:
    """Return the soft checks that have not passed and that no valid override covers."""
    checks = evaluate(policy, evidence)
    return tuple(check.check for check in checks if _is_open(check, evidence))


def _after_review(evidence: Evidence, checks: tuple[CheckResult, ...]) -> Decision:
    if evidence.review_refused:
        return Decision(Outcome.REJECTED, "review.refused", checks)
    still_open = [check for check in checks if _is_open(check, evidence)]
    if not still_open:
        return Decision(Outcome.APPROVED, "decision.approved", checks)
    if evidence.refused_overrides:
        return Decision(Outcome.REJECTED, evidence.refused_overrides[0].code, checks)
    return Decision(Outcome.INDETERMINATE, still_open[0].reason, checks)


def _is_open(check: CheckResult, evidence: Evidence) -> bool:
    if check.hardness is Hardness.HARD or check.status is CheckStatus.PASSED:
        return False
    return not any(_covers(override, check, evidence) for override in evidence.overrides)


def _covers(override: GrantedOverride, check: CheckResult, evidence: Evidence) -> bool:
    named = override.supervisor not in {"", evidence.teller}
    return override.check is check.check and named and bool(override.reason.strip())


def _evaluate_one(item: RequiredCheck, policy: Policy, evidence: Evidence) -> CheckResult:
    judge = _JUDGES.get(item.check)
    if judge is None:
        status, reason, facts = _answered(item.check, evidence.answers)
    else:
        status, reason, facts = judge(policy, evidence)
    return CheckResult(item.check, status, reason, item.hardness, item.rule, facts)


def _answered(check: CheckId, answers: tuple[Answer, ...]) -> _Verdict:
    given = [answer for answer in answers if answer.check is check]
    if len(given) != 1:
        return CheckStatus.INDETERMINATE, f"{check.value}.missing", ()
    return given[0].status, given[0].reason, given[0].facts


def _consent(_policy: Policy, evidence: Evidence) -> _Verdict:
    if evidence.consent is None:
        return CheckStatus.INDETERMINATE, "consent.missing", ()
    if not evidence.consent.given:
        return CheckStatus.FAILED, "consent.refused", ()
    return CheckStatus.PASSED, "consent.given", (("text", evidence.consent.text_sha256),)


def _reference(_policy: Policy, evidence: Evidence) -> _Verdict:
    if evidence.reference is None:
        return CheckStatus.INDETERMINATE, "reference.missing", ()
    facts = (("sha256", evidence.reference.sha256), ("source", evidence.reference.provenance))
    return CheckStatus.PASSED, "reference.accepted", facts


def _liveness(policy: Policy, evidence: Evidence) -> _Verdict:
    if not evidence.attempts:
        return CheckStatus.INDETERMINATE, "liveness.missing", ()
    last = evidence.attempts[-1]
    facts = (("attempt", last.attempt), ("frames", last.frames), ("nonce", last.challenge.nonce))
    attacks = [each for each in evidence.attempts if each.verdict is PadVerdict.ATTACK]
    if attacks:
        return CheckStatus.FAILED, attacks[0].reason, facts
    if last.verdict is PadVerdict.UNDECIDED:
        if len(evidence.attempts) + evidence.earlier >= policy.attempts_max:
            return CheckStatus.FAILED, "liveness.attempts_exhausted", facts
        if evidence.exception_request is not None:
            return _exception(policy, evidence, evidence.exception_request, facts)
        return CheckStatus.INDETERMINATE, last.reason, facts
    if last.challenge.nonce not in evidence.challenges:
        return CheckStatus.FAILED, "liveness.foreign_challenge", facts
    if len(last.commands) < policy.commands_min:
        return CheckStatus.FAILED, "liveness.too_few_commands", facts
    return CheckStatus.PASSED, last.reason, facts


def _exception(
    policy: Policy, evidence: Evidence, request: ExceptionRequest, facts: _Facts
) -> _Verdict:
    """Judge what was asked for after an undecided attempt, while another one was left."""
    photo = evidence.exception_photo
    officers = select_officers(evidence.approvals, photo, evidence.teller)
    facts = (
        *facts,
        ("request", request.reason.value),
        ("photo", "" if photo is None else photo.sha256),
        *((f"officer_{number}", officer) for number, officer in enumerate(officers, 1)),
    )
    if not policy.offers_exception:
        return CheckStatus.FAILED, "liveness.exception_not_offered", facts
    if evidence.attempts[-1].challenge.nonce not in evidence.challenges:
        return CheckStatus.FAILED, "liveness.foreign_challenge", facts
    if len(officers) >= policy.exception_officers and is_explained(request.words):
        return CheckStatus.PASSED, LIVENESS_EXCEPTION, facts
    if evidence.review_refused:
        return CheckStatus.FAILED, "liveness.exception_refused", facts
    return CheckStatus.INDETERMINATE, "liveness.exception_open", facts


def _match(_policy: Policy, evidence: Evidence) -> _Verdict:
    match = evidence.match
    if match is None:
        return CheckStatus.INDETERMINATE, "match.missing", ()
    facts = (
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
        return CheckStatus.INDETERMINATE, match.reason, facts
    return CheckStatus.PASSED, match.reason, facts


def _signature(_policy: Policy, evidence: Evidence) -> _Verdict:
    report, statement = evidence.signature, evidence.statement
    if report is None or statement is None:
        return CheckStatus.INDETERMINATE, "signature.missing", ()
    facts = (("cms_sha256", report.cms_sha256), ("indication", report.indication.value))
    if report.indication is Indication.TOTAL_FAILED:
        return CheckStatus.FAILED, report.reason, facts
    if report.indication is Indication.INDETERMINATE:
        return CheckStatus.INDETERMINATE, report.reason, facts
    if report.content_sha256 != statement.sha256:
        return CheckStatus.FAILED, "signature.content_mismatch", facts
    if not statement.issued_ms <= report.validated_at_ms <= statement.expires_ms:
        return CheckStatus.FAILED, "signature.stale_nonce", facts
    if not evidence.attempts or evidence.match is None:
        return CheckStatus.INDETERMINATE, "signature.unbound", facts
    face = biometric_sha256(evidence, evidence.attempts[-1], evidence.match)
    if face != statement.evidence_sha256:
        return CheckStatus.FAILED, "signature.foreign_evidence", facts
    return CheckStatus.PASSED, report.reason, facts


_JUDGES: dict[CheckId, Callable[[Policy, Evidence], _Verdict]] = {
    CheckId.CONSENT: _consent,
    CheckId.REFERENCE: _reference,
    CheckId.LIVENESS: _liveness,
    CheckId.MATCH: _match,
    CheckId.SIGNATURE: _signature,
}
