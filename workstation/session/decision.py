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

from dataclasses import dataclass
from enum import StrEnum

from workstation.errors import PolicyRefused
from workstation.rules.checks import CheckId, CheckName, CheckResult, CheckStatus, Hardness
from workstation.rules.parties import person_key
from workstation.rules.policy import Policy, RequiredCheck
from workstation.session.evidence import Answer, Evidence, GrantedOverride
from workstation.session.judgements import JUDGES, Verdict

__all__ = ["Decision", "Outcome", "decide", "evaluate", "is_simulated", "soft_checks_open"]


class Outcome(StrEnum):
    """Three values; only APPROVED opens the way to core banking."""

    APPROVED = "approved"
    REJECTED = "rejected"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome, the one stable reason for it, and every required check with its own.

    wait_hours  how long an approved operation still waits before it may be carried out
    """

    outcome: Outcome
    reason: str
    checks: tuple[CheckResult, ...]
    wait_hours: int = 0


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
    """Return the soft checks that have not passed and that no valid override covers."""
    checks = evaluate(policy, evidence)
    return tuple(check.check for check in checks if _is_open(check, evidence))


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
        hours = operation.wait_hours(operation.measure(evidence.operation, evidence.facts))
    except PolicyRefused:
        # Nobody can say how long it waits; the form refuses it before (docs/formats/policy.md).
        return Decision(Outcome.INDETERMINATE, "decision.no_mci", checks)
    return Decision(Outcome.APPROVED, "decision.approved", checks, hours)


def _is_passed(check: CheckName, checks: tuple[CheckResult, ...]) -> bool:
    return any(each.check == check and each.status is CheckStatus.PASSED for each in checks)


def _is_open(check: CheckResult, evidence: Evidence) -> bool:
    if check.hardness is not Hardness.SOFT or check.status is CheckStatus.PASSED:
        return False
    return not any(_covers(override, check, evidence) for override in evidence.overrides)


def _covers(override: GrantedOverride, check: CheckResult, evidence: Evidence) -> bool:
    named = person_key(override.supervisor) not in {"", person_key(evidence.teller)}
    return override.check == check.check and named and bool(override.reason.strip())


def _evaluate_one(item: RequiredCheck, policy: Policy, evidence: Evidence) -> CheckResult:
    judge = JUDGES.get(item.check)
    if judge is None:
        status, reason, facts = _answered(item.check, (*evidence.answers, *evidence.findings))
    else:
        status, reason, facts = judge(policy, evidence)
    return CheckResult(item.check, status, reason, item.hardness, item.rule, facts)


def _answered(check: CheckName, answers: tuple[Answer, ...]) -> Verdict:
    given = [answer for answer in answers if answer.check == check]
    if len(given) != 1:
        return CheckStatus.INDETERMINATE, f"{check}.missing", ()
    return given[0].status, given[0].reason, given[0].facts
