"""What `decide` says of live evidence under other numbers, with nothing in between: the oracle.

Written from the rules (docs/formats/policy.md), apart from `workstation.replay` on purpose.
"""

from dataclasses import replace

from vision.liveness.fusion import fuse
from vision.liveness.plan import USUAL_PLAN
from vision.matching.comparison import SecondOpinion, judge_distance
from vision.matching.settings import MatchSettings
from vision.results import PadResult, PadVerdict, SignalResult, Status
from workstation.rules.checks import CheckId, CheckStatus
from workstation.rules.policy import Policy
from workstation.session.binding import biometric_sha256
from workstation.session.confirmation import Confirmation
from workstation.session.decision import Decision, decide
from workstation.session.evidence import Answer, Evidence

__all__ = ["decide_again"]


def decide_again(policy: Policy, live: Evidence) -> Decision:
    """Return the decision on this evidence by the numbers of another policy."""
    attempts = _repeat_attempts(policy, live)
    changed = replace(
        live,
        answers=tuple(_answer(each, policy, live) for each in live.answers),
        findings=tuple(_answer(each, policy, live) for each in live.findings),
        attempts=attempts,
        # Who was not asked to confirm is taken to have confirmed: numbers say nothing of it.
        confirmation=Confirmation(live.teller),
    )
    if len(attempts) < len(live.attempts):
        changed = replace(
            changed,
            match=None,
            comparison=None,
            authority=None,
            signature=None,
            statement=None,
            exception_request=None,
            exception_photo=None,
            approvals=(),
            review_refused="",
            refused_overrides=(),
            ending=None,
            suspicion=None,
            hand_over=None,
        )
    return decide(policy, _bind(_compare(changed, policy), live))


def _repeat_attempts(policy: Policy, live: Evidence) -> tuple[PadResult, ...]:
    made: list[PadResult] = []
    for attempt in live.attempts:
        bounds = dict(policy.liveness)
        signals = tuple(_signal(each, bounds) for each in attempt.signals)
        verdict, reason = fuse(signals, USUAL_PLAN.required)
        made.append(replace(attempt, signals=signals, verdict=verdict, reason=reason))
        failed = len(made) + live.earlier
        if verdict is not PadVerdict.UNDECIDED or failed >= policy.attempts_max:
            break
    return tuple(made)


def _signal(signal: SignalResult, bounds: dict[str, int]) -> SignalResult:
    if signal.name == "loop":
        bad, reason = signal.value_ppm < bounds["loop_ratio_ppm"], "liveness.looped"
    elif signal.name == "freeze":
        bad, reason = signal.value_ppm > bounds["near_identical_ppm"], "liveness.frozen"
    else:
        return signal
    status = Status.FAILED if bad else Status.PASSED
    return replace(signal, status=status, reason=reason if bad else "")


def _answer(answer: Answer, policy: Policy, live: Evidence) -> Answer:
    facts, age = dict(answer.facts), live.subject.age
    bad: object = None
    if answer.check == CheckId.AGE and age is not None:
        bad = not policy.minimum_age <= age <= policy.maximum_age
    elif answer.check == CheckId.COOL_DOWN and answer.reason != "cool_down.lifted":
        bad = int(facts["refusals"]) >= policy.cool_down_attempts
    elif answer.check == CheckId.NUMBER_NOT_SHARED and "clients" in facts:
        bad = int(facts["clients"]) > policy.clients_per_number
    elif answer.check == CheckId.KEY_AGE and "hours" in facts:
        bad = int(facts["hours"]) < policy.key_age_hours
    elif answer.check in {CheckId.NOT_STAFF_FACE, CheckId.ONE_IDENTITY} and "distance_ppm" in facts:
        bad = int(facts["distance_ppm"]) < policy.faces.same_person_ppm
    if bad is None:
        return answer
    status = CheckStatus.FAILED if bad else CheckStatus.PASSED
    same = status is answer.status
    return answer if same else replace(answer, status=status, reason=f"{answer.check}.again")


def _compare(evidence: Evidence, policy: Policy) -> Evidence:
    match, answer = evidence.match, evidence.authority
    if match is not None:
        second = SecondOpinion(match.second_distance_ppm, match.second_threshold_ppm)
        settings = MatchSettings(**dict(policy.match))
        verdict, reason = judge_distance(match.distance_ppm, settings, second)
        match = replace(match, verdict=verdict, reason=reason)
    if answer is not None and answer.reason == "authority.below":
        reached = answer.score >= policy.idec_match_percent * 100
        status = CheckStatus.PASSED if reached else CheckStatus.FAILED
        answer = replace(answer, status=status)
    return replace(evidence, match=match, authority=answer)


def _bind(evidence: Evidence, live: Evidence) -> Evidence:
    """Bind statement and authority to the face that they were bound to, judged otherwise now."""
    if not evidence.attempts or evidence.match is None or live.match is None:
        return evidence
    before = biometric_sha256(live, live.attempts[-1], live.match)
    now = biometric_sha256(evidence, evidence.attempts[-1], evidence.match)
    statement, answer = evidence.statement, evidence.authority
    if statement is not None and statement.evidence_sha256 == before:
        statement = replace(statement, evidence_sha256=now)
    if answer is not None and answer.evidence_sha256 == before:
        answer = replace(answer, evidence_sha256=now)
    return replace(evidence, statement=statement, authority=answer)
