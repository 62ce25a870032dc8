"""Nothing typed is lost without a question: Esc, back, sign-out and the window's own ×."""

from pathlib import Path

import pytest

from tests.support.desktop.cases import case
from tests.support.desktop.snapshots import NOW_MS, session, station
from tests.support.desktop.window_pages import agree, give_reason, open_state
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from ui.widgets.buttons import ActionButton
from ui.widgets.confirm import ConfirmDialog
from ui.widgets.reason_dialog import ReasonDialog
from workstation.session.confirmation import AbortReason
from workstation.session.states import State
from workstation.station.commands import CloseCase, ParkSession, SignOut
from workstation.station.snapshot import Waiting, WaitingFor

OUTPUT = Path(__file__).parents[3] / "test-output" / "screens"


def filled_form(window):
    open_state(window, State.IDLE)
    window.navigate(Route.FORM)
    form = window.screen_of(Page.OPERATION)
    form.client.iin.edit.setText("9203")
    return form


def questions(window):
    return [each for each in window.findChildren(ConfirmDialog) if each.isVisible()]


WAYS = {
    "Esc": lambda window: window.press("Esc"),
    "Alt+Left": lambda window: window.press("Alt+Left"),
    "sign out": lambda window: window.header.sign_out.emit(),
    "close": lambda window: window.close(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_filled_form_asks_before_it_is_lost(window, posted, way):
    form = filled_form(window)
    posted.clear()

    WAYS[way](window)

    (question,) = questions(window)
    assert (window.isVisible(), window.page, SignOut() in posted) == (True, Page.OPERATION, False)
    question.stay.click()
    assert form.client.iin.text() == "9203"


@pytest.mark.parametrize("way", ["Esc", "Alt+Left"])
def test_whoever_agrees_leaves_the_form_and_it_is_empty_then(window, way):
    form = filled_form(window)

    WAYS[way](window)
    agree(window)

    assert window.page is Page.HOME
    assert form.client.iin.text() == ""


def test_whoever_agrees_signs_out(window, posted):
    filled_form(window)
    window.header.sign_out.emit()
    agree(window)

    assert posted[-1] == SignOut()


def test_whoever_agrees_closes_the_window(window, qtbot):
    filled_form(window)
    window.close()
    with qtbot.waitSignal(window.closed):
        agree(window)

    assert not window.isVisible()


@pytest.mark.parametrize("way", ["Esc", "Alt+Left"])
def test_an_empty_form_is_left_without_a_question(window, way):
    open_state(window, State.IDLE)
    window.navigate(Route.FORM)

    WAYS[way](window)

    assert (questions(window), window.page) == ([], Page.HOME)


def test_an_idle_window_closes_without_a_question(window):
    open_state(window, State.IDLE, station())

    assert window.close()


PARKABLE = [
    (State.PRECHECKS, {"waiting_for": Waiting(WaitingFor.REGISTRY, NOW_MS, NOW_MS)}),
    (State.LIVENESS, {"attempt_running": False}),
    (State.AUTHORITY, {}),
    (State.SIGNATURE, {}),
]
NOT_PARKABLE = [(State.PRECHECKS, {}), (State.CONSENT, {}), (State.LIVENESS, {})]


def reasons(window):
    (dialog,) = [each for each in window.findChildren(ReasonDialog) if each.isVisible()]
    return dialog, [each.text() for each in dialog.findChildren(ActionButton)]


@pytest.mark.parametrize(("state", "changed"), PARKABLE + NOT_PARKABLE)
def test_closing_in_a_session_offers_to_abort_to_stay_and_to_park_where_that_is_legal(
    window, posted, state, changed
):
    open_state(window, state, **changed)

    assert not window.close()

    dialog, offered = reasons(window)
    park = window.ctx.tr_code("button.park_and_close")
    assert any(text.startswith(park) for text in offered) is ((state, changed) in PARKABLE)
    dialog.stay.click()
    assert (window.isVisible(), posted) == (True, [])


def test_a_case_that_is_put_aside_on_closing_is_not_aborted(window, posted, qtbot):
    open_state(window, State.SIGNATURE)
    window.close()
    dialog, _ = reasons(window)
    park = window.ctx.tr_code("button.park_and_close")
    (button,) = [each for each in dialog.findChildren(ActionButton) if each.text().startswith(park)]
    button.click()
    assert (window.isVisible(), posted) == (True, [ParkSession()])

    with qtbot.waitSignal(window.closed):
        window.show_session(session(State.IDLE))

    assert posted == [ParkSession()]


def test_a_case_that_could_not_be_put_aside_stays_open_when_it_is_decided_later(
    window, posted, qtbot
):
    open_state(window, State.SIGNATURE)
    window.close()
    dialog, _ = reasons(window)
    window.leaving._park()
    dialog.reject()

    open_state(window, State.SIGNATURE, station(message_count=1), message="illegal_transition")
    window.show_session(session(State.RECORDED))
    window.show_session(session(State.IDLE))
    settle(qtbot)

    assert window.isVisible()
    assert not window.leaving.closing


@pytest.mark.parametrize("word", ["leave_session", "abort", "close_case"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_question_is_read_whole_in_every_language(window, qtbot, language, word):
    window.ctx.use_language(language)
    parked = (case(),)
    if word == "close_case":
        open_state(window, State.IDLE, station(parked=parked))
        window.press("F4")
    else:
        open_state(window, State.SIGNATURE)
        window.close() if word == "leave_session" else window.press("Esc")
    settle(qtbot)
    dialog, _ = reasons(window)

    assert (dialog.width() <= 900, dialog.height() <= 640) == (True, True), dialog.size()
    for button in dialog.findChildren(ActionButton):
        assert button.width() >= button.sizeHint().width(), button.text()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    assert dialog.grab().save(str(OUTPUT / f"question_{word}_{language}.png"))


def test_a_parked_case_is_closed_with_a_reason_that_needs_no_words(window, posted):
    open_state(window, State.IDLE, station(parked=(case(),)))
    posted.clear()
    window.press("F4")
    dialog, _ = reasons(window)
    assert not dialog.words.isVisible()

    give_reason(window, AbortReason.CUSTOMER_LEFT)

    assert posted == [CloseCase(case().case, AbortReason.CUSTOMER_LEFT)]
