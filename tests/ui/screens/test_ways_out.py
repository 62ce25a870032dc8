"""Every page of a session: abort with a reason, refuse on suspicion, and nothing that jumps."""

import pytest
from PySide6.QtWidgets import QApplication

from resources import LANGUAGES
from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import agree, fill_review, open_settled
from ui.widgets.reason_dialog import ReasonDialog
from workstation.documents.texts import Texts
from workstation.session.acts import SuspicionRaised
from workstation.session.confirmation import AbortReason, SuspicionReason
from workstation.session.session import TRANSITIONS
from workstation.session.states import State
from workstation.station.commands import Abort, RefuseOnSuspicion

SUSPICIOUS = [state for state in State if (state, SuspicionRaised) in TRANSITIONS]
OWN_F4 = {State.CONSENT, State.ALTERNATIVE, State.EXCEPTION, State.REVIEW, State.CONFIRMATION}
"""Where F4 stands on a button: the customer, an officer or the teller refuses."""
JUMPING = [State.SIGNATURE, State.REFERENCE, State.REVIEW, State.MATCHING]


def dialogs(window):
    return [each for each in window.findChildren(ReasonDialog) if each.isVisible()]


@pytest.mark.parametrize("state", [each for each in SUSPICIOUS if each not in OWN_F4])
def test_f4_refuses_on_suspicion_wherever_the_customer_is_here(window, posted, state):
    open_settled(window, state)
    if window.page.value == "home":
        pytest.skip("the case waits without the customer")

    window.press("F4")
    (dialog,) = dialogs(window)
    assert posted == []
    dialog.choose(SuspicionReason.SPOKEN_FOR)
    dialog.agree.click()

    assert posted == [RefuseOnSuspicion(SuspicionReason.SPOKEN_FOR, "")]


@pytest.mark.parametrize("state", [State.PRECHECKS, State.DECIDED, State.RECORDED, State.IDLE])
def test_where_the_table_has_no_suspicion_f4_opens_nothing(window, posted, state):
    open_settled(window, state)

    window.press("F4")

    assert dialogs(window) == []
    assert posted == []


def test_a_closed_button_of_f4_is_not_passed_by(window, posted):
    open_settled(window, State.REVIEW)
    fill_review(window).form.reason.edit.setText(".")

    window.press("F4")

    assert dialogs(window) == []
    assert posted == []


def test_a_session_is_aborted_for_a_reason_that_was_chosen(window, posted):
    open_settled(window, State.SIGNATURE)
    window.press("Esc")
    (dialog,) = dialogs(window)

    dialog.accept()
    assert posted == []
    dialog.choose(AbortReason.NO_KEY)
    dialog.agree.click()

    assert posted == [Abort("no_key", "")]


def test_another_reason_to_abort_needs_words(window, posted):
    open_settled(window, State.SIGNATURE)
    window.press("Esc")
    (dialog,) = dialogs(window)
    dialog.choose(AbortReason.OTHER)

    dialog.words.edit.setText("так надо")
    dialog.accept()
    assert posted == []
    dialog.words.edit.setText("Клиент забыл телефон в машине")
    dialog.agree.click()

    assert posted == [Abort("abort_other", "Клиент забыл телефон в машине")]


def test_the_programs_own_reasons_are_nobodys_to_choose(window):
    open_settled(window, State.SIGNATURE)
    window.press("Esc")
    (dialog,) = dialogs(window)

    assert not {AbortReason.TELLER_ABORTED, AbortReason.WINDOW_CLOSED} & set(dialog.reasons)


def test_who_stays_has_aborted_nothing(window, posted):
    open_settled(window, State.SIGNATURE)
    window.press("Esc")
    dialogs(window)[0].stay.click()

    assert posted == []
    window.press("Esc")
    agree(window)
    assert len(posted) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", JUMPING)
def test_nothing_jumps_when_a_message_comes_or_goes(window, state, language):
    window.resize(1280, 720)
    open_settled(window, state, station(language=language), busy="")
    screen = window.screen_of(window.page)
    below = screen.column.itemAt(screen.column.count() - 1).geometry()

    for changed in ({"message": "role_missing"}, {"busy": "ncalayer"}, {"message": "", "busy": ""}):
        window.show_session(session(state, **{"busy": "", **changed}))
        QApplication.processEvents()
        screen.column.activate()
        assert screen.column.itemAt(screen.column.count() - 1).geometry() == below, changed
    window.show_session(session(state, message="role_missing"))
    assert screen.banner.words.text() == Texts(language).tr("role_missing")


def test_a_waiting_counts_its_seconds_and_stops(window, ctx):
    open_settled(window, State.SIGNATURE, busy="validation")
    banner = window.screen_of(window.page).banner
    started_ms = ctx.now_ms()
    ctx.now_ms = lambda: started_ms + 7_400

    banner._clock.timeout.emit()
    assert banner.elapsed.text() == "00:07"
    window.show_session(session(State.SIGNATURE, busy="validation"))
    assert banner.elapsed.text() == "00:07"

    window.show_session(session(State.SIGNATURE, busy=""))
    assert banner.elapsed.text() == ""
    window.show_session(session(State.SIGNATURE, busy="timestamp"))
    assert banner.elapsed.text() == ""


def test_a_banner_that_is_not_there_counts_nothing(window):
    open_settled(window, State.CONFIRMATION, busy="log")

    assert not window.screen_of(window.page).banner._clock.isActive()


def test_a_message_is_no_waiting_and_counts_nothing(window, ctx):
    open_settled(window, State.SIGNATURE, busy="", message="role_missing")
    banner = window.screen_of(window.page).banner

    assert not banner._clock.isActive()
