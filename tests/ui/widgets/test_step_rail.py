"""The rail says what was done, and nothing else: every state, every ending."""

from dataclasses import replace

import pytest

from resources import LANGUAGES
from tests.support.desktop.snapshots import checks, decision, session, station
from tests.support.desktop.window_pages import open_state
from ui.navigation import STEPS, Page, Route, page_for
from ui.steps import StepState, judge_steps
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckId, CheckResult, CheckStatus, Hardness
from workstation.session.states import State

CHECK_OF = {
    Page.CONSENT: CheckId.CONSENT,
    Page.REFERENCE: CheckId.REFERENCE,
    Page.LIVENESS: CheckId.LIVENESS,
    Page.MATCHING: CheckId.MATCH,
    Page.SIGNATURE: CheckId.SIGNATURE,
}
AT_NO_DESK = {State.IDLE, State.PARKED, State.DECIDED, State.RECORDED}
RUNNING = [state for state in State if state not in AT_NO_DESK]
ENDINGS = {
    "approved": decision(),
    "rejected": decision("rejected", "match.non_match"),
    "aborted": decision("indeterminate", "teller_aborted"),
    "deadline": decision("indeterminate", "deadline"),
}


def missing(made):
    """Return what was made, and every other check as one that nobody has made."""
    done = {each.check for each in made}
    rest = (
        CheckResult(each, CheckStatus.INDETERMINATE, f"{each}.missing", Hardness.HARD, "B-01")
        for each in session(State.CONSENT).required
        if each not in done
    )
    return (*made, *rest)


def ended(made, outcome="indeterminate", reason="teller_aborted", receipt=None):
    recorded = replace(decision(outcome, reason), checks=missing(made), receipt=receipt)
    return session(State.RECORDED, decision=recorded)


def rail(page, snapshot):
    return dict(zip(STEPS, judge_steps(page, snapshot), strict=True))


@pytest.mark.parametrize("route", [Route.NONE, Route.RECEIPT])
@pytest.mark.parametrize("state", RUNNING)
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_step_is_said_to_be_done_that_the_evidence_does_not_have(state, ending, route):
    made = session(state).checks
    snapshot = session(
        State.RECORDED, decision=replace(ENDINGS[ending], checks=missing(made), receipt=None)
    )

    shown = rail(page_for(station(), snapshot, route), snapshot)

    passed = {each.check for each in made if each.status is CheckStatus.PASSED}
    for step, check in CHECK_OF.items():
        assert shown[step] is (StepState.DONE if check in passed else StepState.UNREACHED), step


@pytest.mark.parametrize("state", RUNNING)
def test_while_a_session_runs_one_step_is_now_and_no_step_ahead_is_done(state):
    snapshot = session(state)
    page = page_for(station(), snapshot, Route.NONE)

    shown = judge_steps(page, snapshot)

    now = shown.index(StepState.NOW)
    assert shown.count(StepState.NOW) == 1
    assert set(shown[:now]) <= {StepState.DONE, StepState.AHEAD}
    assert StepState.UNREACHED not in shown
    for step, state_shown in zip(STEPS[1:now], shown[1:now], strict=True):
        made = [each.check for each in snapshot.checks if each.status is CheckStatus.PASSED]
        assert state_shown is not StepState.DONE or CHECK_OF[step] in made


@pytest.mark.parametrize("failed", CHECK_OF.values())
def test_what_failed_is_crossed_and_what_comes_after_was_not_reached(failed):
    order = list(session(State.CONSENT).required)
    count = order.index(failed) + 1
    made = checks(count, **{failed: (CheckStatus.FAILED, f"{failed}.x")})

    shown = rail(Page.DECISION, ended(made, "rejected", f"{failed}.x"))

    steps = list(CHECK_OF)
    at = list(CHECK_OF.values()).index(failed)
    assert [shown[step] for step in steps[:at]] == [StepState.DONE] * at
    assert shown[steps[at]] is StepState.FAILED
    assert {shown[step] for step in steps[at + 1 :]} <= {StepState.UNREACHED}


def test_a_refusal_by_the_first_check_says_of_nothing_else_that_it_was_done():
    made = checks(1, iin=(CheckStatus.FAILED, "iin.checksum"))

    shown = rail(Page.DECISION, ended(made, "rejected", "iin.checksum"))

    assert shown[Page.OPERATION] is StepState.FAILED
    assert shown[Page.DECISION] is StepState.NOW
    assert all(shown[step] is StepState.UNREACHED for step in CHECK_OF)


def test_what_was_tried_and_not_established_is_neither_done_nor_failed():
    made = checks(12, liveness=(CheckStatus.INDETERMINATE, "liveness.timed_out"))

    shown = rail(Page.DECISION, ended(made, reason="teller_aborted"))

    assert shown[Page.LIVENESS] is StepState.UNDECIDED


def test_what_the_policy_does_not_ask_for_is_said_to_be_not_required():
    snapshot = session(State.LIVENESS)
    kept = tuple(each for each in snapshot.required if each != CheckId.CONSENT)
    made = tuple(each for each in snapshot.checks if each.check != CheckId.CONSENT)

    shown = rail(Page.LIVENESS, replace(snapshot, required=kept, checks=made))

    assert shown[Page.CONSENT] is StepState.SKIPPED


def test_of_two_people_the_one_who_has_not_passed_is_shown():
    made = checks(12)
    other = replace(made[-1], status=CheckStatus.FAILED, reason="liveness.flat")

    shown = rail(Page.DECISION, ended((*made, other), "rejected", "liveness.flat"))

    assert shown[Page.LIVENESS] is StepState.FAILED


def test_the_receipt_is_done_once_it_is_there_and_not_before():
    whole = session(State.RECORDED)
    assert rail(Page.RECEIPT, whole)[Page.RECEIPT] is StepState.DONE
    assert rail(Page.RECEIPT, ended(checks()))[Page.RECEIPT] is StepState.UNREACHED
    assert rail(Page.DECISION, session(State.DECIDED))[Page.RECEIPT] is StepState.AHEAD


def test_a_fault_that_kept_the_decision_out_of_the_log_gives_no_receipt():
    snapshot = session(State.DECIDED, fault="log_unwritable")

    assert rail(Page.DECISION, snapshot)[Page.RECEIPT] is StepState.UNREACHED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [State.LIVENESS, State.RECORDED])
def test_a_screen_reader_is_told_what_the_eye_sees(window, language, state):
    open_state(window, state, station(language=language))
    texts = Texts(language)

    for page, step in zip(STEPS, window.rail.steps, strict=True):
        words = texts.tr(f"step.{page.value}")
        if step.shown is not StepState.AHEAD:
            words += f": {texts.tr(f'rail.{step.shown.value}')}"
        assert step.accessibleName() == words
        assert step.state.isVisible() is (step.shown is not StepState.AHEAD)


def test_the_window_shows_the_rail_of_the_session_that_ended(window):
    made = checks(1, iin=(CheckStatus.FAILED, "iin.checksum"))
    window.show_station(station())
    window.show_session(ended(made, "rejected", "iin.checksum"))

    assert window.rail.steps[0].shown is StepState.FAILED
    assert window.rail.steps[1].state.text() == Texts("ru").tr("rail.unreached")
