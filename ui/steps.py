"""What is known of every step of the rail: said by the evidence, never by the step's place."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from ui.navigation import STEPS, Page, step_of
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.session.states import State
from workstation.station.snapshot import SessionSnapshot

__all__ = ["LATER", "StepState", "judge_steps"]


class StepState(StrEnum):
    """How a step stands.

    AHEAD       still to come
    UNREACHED   the session has ended before it
    SKIPPED     the policy does not ask for it here
    UNDECIDED   it was made and nothing was established by it
    """

    AHEAD = "ahead"
    NOW = "now"
    DONE = "done"
    FAILED = "failed"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"
    UNREACHED = "unreached"


_CHECKS: Final = {
    Page.CONSENT: CheckId.CONSENT,
    Page.REFERENCE: CheckId.REFERENCE,
    Page.LIVENESS: CheckId.LIVENESS,
    Page.MATCHING: CheckId.MATCH,
    Page.SIGNATURE: CheckId.SIGNATURE,
}
"""The check that says whether a step was made."""

LATER: Final = frozenset(
    {
        *_CHECKS.values(),
        CheckId.REFERENCE_CONFIRMED,
        CheckId.AGE_CONFIRMED,
        CheckId.DOCUMENT_NAME,
        CheckId.NOT_STAFF_FACE,
        CheckId.ONE_IDENTITY,
        CheckId.DIFFERENT_PEOPLE,
        CheckId.AUTHORITY,
        CheckId.NAME,
        CheckId.KEY_AGE,
        CheckId.SPOUSE_CONSENT,
    }
)
"""What is not answered before the consent, or not always."""

_NOT_MADE: Final = (".missing", ".unbound")
_ENDED: Final = frozenset({State.DECIDED, State.RECORDED})
_WORST_FIRST: Final = (
    StepState.FAILED,
    StepState.UNDECIDED,
    StepState.UNREACHED,
    StepState.AHEAD,
    StepState.SKIPPED,
    StepState.DONE,
)


def judge_steps(page: Page, session: SessionSnapshot | None) -> tuple[StepState, ...]:
    """Return the state of each of STEPS while a page is shown."""
    current = step_of(page)
    return tuple(_judge(step, current, session) for step in STEPS)


def _judge(step: Page, current: Page | None, session: SessionSnapshot | None) -> StepState:
    if session is None or session.state is State.IDLE:
        return StepState.NOW if step is current else StepState.AHEAD
    if step is Page.RECEIPT:
        return _judge_receipt(session)
    if step is current:
        return StepState.NOW
    if step is Page.DECISION:
        return StepState.AHEAD if session.decision is None else StepState.DONE
    if step is Page.OPERATION:
        return _judge_opening(session)
    return _judge_check(_CHECKS[step], session)


def _judge_receipt(session: SessionSnapshot) -> StepState:
    if session.decision is not None and session.decision.receipt is not None:
        return StepState.DONE
    ended = session.fault != "" or session.decision is not None
    return StepState.UNREACHED if ended else StepState.AHEAD


def _judge_opening(session: SessionSnapshot) -> StepState:
    """Judge form and pre-checks: the customer is asked for consent after them and not before."""
    if session.state not in _ENDED:
        return StepState.DONE
    checks = _checks_of(session)
    hard = [
        each
        for each in checks
        if each.hardness is Hardness.HARD and each.check not in LATER and _is_made(each)
    ]
    consented = any(each.check == CheckId.CONSENT and _is_made(each) for each in checks)
    if any(each.status is CheckStatus.FAILED for each in hard):
        return StepState.FAILED
    if consented or (hard and all(each.status is CheckStatus.PASSED for each in hard)):
        return StepState.DONE
    return StepState.UNDECIDED if hard else StepState.UNREACHED


def _judge_check(check: CheckId, session: SessionSnapshot) -> StepState:
    found = [each for each in _checks_of(session) if each.check == check]
    if not found and session.required and check not in session.required:
        return StepState.SKIPPED
    nothing = StepState.UNREACHED if session.state in _ENDED else StepState.AHEAD
    return _worst(_judge_result(each, nothing) for each in found) if found else nothing


def _judge_result(check: CheckResult, nothing: StepState) -> StepState:
    if check.status is CheckStatus.PASSED:
        return StepState.DONE
    if check.status is CheckStatus.FAILED:
        return StepState.FAILED
    return StepState.UNDECIDED if _is_made(check) else nothing


def _worst(states: Iterable[StepState]) -> StepState:
    return min(states, key=_WORST_FIRST.index)


def _is_made(check: CheckResult) -> bool:
    return not check.reason.endswith(_NOT_MADE)


def _checks_of(session: SessionSnapshot) -> tuple[CheckResult, ...]:
    return session.checks if session.decision is None else session.decision.checks
