"""Nothing typed is lost without a question: Esc, back, sign-out and the window's own ×."""

import pytest

from tests.support.desktop.snapshots import station
from tests.support.desktop.window_pages import agree, open_state
from ui.navigation import Page, Route
from ui.widgets.confirm import ConfirmDialog
from workstation.session.states import State
from workstation.station.commands import SignOut


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
