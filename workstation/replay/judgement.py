"""What a draft of the policy makes of a stored session: `decide` anew, compared with before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from workstation.replay.circumstances import Circumstances, reduce_case
from workstation.replay.draft import DraftPolicy
from workstation.replay.evidence import list_evidence
from workstation.replay.stored_case import StoredCase
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.rules.policy import Policy
from workstation.rules.reference import UndecidedRule
from workstation.session.decision import Decision, Outcome, decide
from workstation.session.judges.judgements import JUDGES

__all__ = ["Cause", "Change", "Judgement", "Replay"]


class Change(StrEnum):
    """What the draft would have changed.

    REFUSED  it was let in, or left open, and would be refused or left open for a known reason
    LET_IN   it was refused or left open and would be let in
    LONGER, SHORTER  it is let in as before, after another wait
    AGAIN, ONCE      it is let in as before, and confirmed once more after the wait, or no more
    """

    SAME = "same"
    LONGER = "longer"
    SHORTER = "shorter"
    AGAIN = "again"
    ONCE = "once"
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
    """Judges stored sessions by one draft; those of the same circumstances are judged once."""

    def __init__(self, draft: DraftPolicy) -> None:
        self.draft = draft
        self._judged: dict[Circumstances, Judgement] = {}

    def judge(self, case: StoredCase) -> Judgement:
        """Return what the draft makes of a session."""
        result = case.result
        if result is None:
            raise AssertionError("judged before its result")
        if case.begin.operation not in self.draft.demands:
            if result.outcome is not Outcome.APPROVED:
                return Judgement(Change.SAME)
            return Judgement(Change.REFUSED, reason="operation.not_offered")
        found = reduce_case(case, result, self.draft)
        judgement = self._judged.get(found)
        if judgement is None:
            judgement = self._judged[found] = _judge(found, self.draft)
        return judgement


def _judge(found: Circumstances, draft: DraftPolicy) -> Judgement:
    """Decide on every evidence that there may have been, and compare with what was decided."""
    if not found.replayable:
        # The same rules make the same of the same evidence; of others nobody knows.
        if found.policy == draft.policy.sha256 or found.ending is not None:
            return Judgement(Change.SAME)
        return Judgement(Change.UNDETERMINED, Cause.UNREPLAYED)
    decisions = [decide(draft.policy, each) for each in list_evidence(found, draft)]
    outcomes = {each.outcome for each in decisions}
    if outcomes == {found.outcome}:
        return _compare_waits(found, decisions)
    first = _find_first(decisions, found.outcome)
    if len(outcomes) == 1:
        return _compare(found, draft.policy, first)
    return replace(_name(Change.UNDETERMINED, _find_doubt(found), first), reason="", decision=None)


def _find_doubt(found: Circumstances) -> Cause:
    """Return why a session may come out in more than one way."""
    if not found.facts.known:
        return Cause.NO_BASIS
    comparable = found.signature is None or found.signature[1]
    if len(found.faces) > 1 or not comparable:
        return Cause.SETTINGS
    return Cause.BAND


def _compare_waits(found: Circumstances, decisions: Sequence[Decision]) -> Judgement:
    """Return what is left of a change where the outcome is the same: what an approval waits for."""
    then = (found.wait_hours, found.confirms_again)
    effects = {(each.wait_hours, bool(each.second_confirmation)) for each in decisions}
    if found.outcome is not Outcome.APPROVED or effects == {then}:
        return Judgement(Change.SAME, decision=decisions[0] if len(decisions) == 1 else None)
    if len(effects) > 1:
        cause = Cause.BAND if found.facts.known else Cause.NO_BASIS
        return Judgement(Change.UNDETERMINED, cause, reason="decision.approved")
    decision = decisions[0]
    rule, again = decision.wait_rule, bool(decision.second_confirmation)
    if decision.wait_hours != found.wait_hours:
        change = Change.LONGER if decision.wait_hours > found.wait_hours else Change.SHORTER
    else:
        change, rule = Change.AGAIN if again else Change.ONCE, decision.second_confirmation
    return Judgement(change, Cause.NONE, "", rule, "decision.approved", decision)


def _find_first(decisions: Sequence[Decision], before: Outcome) -> Decision:
    """Return a decision that differs from before, the strictest where there are several."""
    strictness = (Outcome.REJECTED, Outcome.INDETERMINATE, Outcome.APPROVED)
    different = [each for each in decisions if each.outcome is not before]
    return min(different, key=lambda each: (strictness.index(each.outcome), each.reason))


def _compare(found: Circumstances, policy: Policy, decision: Decision) -> Judgement:
    """Return the change that a decision makes whose outcome is another than before."""
    if decision.outcome is Outcome.APPROVED:
        return Judgement(Change.LET_IN, Cause.NONE, *found.stopped, found.reason, decision)
    if decision.outcome is Outcome.REJECTED:
        return _name(Change.REFUSED, Cause.NONE, decision)
    cause = _find_cause(found, policy, _find_blocking(decision))
    if cause is Cause.NONE and found.outcome is Outcome.REJECTED:
        cause = Cause.NOT_REACHED
    change = Change.REFUSED if cause is Cause.NONE else Change.UNDETERMINED
    return _name(change, cause, decision)


def _find_cause(found: Circumstances, policy: Policy, blocking: CheckResult | None) -> Cause:
    """Return why nobody knows how a check would have come out that is open now."""
    if blocking is None:
        return Cause.NONE
    missing = blocking.reason.endswith((".missing", ".unbound"))
    if missing and found.outcome is not Outcome.APPROVED:
        return Cause.NOT_REACHED
    if blocking.check in JUDGES and blocking.check not in _REPLAYED:
        return Cause.UNREPLAYED
    if blocking.hardness is Hardness.SOFT and not missing:
        return Cause.SECOND_PERSON
    undecided = policy.operation(found.operation).undecided
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
