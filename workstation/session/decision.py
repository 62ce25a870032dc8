"""The decision: a pure function of the policy and one session's evidence.

`decide` is the only place where an outcome is made, and `VerificationSession` calls it only on
entering DECIDED. In order, failing closed:

0. somebody who acts here is not free                 INDETERMINATE, and held
1. a fault, abort or deadline                         INDETERMINATE
2. the teller's suspicion                             REJECTED
3. a supervisor's refusal of a case put aside for it  REJECTED
4. a simulated camera outside the demo profile        INDETERMINATE
5. people whom the policy does not admit together     REJECTED
6. a hard check that failed                           REJECTED, with the first one's reason
7. a hard check that is missing or undecided          INDETERMINATE
8. a supervisor's refusal or an illegal override      REJECTED
9. a soft check neither passed nor overridden         INDETERMINATE
10. no authority where the law wants its comparison   INDETERMINATE
11. handed over, and nobody else has looked           INDETERMINATE
12. not confirmed by the teller whose case it is      INDETERMINATE
13. a wait that needs the year's missing index        INDETERMINATE
14. otherwise                                         APPROVED, from the end of the longest wait

A silent check changes no outcome. A check whose conditions do not hold is not there. Where two
people are here, each is judged on what is of that person alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

from workstation.errors import PolicyRefused
from workstation.rules.checks import CheckId, CheckName, CheckResult, CheckStatus, Hardness
from workstation.rules.conditions import CaseFacts
from workstation.rules.parties import PartyRole, person_key
from workstation.rules.people.party import find_roles_of
from workstation.rules.policy import Policy, RequiredCheck
from workstation.session.confirmation import is_confirmed, is_open
from workstation.session.evidence import Answer, Evidence, GrantedOverride
from workstation.session.exception import is_explained
from workstation.session.judges.finding import digest_finding
from workstation.session.judges.groups import find_confirmable, judge_group
from workstation.session.judges.judgements import JUDGES, judge_own_act
from workstation.session.judges.liveness import find_way
from workstation.session.judges.verdict import Verdict
from workstation.session.overrides.reasons import list_reasons

__all__ = [
    "DURESS",
    "Decision",
    "Outcome",
    "decide",
    "digest_open",
    "drop_lapsed",
    "evaluate",
    "find_open_checks",
    "is_simulated",
    "soft_checks_open",
]


DURESS: Final = "duress"
"""The reason of every decision that is held (docs/decisions/0010-a-screen-that-lies-once.md)."""


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
    said = _find_word(evidence)
    if said is not None:
        return Decision(*said, checks)
    if is_simulated(evidence) and not evidence.demo:
        return Decision(Outcome.INDETERMINATE, "camera.simulated", checks)
    if not _is_admitted(policy, evidence):
        return Decision(Outcome.REJECTED, "second_person.not_admitted", checks)
    hard = [check for check in checks if check.hardness is Hardness.HARD]
    for check in hard:
        if check.status is CheckStatus.FAILED:
            return Decision(Outcome.REJECTED, check.reason, checks)
    for check in hard:
        if check.status is not CheckStatus.PASSED:
            return Decision(Outcome.INDETERMINATE, check.reason, checks)
    return _after_review(policy, evidence, checks)


def _find_word(evidence: Evidence) -> tuple[Outcome, str] | None:
    """Return what settles a case whatever its checks say, None while nothing does."""
    if evidence.duress:
        return Outcome.INDETERMINATE, DURESS
    if evidence.ending is not None:
        return Outcome.INDETERMINATE, evidence.ending.code
    if evidence.suspicion is not None:
        return Outcome.REJECTED, f"suspicion.{evidence.suspicion.reason}"
    if evidence.review_refused and evidence.reviewed_aside:
        # The face and the key of before the pause are forgotten: their checks say nothing here.
        return Outcome.REJECTED, "review.refused"
    return None


def _is_admitted(policy: Policy, evidence: Evidence) -> bool:
    """Whether these people may take part: the customer alone, or as the policy has it."""
    if evidence.roles == (PartyRole.CUSTOMER,):
        return True
    party = policy.operation(evidence.operation.kind).party(evidence.roles)
    return party is not None and party.is_allowed(evidence.subject.age)


def is_simulated(evidence: Evidence) -> bool:
    """Whether any picture of the session came from something else than a capture device."""
    photos = [each.exception_photo for each in evidence.people]
    used = [attempt.simulated for each in evidence.people for attempt in each.attempts]
    taken = [photo.simulated for photo in photos if photo is not None]
    return evidence.simulated or any(used) or any(taken)


def evaluate(policy: Policy, evidence: Evidence) -> tuple[CheckResult, ...]:
    """Return every check the policy requires for the operation, in the policy's order.

    One that is about each person follows once for each.
    """
    return tuple(_evaluate_one(*each) for each in _list_demands(policy, evidence))


def find_open_checks(policy: Policy, evidence: Evidence) -> tuple[tuple[CheckName, PartyRole], ...]:
    """Return what waits for another officer, and about whom.

    Soft checks that have not passed and that no valid override covers, and those by which a hard
    one passes once they are confirmed.
    """
    found: list[tuple[CheckName, PartyRole]] = []
    for demand in _list_demands(policy, evidence):
        check = _evaluate_one(*demand)
        if _is_open(policy, check, evidence):
            found.append((check.check, check.role))
        elif demand.item.any_of and check.status is not CheckStatus.PASSED:
            confirmed = _find_confirmations(policy, evidence, check.role)
            waiting = find_confirmable(demand.item, _build_judge(*demand[1:]), confirmed)
            found += [(each, check.role) for each in waiting]
    return tuple(found)


def soft_checks_open(policy: Policy, evidence: Evidence) -> tuple[CheckName, ...]:
    """Return the checks that wait for another officer, once for each person whom one is about."""
    return tuple(check for check, _ in find_open_checks(policy, evidence))


class _Demand(NamedTuple):
    """A check that is required about one person, and the evidence as it is of that person."""

    item: RequiredCheck
    policy: Policy
    evidence: Evidence
    role: PartyRole


def _list_demands(policy: Policy, evidence: Evidence) -> Iterator[_Demand]:
    operation = policy.operation(evidence.operation.kind)
    party = operation.party(evidence.roles)
    asks = None if party is None else party.asks
    # Each role is looked at once: a session decides on two dozen demands at every step.
    seen: dict[PartyRole, tuple[Evidence, CaseFacts]] = {}
    for item in operation.required_of(evidence.roles):
        for role in find_roles_of(item.check, evidence.roles, asks):
            if role not in seen:
                view = evidence.view(role) if role in evidence.roles else evidence
                seen[role] = view, operation.measure(evidence.operation, view.facts)
            view, facts = seen[role]
            if item.applies(facts):
                yield _Demand(item.narrow(facts), policy, view, role)


def _after_review(policy: Policy, evidence: Evidence, checks: tuple[CheckResult, ...]) -> Decision:
    if evidence.review_refused:
        return Decision(Outcome.REJECTED, "review.refused", checks)
    still_open = [check for check in checks if _is_open(policy, check, evidence)]
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
    if is_open(evidence.hand_over, evidence.second_look, *evidence.tellers):
        return Decision(Outcome.INDETERMINATE, "hand_over.open", checks)
    if not is_confirmed(evidence.confirmation, evidence.teller):
        return Decision(Outcome.INDETERMINATE, "confirmation.missing", checks)
    operation = policy.operation(evidence.operation.kind)
    try:
        facts = operation.measure(evidence.operation, evidence.facts)
        wait = operation.longest_wait(facts)
    except PolicyRefused:
        # Nobody can say how long it waits; the form refuses it before (docs/formats/policy.md).
        return Decision(Outcome.INDETERMINATE, "decision.no_mci", checks)
    hours, rule = (0, "") if wait is None else (wait.hours, wait.rule)
    again = operation.second_confirmation(facts) if hours else ""
    return Decision(Outcome.APPROVED, "decision.approved", checks, hours, rule, again)


def _is_passed(check: CheckName, checks: tuple[CheckResult, ...]) -> bool:
    found = [each.status is CheckStatus.PASSED for each in checks if each.check == check]
    return bool(found) and all(found)


def _is_open(policy: Policy, check: CheckResult, evidence: Evidence) -> bool:
    if check.hardness is not Hardness.SOFT or check.status is CheckStatus.PASSED:
        return False
    return not _find_confirmations(policy, evidence, check.role)(check.check)


def _is_valid(override: GrantedOverride, evidence: Evidence) -> bool:
    """Whether another person than the tellers gave it, for a reason of the list and in words."""
    named = person_key(override.supervisor) not in {"", *map(person_key, evidence.tellers)}
    listed = override.why in list_reasons(override.check)
    return named and listed and is_explained(override.reason)


def _build_judge(
    policy: Policy, evidence: Evidence, role: PartyRole
) -> Callable[[CheckName], Verdict]:
    """Return what judges one check by itself: a judge of the session's, or what was answered."""
    party = policy.operation(evidence.operation.kind).party(evidence.roles)

    def judge(check: CheckName) -> Verdict:
        if party is not None and party.answers == check:
            return judge_own_act(policy, evidence.view(party.role), check)
        own = JUDGES.get(check)
        if own is not None:
            return own(policy, evidence)
        if policy.is_second_persons(check):
            # Whatever the desk has answered: another officer settles it in the review.
            return CheckStatus.INDETERMINATE, f"{check}.needed", ()
        people = evidence.people if evidence.aside else (evidence,)
        found = (each for own in people for each in (*own.findings, *own.own_words))
        return _find_answer(check, role, (*evidence.answers, *found))

    return judge


def digest_open(policy: Policy, evidence: Evidence, check: CheckName, role: PartyRole) -> str:
    """Return the digest of what is found of a check about a person now (`digest_finding`)."""
    view = evidence.view(role) if role in evidence.roles else evidence
    return digest_finding(view, check, role, _build_judge(policy, view, role)(check))


def drop_lapsed(policy: Policy, evidence: Evidence) -> Evidence:
    """Return the evidence with the overrides that hold: each of what is found of its check now."""
    held = tuple(each for each in evidence.overrides if _holds(policy, evidence, each))
    return replace(evidence, overrides=held)


def _holds(policy: Policy, evidence: Evidence, override: GrantedOverride) -> bool:
    """Whether what it rests on is what is found of its check now."""
    return override.found in {"", digest_open(policy, evidence, override.check, override.role)}


def _find_confirmations(
    policy: Policy, evidence: Evidence, role: PartyRole
) -> Callable[[CheckName], bool]:
    """Return what says whether another officer has confirmed a check about a person.

    What was confirmed of other findings, before the case waited, is confirmed no longer.
    """
    valid = [each for each in evidence.overrides if each.role is role and _is_valid(each, evidence)]
    return lambda check: any(
        each.check == check and _holds(policy, evidence, each) for each in valid
    )


def _evaluate_one(
    item: RequiredCheck, policy: Policy, evidence: Evidence, role: PartyRole
) -> CheckResult:
    judge, rule = _build_judge(policy, evidence, role), item.rule
    if item.check == CheckId.LIVENESS:
        # Its ways follow one another in the session; the judge knows which was taken.
        status, reason, facts = judge(item.check)
        way = find_way(evidence)
        taken = next((each for each in item.any_of if each.id == way), None)
        if taken is not None and status is CheckStatus.PASSED:
            rule, facts = taken.rule, (*facts, ("way", taken.id))
    elif item.any_of:
        refused = bool(evidence.review_refused)
        confirming = _find_confirmations(policy, evidence, role)
        verdict, by = judge_group(item, judge, confirming, refused=refused)
        (status, reason, facts), rule = verdict, item.rule if by is None else by.rule
    else:
        status, reason, facts = judge(item.check)
    return CheckResult(item.check, status, reason, item.hardness, rule, facts, role)


def _find_answer(check: CheckName, role: PartyRole, answers: tuple[Answer, ...]) -> Verdict:
    given = [answer for answer in answers if (answer.check, answer.role) == (check, role)]
    if len(given) != 1:
        return CheckStatus.INDETERMINATE, f"{check}.missing", ()
    return given[0].status, given[0].reason, given[0].facts
