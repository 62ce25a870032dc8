"""How liveness is judged: by the way that was taken last, whole, or not at all.

An attack counts in every way, and attempts that were used up stay so: who failed three times is
refused (B-02), whatever was asked for afterwards.
"""

from vision.results import PadResult, PadVerdict
from workstation.rules.alternatives import LivenessWay
from workstation.rules.checks import LIVENESS_EXCEPTION, CheckStatus
from workstation.rules.policy import Policy
from workstation.session.alternative import REFUSING, WayAnswer, WayRequest
from workstation.session.evidence import Evidence
from workstation.session.exception import ExceptionRequest, is_explained, select_officers
from workstation.session.judges.verdict import Facts, Verdict

__all__ = ["find_way", "judge_liveness"]

NOT_OFFERED = "liveness.way_not_offered"


def find_way(evidence: Evidence) -> LivenessWay | None:
    """Return the way that liveness is being established in, None before there is one."""
    if evidence.way is not None:
        return evidence.way.way
    last = evidence.last_attempt
    if last is None:
        return None
    if last.verdict is PadVerdict.UNDECIDED and evidence.exception_request is not None:
        return LivenessWay.TWO_OFFICERS
    return LivenessWay.ACCESSIBLE_SET if last.accommodations else LivenessWay.COMMANDS


def judge_liveness(policy: Policy, evidence: Evidence) -> Verdict:
    """Judge the way that was taken last."""
    last, request = evidence.last_attempt, evidence.way
    facts: Facts = () if last is None else _attempt_facts(last)
    attacks = [each for each in evidence.attempts if each.verdict is PadVerdict.ATTACK]
    if attacks:
        return CheckStatus.FAILED, attacks[0].reason, facts
    if refused := [each for each in evidence.way_answers if each.reason in REFUSING]:
        # Somebody else, or no living hand: as final as an attack, whatever is asked for later.
        own = facts if request is None else _judge_request(policy, evidence, request)[2]
        return CheckStatus.FAILED, refused[0].reason, own
    if last is not None and _is_exhausted(policy, evidence, last):
        return CheckStatus.FAILED, "liveness.attempts_exhausted", facts
    if request is not None:
        return _judge_request(policy, evidence, request)
    if last is None:
        return CheckStatus.INDETERMINATE, "liveness.missing", ()
    if last.verdict is PadVerdict.UNDECIDED:
        if evidence.exception_request is not None:
            return _judge_exception(policy, evidence, evidence.exception_request, facts)
        return CheckStatus.INDETERMINATE, last.reason, facts
    return _judge_attempt(policy, evidence, last, facts)


def _attempt_facts(last: PadResult) -> Facts:
    return (("attempt", last.attempt), ("frames", last.frames), ("nonce", last.challenge.nonce))


def _is_exhausted(policy: Policy, evidence: Evidence, last: PadResult) -> bool:
    used = len(evidence.attempts) + evidence.earlier
    return last.verdict is PadVerdict.UNDECIDED and used >= policy.attempts_max


def _is_offered(policy: Policy, evidence: Evidence, way: LivenessWay) -> bool:
    return policy.operation(evidence.operation.kind).offers(way)


def _judge_attempt(policy: Policy, evidence: Evidence, last: PadResult, facts: Facts) -> Verdict:
    """Judge commands that were followed: the usual ones, or another set."""
    if last.challenge.nonce not in evidence.challenges:
        return CheckStatus.FAILED, "liveness.foreign_challenge", facts
    if len(last.commands) < policy.commands_min:
        return CheckStatus.FAILED, "liveness.too_few_commands", facts
    eased = bool(last.accommodations)
    if eased and not _is_offered(policy, evidence, LivenessWay.ACCESSIBLE_SET):
        return CheckStatus.FAILED, NOT_OFFERED, facts
    return CheckStatus.PASSED, last.reason, facts


def _judge_exception(
    policy: Policy, evidence: Evidence, request: ExceptionRequest, facts: Facts
) -> Verdict:
    """Judge what was asked for after an undecided attempt, while another one was left."""
    photo = evidence.exception_photo
    officers = select_officers(evidence.approvals, photo, *evidence.tellers)
    facts = (
        *facts,
        ("request", request.reason.value),
        ("photo", "" if photo is None else photo.sha256),
        *((f"officer_{number}", officer) for number, officer in enumerate(officers, 1)),
    )
    offered = _is_offered(policy, evidence, LivenessWay.TWO_OFFICERS)
    if not (offered and policy.offers_exception):
        return CheckStatus.FAILED, "liveness.exception_not_offered", facts
    if evidence.attempts[-1].challenge.nonce not in evidence.challenges:
        return CheckStatus.FAILED, "liveness.foreign_challenge", facts
    if len(officers) >= policy.exception_officers and is_explained(request.words):
        return CheckStatus.PASSED, LIVENESS_EXCEPTION, facts
    if evidence.review_refused:
        return CheckStatus.FAILED, "liveness.exception_refused", facts
    return CheckStatus.INDETERMINATE, "liveness.exception_open", facts


def _judge_request(policy: Policy, evidence: Evidence, request: WayRequest) -> Verdict:
    """Judge a way that is answered outside by the last answer to this very request."""
    way, photo = request.way, evidence.exception_photo
    answers = [each for each in evidence.way_answers if each.nonce == request.nonce]
    last = answers[-1] if answers else None
    facts: Facts = (
        ("request", request.reason.value),
        ("nonce", request.nonce),
        ("photo", "" if photo is None else photo.sha256),
        *(() if last is None else (*last.facts, ("reference", last.reference))),
    )
    if not _is_offered(policy, evidence, way):
        return CheckStatus.FAILED, NOT_OFFERED, facts
    if way is LivenessWay.PALM and not request.consent_sha256:
        return CheckStatus.FAILED, "palm.no_consent", facts
    if last is None:
        return CheckStatus.INDETERMINATE, f"{way}.open", facts
    if last.status is not CheckStatus.PASSED:
        return last.status, last.reason, facts
    if objection := _object_to(last, request, evidence):
        return CheckStatus.FAILED, objection, facts
    return CheckStatus.PASSED, f"liveness.{way}", facts


def _object_to(answer: WayAnswer, request: WayRequest, evidence: Evidence) -> str:
    """Return the code of why a good answer is not one about this case, empty when it is."""
    photo = evidence.exception_photo
    if answer.way is not request.way:
        return f"{request.way}.other_way"
    if answer.operation_sha256 != evidence.operation.sha256():
        return f"{request.way}.other_operation"
    if photo is None or answer.photo_sha256 != photo.sha256:
        return f"{request.way}.other_photo"
    return "" if answer.reference else f"{request.way}.unnumbered"
