"""What a draft of the policy makes of a stored session: `decide` anew, compared with before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from workstation.replay.answers import find_answers
from workstation.replay.draft import DraftPolicy
from workstation.replay.evidence import add_face, bind_digests, build_opening
from workstation.replay.face import find_faces
from workstation.replay.facts import find_facts
from workstation.replay.signatures import find_signatures
from workstation.replay.stored_case import StoredCase, StoredResult
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.rules.policy import Policy
from workstation.rules.reference import UndecidedRule
from workstation.session.decision import Decision, Outcome, decide
from workstation.session.evidence import Evidence
from workstation.session.judges.judgements import JUDGES

__all__ = ["Cause", "Change", "Judgement", "Replay", "find_evidence"]


class Change(StrEnum):
    """What the draft would have changed.

    REFUSED  it was let in, or left open, and would be refused or left open for a known reason
    LET_IN   it was refused or left open and would be let in
    LONGER, SHORTER  it is let in as before, after another wait
    """

    SAME = "same"
    LONGER = "longer"
    SHORTER = "shorter"
    REFUSED = "refused"
    LET_IN = "let_in"
    UNDETERMINED = "undetermined"


class Cause(StrEnum):
    """Why the record does not tell what the draft would have made of it.

    NOT_ASKED        the draft demands what nobody asked for
    NOT_REACHED      the obstacle is gone, and what would have come after it never came
    SECOND_PERSON    a supervisor would have been asked
    ANOTHER_ATTEMPT  the customer would have had another attempt
    BAND             a bound of the draft lies within a band of the record
    SETTINGS         the draft measures or validates by other settings
    UNREPLAYED       a check of the draft's that replay cannot judge again
    NO_BASIS         a record of before the basis
    """

    NONE = ""
    NOT_ASKED = "not_asked"
    NOT_REACHED = "not_reached"
    SECOND_PERSON = "second_person"
    ANOTHER_ATTEMPT = "another_attempt"
    BAND = "band"
    SETTINGS = "settings"
    UNREPLAYED = "unreplayed"
    NO_BASIS = "no_basis"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one record.

    check, rule, reason  of the first check that makes the difference: the draft's that stops it,
                         or the one of then that no longer does; empty where nothing changes
    decision             of the draft; None where several are possible, or its policy has no such
                         operation
    """

    change: Change
    cause: Cause = Cause.NONE
    check: str = ""
    rule: str = ""
    reason: str = ""
    decision: Decision | None = None


_REPLAYED = frozenset(
    {
        CheckId.AGE_CONFIRMED,
        CheckId.CONSENT,
        CheckId.DOCUMENT_NAME,
        CheckId.REFERENCE,
        CheckId.REFERENCE_CONFIRMED,
        CheckId.LIVENESS,
        CheckId.MATCH,
        CheckId.AUTHORITY,
        CheckId.SIGNATURE,
    }
)
"""Of the checks that a session judges itself, those whose evidence is built from a record."""


class Replay:
    """Judges stored sessions by one draft; sessions that are judged alike are decided once."""

    def __init__(self, draft: DraftPolicy) -> None:
        self.draft = draft
        self._decided: dict[Evidence, Decision] = {}

    def judge(self, case: StoredCase) -> Judgement:
        """Return what the draft makes of a session."""
        result, policy = case.result, self.draft.policy
        if result is None:
            raise AssertionError("judged before its result")
        kind = case.begin.operation
        if all(each.kind != kind for each in policy.operations):
            if result.outcome is not Outcome.APPROVED:
                return Judgement(Change.SAME)
            return Judgement(Change.REFUSED, reason="operation.not_offered")
        decisions = [self._decide(each) for each in find_evidence(case, result, self.draft)]
        outcomes = {each.outcome for each in decisions}
        if outcomes == {result.outcome}:
            return _compare_waits(result, decisions)
        first = _find_first(decisions, result.outcome)
        if len(outcomes) > 1:
            doubtful = _name(Change.UNDETERMINED, self._find_doubt(case, result), first)
            return replace(doubtful, reason="", decision=None)
        return _compare(case, result, policy, first)

    def _decide(self, evidence: Evidence) -> Decision:
        decision = self._decided.get(evidence)
        if decision is None:
            decision = self._decided[evidence] = decide(self.draft.policy, evidence)
        return decision

    def _find_doubt(self, case: StoredCase, result: StoredResult) -> Cause:
        """Return why a session may come out in more than one way."""
        if result.basis is None:
            return Cause.NO_BASIS
        several_faces = len(find_faces(case, self.draft)) > 1
        check = next((each for each in result.checks if each.check == CheckId.SIGNATURE), None)
        several_reports = len(find_signatures(case, result, check, self.draft)) > 1
        return Cause.SETTINGS if several_faces or several_reports else Cause.BAND


def find_evidence(case: StoredCase, result: StoredResult, draft: DraftPolicy) -> Iterator[Evidence]:
    """Yield every evidence that the session may have had under the draft.

    More than one where a bound of the draft lies within a band, or where it changes what was
    measured and not only what is made of it.
    """
    kind, checks = case.begin.operation, {each.check: each for each in result.checks}
    opening = build_opening(case, result, checks, draft)
    reports = find_signatures(case, result, checks.get(CheckId.SIGNATURE), draft)
    faces = [add_face(opening, case, checks, face, draft) for face in find_faces(case, draft)]
    bound = [bind_digests(face, report, checks) for face, report in product(faces, reports)]
    for facts in find_facts(case, result, draft):
        for answers, evidence in product(find_answers(case, draft, facts.age), bound):
            operation = draft.sign(kind, facts.amount_kzt)
            yield replace(evidence, operation=operation, subject=facts, answers=answers)


def _compare_waits(result: StoredResult, decisions: Sequence[Decision]) -> Judgement:
    """Return what is left of a change where the outcome is the same: how long an approval waits."""
    hours = {each.wait_hours for each in decisions}
    if result.outcome is not Outcome.APPROVED or hours == {result.wait_hours}:
        return Judgement(Change.SAME, decision=decisions[0] if len(decisions) == 1 else None)
    if len(hours) > 1:
        cause = Cause.NO_BASIS if result.basis is None else Cause.BAND
        return Judgement(Change.UNDETERMINED, cause, reason="decision.approved")
    decision = decisions[0]
    change = Change.LONGER if decision.wait_hours > result.wait_hours else Change.SHORTER
    return Judgement(change, Cause.NONE, "", decision.wait_rule, "decision.approved", decision)


def _find_first(decisions: Sequence[Decision], before: Outcome) -> Decision:
    """Return a decision that differs from before, the strictest where there are several."""
    strictness = (Outcome.REJECTED, Outcome.INDETERMINATE, Outcome.APPROVED)
    different = [each for each in decisions if each.outcome is not before]
    return min(different, key=lambda each: (strictness.index(each.outcome), each.reason))


def _compare(
    case: StoredCase, result: StoredResult, policy: Policy, decision: Decision
) -> Judgement:
    """Return the change that a decision makes whose outcome is another than before."""
    if decision.outcome is Outcome.APPROVED:
        stopped = next((each for each in result.checks if each.reason == result.reason), None)
        check, rule = ("", "") if stopped is None else (stopped.check, stopped.rule)
        return Judgement(Change.LET_IN, Cause.NONE, check, rule, result.reason, decision)
    if decision.outcome is Outcome.REJECTED:
        return _name(Change.REFUSED, Cause.NONE, decision)
    cause = _find_cause(case, result, policy, _find_blocking(decision))
    if cause is Cause.NONE and result.outcome is Outcome.REJECTED:
        cause = Cause.NOT_REACHED
    change = Change.REFUSED if cause is Cause.NONE else Change.UNDETERMINED
    return _name(change, cause, decision)


def _find_cause(
    case: StoredCase, result: StoredResult, policy: Policy, blocking: CheckResult | None
) -> Cause:
    """Return why nobody knows how a check would have come out that is open now."""
    if blocking is None:
        return Cause.NONE
    missing = blocking.reason.endswith((".missing", ".unbound"))
    if missing and result.outcome is not Outcome.APPROVED:
        return Cause.NOT_REACHED
    if blocking.check in JUDGES and blocking.check not in _REPLAYED:
        return Cause.UNREPLAYED
    if blocking.hardness is Hardness.SOFT and not missing:
        return Cause.SECOND_PERSON
    undecided = policy.operation(case.begin.operation).undecided
    if blocking.check == CheckId.MATCH and undecided is UndecidedRule.REVIEW:
        return Cause.SECOND_PERSON
    if blocking.check == CheckId.LIVENESS:
        return Cause.ANOTHER_ATTEMPT
    return Cause.NOT_ASKED if missing else Cause.NONE


def _find_blocking(decision: Decision) -> CheckResult | None:
    """Return the check that a decision's reason is of."""
    return next(
        (
            each
            for each in decision.checks
            if each.reason == decision.reason
            and each.status is not CheckStatus.PASSED
            and each.hardness is not Hardness.SILENT
        ),
        None,
    )


def _name(change: Change, cause: Cause, decision: Decision) -> Judgement:
    blocking = _find_blocking(decision)
    check, rule = ("", "") if blocking is None else (blocking.check, blocking.rule)
    return Judgement(change, cause, check, rule, decision.reason, decision)
