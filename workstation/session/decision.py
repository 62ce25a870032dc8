"""The decision: a pure function of the policy and one session's evidence.

`decide` is the only place where an outcome is made, and `VerificationSession` calls it only on
entering DECIDED. In order, failing closed:

1. a fault, abort or deadline                         INDETERMINATE
2. a simulated camera outside the demo profile        INDETERMINATE
3. a hard check that failed                           REJECTED, with the first one's reason
4. a hard check that is missing or undecided          INDETERMINATE
5. a supervisor's refusal or an illegal override      REJECTED
6. a soft check neither passed nor overridden         INDETERMINATE
7. no authority where the law wants its comparison    INDETERMINATE
8. a wait that needs the year's missing monthly index INDETERMINATE
9. otherwise                                          APPROVED, from the end of the longest wait

A silent check changes no outcome. A check whose conditions do not hold is not there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from workstation.errors import PolicyRefused
from workstation.rules.checks import CheckId, CheckName, CheckResult, CheckStatus, Hardness
from workstation.rules.parties import person_key
from workstation.rules.policy import Policy, RequiredCheck
from workstation.session.evidence import Answer, Evidence, GrantedOverride
from workstation.session.judges.groups import find_confirmable, judge_group
from workstation.session.judges.judgements import JUDGES
from workstation.session.judges.liveness import find_way
from workstation.session.judges.verdict import Verdict

__all__ = ["Decision", "Outcome", "decide", "evaluate", "is_simulated", "soft_checks_open"]


class Outcome(StrEnum):
    """Three values; only APPROVED opens the way to core banking."""

    APPROVED = "approved"
    REJECTED = "rejected"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome, the one stable reason for it, and every required check with its own.

    wait_hours, wait_rule  how long an approved operation still waits, and by which rule
    second_confirmation    rule by which the customer has to confirm once more, empty for none
    """

    outcome: Outcome
    reason: str
    checks: tuple[CheckResult, ...]
    wait_hours: int = 0
    wait_rule: str = ""
    second_confirmation: str = ""


def decide(policy: Policy, evidence: Evidence) -> Decision:
    """Decide on the evidence alone; raises PolicyRefused if the policy lacks the operation."""
    checks = evaluate(policy, evidence)
    if evidence.ending is not None:
        return Decision(Outcome.INDETERMINATE, evidence.ending.code, checks)
    if is_simulated(evidence) and not evidence.demo:
        return Decision(Outcome.INDETERMINATE, "camera.simulated", checks)
    hard = [check for check in checks if check.hardness is Hardness.HARD]
    for check in hard:
        if check.status is CheckStatus.FAILED:
            return Decision(Outcome.REJECTED, check.reason, checks)
    for check in hard:
        if check.status is not CheckStatus.PASSED:
            return Decision(Outcome.INDETERMINATE, check.reason, checks)
    return _after_review(policy, evidence, checks)


def is_simulated(evidence: Evidence) -> bool:
    """Whether any picture of the session came from something else than a capture device."""
    photo = evidence.exception_photo
    used = [attempt.simulated for attempt in evidence.attempts]
    return evidence.simulated or any(used) or (photo is not None and photo.simulated)


def evaluate(policy: Policy, evidence: Evidence) -> tuple[CheckResult, ...]:
    """Return every check the policy requires for the operation, in the policy's order."""
    operation = policy.operation(evidence.operation.kind)
    required = operation.required_for(operation.measure(evidence.operation, evidence.facts))
    return tuple(_evaluate_one(item, policy, evidence) for item in required)


def soft_checks_open(policy: Policy, evidence: Evidence) -> tuple[CheckName, ...]:
    """Return what waits for another officer.

    Soft checks that have not passed and that no valid override covers, and those by which a hard
    one passes once they are confirmed.
    """
    open_checks: list[CheckName] = []
    for item in policy.operation(evidence.operation.kind).required_for(evidence.facts):
        check = _evaluate_one(item, policy, evidence)
        if _is_open(check, evidence):
            open_checks.append(check.check)
        elif item.any_of and check.status is not CheckStatus.PASSED:
            waiting = find_confirmable(item, _judging(policy, evidence), _confirming(evidence))
            open_checks += waiting
    return tuple(open_checks)


def _after_review(policy: Policy, evidence: Evidence, checks: tuple[CheckResult, ...]) -> Decision:
    if evidence.review_refused:
        return Decision(Outcome.REJECTED, "review.refused", checks)
    still_open = [check for check in checks if _is_open(check, evidence)]
    if not still_open:
        return _approve(policy, evidence, checks)
    if evidence.refused_overrides:
        return Decision(Outcome.REJECTED, evidence.refused_overrides[0].code, checks)
    return Decision(Outcome.INDETERMINATE, still_open[0].reason, checks)


def _approve(policy: Policy, evidence: Evidence, checks: tuple[CheckResult, ...]) -> Decision:
    """Approve what nothing speaks against, unless the law wants a word that is not there."""
    by_law = evidence.operation.kind in policy.idec_required
    if by_law and not _is_passed(CheckId.AUTHORITY, checks):
        return Decision(Outcome.INDETERMINATE, "authority.missing", checks)
    operation = policy.operation(evidence.operation.kind)
    try:
        wait = operation.longest_wait(operation.measure(evidence.operation, evidence.facts))
    except PolicyRefused:
        # Nobody can say how long it waits; the form refuses it before (docs/formats/policy.md).
        return Decision(Outcome.INDETERMINATE, "decision.no_mci", checks)
    hours, rule = (0, "") if wait is None else (wait.hours, wait.rule)
    return Decision(Outcome.APPROVED, "decision.approved", checks, hours, rule)


def _is_passed(check: CheckName, checks: tuple[CheckResult, ...]) -> bool:
    return any(each.check == check and each.status is CheckStatus.PASSED for each in checks)


def _is_open(check: CheckResult, evidence: Evidence) -> bool:
    if check.hardness is not Hardness.SOFT or check.status is CheckStatus.PASSED:
        return False
    return not _confirming(evidence)(check.check)


def _covers(override: GrantedOverride, check: CheckName, evidence: Evidence) -> bool:
    named = person_key(override.supervisor) not in {"", person_key(evidence.teller)}
    return override.check == check and named and bool(override.reason.strip())


def _judging(policy: Policy, evidence: Evidence) -> Callable[[CheckName], Verdict]:
    """Return what judges one check by itself: a judge of the session's, or what was answered."""

    def judge(check: CheckName) -> Verdict:
        own = JUDGES.get(check)
        if own is not None:
            return own(policy, evidence)
        return _answered(check, (*evidence.answers, *evidence.findings))

    return judge


def _confirming(evidence: Evidence) -> Callable[[CheckName], bool]:
    """Return what says whether another officer has confirmed a check in the review."""
    return lambda check: any(_covers(each, check, evidence) for each in evidence.overrides)


def _evaluate_one(item: RequiredCheck, policy: Policy, evidence: Evidence) -> CheckResult:
    judge, rule = _judging(policy, evidence), item.rule
    if item.check == CheckId.LIVENESS:
        # Its ways follow one another in the session; the judge knows which was taken.
        status, reason, facts = judge(item.check)
        way = find_way(evidence)
        taken = next((each for each in item.any_of if each.id == way), None)
        if taken is not None and status is CheckStatus.PASSED:
            rule, facts = taken.rule, (*facts, ("way", taken.id))
    elif item.any_of:
        refused = bool(evidence.review_refused)
        verdict, by = judge_group(item, judge, _confirming(evidence), refused=refused)
        (status, reason, facts), rule = verdict, item.rule if by is None else by.rule
    else:
        status, reason, facts = judge(item.check)
    return CheckResult(item.check, status, reason, item.hardness, rule, facts)


def _answered(check: CheckName, answers: tuple[Answer, ...]) -> Verdict:
    given = [answer for answer in answers if answer.check == check]
    if len(given) != 1:
        return CheckStatus.INDETERMINATE, f"{check}.missing", ()
    return given[0].status, given[0].reason, given[0].facts
