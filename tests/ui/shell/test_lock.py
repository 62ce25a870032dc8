"""Behind the lock nothing is there: no key, click, drop, dialog or screen reader finds a page."""

import logging
from typing import get_args

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QWidget,
)

from tests.support.desktop.intruder import drop_file, press, try_every_way
from tests.support.desktop.snapshots import document, preview_image, session, station
from tests.support.desktop.window_pages import (
    fill_review,
    give_reason,
    open_page,
    open_settled,
    unlock,
    visit_all,
    windows_above,
)
from tests.support.system.event_loop import settle
from ui.navigation import IN_SESSION, Page, Route
from ui.theme.theme import load_theme
from workstation.devices.signing_methods import PhoneView, SigningMethod
from workstation.session.confirmation import AbortReason
from workstation.session.states import State
from workstation.station.commands import (
    Abort,
    Command,
    GiveConsent,
    Lock,
    ReportCustomerWindow,
    Sign,
    SignIn,
    SignOut,
)

CLIENT = "Нұрғалиева Әсел Серікқызы"
PHONE = PhoneView(taken=False, modules=(b"\x01\x00", b"\x00\x01"))
BEHIND = [page for page in Page if page is not Page.SIGN_IN]


def in_session(window):
    return window.session is not None and window.session.state in IN_SESSION


def spoken(interface):
    """Return every object and every name that a screen reader finds from here."""
    found, words = [interface.object()], [interface.text(QAccessible.Text.Name)]
    text = interface.textInterface()
    if text is not None:
        words.append(text.text(0, text.characterCount()))
    for index in range(interface.childCount()):
        child = interface.child(index)
        if child is not None:
            more, named = spoken(child)
            found += more
            words += named
    return found, words


def screen_reader(window):
    return spoken(QAccessible.queryAccessibleInterface(window))


# -- every way, on every page ---------------------------------------------------------------


@pytest.mark.parametrize("page", BEHIND)
def test_no_key_click_or_drop_reaches_a_page_behind_the_lock(window, posted, tmp_path, page):
    open_page(window, page)
    posted.clear()
    window.lock()
    # What the hands type may be sent as a secret. Without a session the lock offers to sign out.
    allowed = {Lock, SignIn} if in_session(window) else {Lock, SignIn, SignOut}

    for tried in try_every_way(window, tmp_path / "a.cms"):
        assert {type(command) for command in posted} <= allowed, (tried, posted)
        assert window.page is page, tried
        assert window.ctx.locked, tried
        assert window.lock_page.isAncestorOf(QApplication.focusWidget()), tried
        assert windows_above(window) == [], tried


@pytest.mark.parametrize("page", BEHIND)
def test_a_page_behind_the_lock_is_hidden_disabled_and_unspoken(window, page):
    open_page(window, page)
    before, _ = screen_reader(window)
    assert window.screen_of(page) in before
    window.lock()

    assert_nothing_is_behind(window)


def test_the_pages_left_before_the_lock_are_behind_it_too(window):
    visited = list(visit_all(window))
    assert set(visited) == set(Page)
    window.lock()

    assert_nothing_is_behind(window)


def assert_nothing_is_behind(window):
    objects, words = screen_reader(window)
    behind = [window.desk, *window.desk.findChildren(QWidget)]

    assert not any(widget.isVisible() or widget.isEnabled() for widget in behind)
    assert not set(behind) & set(objects)
    assert window.lock_page.secret.edit in objects
    assert not any(CLIENT in said or "••••" in said for said in words)


@pytest.mark.parametrize("state", [State.REFERENCE, State.LIVENESS])
def test_nothing_that_a_document_says_is_spoken_behind_the_lock(window, state):
    view = document()
    open_settled(window, state, document=view, attempt_running=False)
    _, open_words = screen_reader(window)
    window.lock()
    _, words = screen_reader(window)

    assert view.name in open_words
    assert not {view.name, view.number_masked} & set(words)


def test_nobody_is_locked_out_of_a_station_that_nobody_has_signed_in_to(window, posted):
    window.show_station(station(operator=False))

    window.lock()

    assert (window.ctx.locked, posted) == (False, [])
    assert window.screen_of(Page.SIGN_IN).isVisible()


def test_the_same_hands_act_on_an_open_window(window, posted, tmp_path):
    open_settled(window, State.CONSENT)
    window.footer.buttons[-1].setFocus()
    press(window, "Space")
    open_settled(window, State.SIGNATURE)
    taken = drop_file(window, tmp_path / "a.cms", window.rect().center())
    _, words = screen_reader(window)

    assert posted == [GiveConsent("ru"), Sign(SigningMethod.FILE, tmp_path / "a.cms")]
    assert taken
    assert any(CLIENT in said for said in words)


def test_a_screen_reader_finds_no_page_but_the_open_one(window):
    open_settled(window, State.SIGNATURE)
    open_settled(window, State.CONSENT)
    objects, _ = screen_reader(window)

    assert window.screen_of(Page.CONSENT) in objects
    assert window.screen_of(Page.SIGNATURE) not in objects


# -- the pass phrase ------------------------------------------------------------------------


def test_every_letter_of_the_secret_lands_in_its_field_while_the_pages_change(window, qtbot):
    open_settled(window, State.LIVENESS)
    window.lock()
    typed = ""
    for state in (
        State.EXCEPTION,
        State.MATCHING,
        State.SIGNATURE,
        State.REVIEW,
        State.DECIDED,
        State.RECORDED,
        State.IDLE,
    ):
        press(window, "q")
        window.show_session(session(state))
        settle(qtbot)
        window.show_station(station(camera=state.value))
        press(window, "w")
        typed += "qw"

        assert window.lock_page.secret.edit.text() == typed, state
    assert window.page is Page.HOME
    assert window.screen_of(Page.REVIEW).form.reason.edit.text() == ""


def test_a_page_that_opens_behind_the_lock_is_not_asked_for_its_focus(window):
    open_settled(window, State.LIVENESS)
    window.lock()
    asked = []
    window.screen_of(Page.SIGNATURE).first_focus = lambda: asked.append("focus")

    window.show_session(session(State.SIGNATURE))

    assert (asked, window.page) == ([], Page.SIGNATURE)


@pytest.mark.parametrize("route", Route)
def test_a_route_behind_the_lock_opens_nothing(window, route):
    open_settled(window, State.IDLE)
    window.lock()

    window.screen_of(Page.HOME).navigate.emit(route.value)

    assert (window.page, window.route) == (Page.HOME, Route.NONE)


def test_a_page_made_behind_the_lock_is_behind_it(window):
    open_settled(window, State.CONSENT)
    window.lock()
    window.show_session(session(State.REVIEW))
    screen = fill_review(window)
    screen.form.reason.edit.setFocus()

    assert not screen.isVisible()
    assert not screen.isEnabled()
    assert not any(button.isEnabled() for button in window.footer.buttons)
    assert QApplication.focusWidget() is window.lock_page.secret.edit


def test_the_focus_comes_back_to_where_it_was(window):
    window.show_station(station())
    window.navigate(Route.FORM)
    name = window.screen_of(Page.OPERATION).fields["name"].edit
    name.setFocus()
    name.setText("Әсел")
    window.lock()

    unlock(window)

    assert QApplication.focusWidget() is name
    assert name.text() == "Әсел"


def test_the_focus_comes_to_the_page_that_was_opened_behind_the_lock(window):
    open_settled(window, State.LIVENESS)
    window.lock()
    window.show_session(session(State.REVIEW))

    unlock(window)

    assert QApplication.focusWidget() is window.screen_of(Page.REVIEW).form.reason.edit


def test_a_button_that_locked_the_window_does_not_have_the_focus_afterwards(window):
    open_settled(window, State.CONSENT)
    window.header.lock_button.setFocus()
    window.header.lock_button.click()

    unlock(window)

    assert QApplication.focusWidget() is window.screen_of(Page.CONSENT).text


# -- what was under way ---------------------------------------------------------------------


def agree_button(window):
    open_settled(window, State.CONSENT)
    QApplication.processEvents()
    return window.footer.buttons[-1]


@pytest.mark.parametrize("locked", [False, True])
def test_a_button_pressed_before_the_lock_and_let_go_after_it_does_nothing(window, posted, locked):
    button = agree_button(window)
    place = button.mapTo(window, button.rect().center())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(window.windowHandle(), left, none, place)
    QApplication.processEvents()
    assert button.isDown()
    if locked:
        window.idle.timer.timeout.emit()

    QTest.mouseRelease(window.windowHandle(), left, none, place)
    QApplication.processEvents()

    assert posted == ([Lock()] if locked else [GiveConsent("ru")])


@pytest.mark.parametrize("locked", [False, True])
def test_space_pressed_before_the_lock_and_let_go_after_it_does_nothing(window, posted, locked):
    agree_button(window).setFocus()
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_Space)
    QApplication.processEvents()
    if locked:
        window.idle.timer.timeout.emit()

    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_Space)
    QApplication.processEvents()

    assert posted == ([Lock()] if locked else [GiveConsent("ru")])


@pytest.mark.parametrize("when", ["open", "before", "after"])
def test_a_screen_readers_press_does_nothing_behind_the_lock(window, qtbot, posted, when):
    button = agree_button(window)
    action = QAccessible.queryAccessibleInterface(button).actionInterface()
    if when == "after":
        window.lock()
    action.doAction(action.pressAction())
    if when == "before":
        window.lock()

    # Qt shows the button pressed for 100 ms before it clicks, whatever has happened meanwhile.
    qtbot.wait(200)

    assert posted == ([GiveConsent("ru")] if when == "open" else [Lock()])


@pytest.mark.parametrize("page", BEHIND)
def test_no_button_of_any_page_does_anything_that_a_screen_reader_presses_after_the_lock(
    window, qtbot, posted, page
):
    open_page(window, page)
    buttons = [each for each in window.desk.findChildren(QAbstractButton) if each.isVisible()]
    found = [QAccessible.queryAccessibleInterface(each).actionInterface() for each in buttons]
    assert found
    posted.clear()
    window.lock()

    for action in found:
        for name in action.actionNames():
            action.doAction(name)
    # Qt clicks 100 ms after such a press.
    qtbot.wait(150)

    assert {type(each) for each in posted} <= {Lock, ReportCustomerWindow}
    assert (window.page, window.ctx.locked, windows_above(window)) == (page, True, [])


def test_caps_lock_and_the_layout_are_told_beside_the_locks_secret(window, qtbot):
    open_settled(window, State.CONSENT)
    window.lock()
    edit = window.lock_page.secret.edit
    qtbot.waitUntil(edit.hasFocus)
    none = Qt.KeyboardModifier.NoModifier

    QApplication.sendEvent(edit, QKeyEvent(QEvent.Type.KeyPress, ord("Я"), none, "Я"))

    assert "Caps Lock" in window.lock_page.secret.note.text()


def test_no_shown_picture_reaches_a_page_behind_the_lock(window):
    open_settled(window, State.LIVENESS)
    window.lock()
    taken = []
    window.screen_of(Page.LIVENESS).show_preview = taken.append

    window.show_preview(preview_image())

    assert taken == []


# -- the second wall ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", get_args(Command), ids=lambda kind: kind.__name__)
def test_a_command_posted_behind_the_lock_is_dropped_and_reported(window, posted, caplog, kind):
    open_settled(window, State.CONSENT)
    window.lock()
    command = object.__new__(kind)

    with caplog.at_level(logging.WARNING):
        window.ctx.post(command)

    assert posted == [Lock()]
    assert f"dropped behind the lock: {kind.__name__}" in caplog.text


# -- leaving --------------------------------------------------------------------------------


def test_leaving_a_running_session_from_the_lock_needs_the_secret(window, posted):
    open_settled(window, State.LIVENESS, station(sign_ins=4))
    window.lock()
    page = window.lock_page
    page.leave_button.setFocus()
    press(window, "Space")
    asked = (page.text.text(), page.open_button.isVisible(), page.leave_button.isVisible())
    press(window, "Return")
    press(window, "F9")
    before = list(posted)
    page.secret.edit.setText("wrong")
    press(window, "F9")
    window.show_station(station(sign_ins=4, message="operator_refused", refused_sign_ins=1))
    refused = page.message.text()
    page.secret.edit.setText("secret")
    press(window, "F9")

    window.show_station(station(sign_ins=5))
    covered = window.ctx.locked
    window.show_station(station(operator=False))

    assert asked[0].startswith("Идёт проверка клиента")
    assert asked[1:] == (True, False)
    assert before == [Lock()]
    assert refused != ""
    assert posted == [Lock(), SignIn("T-1042", "wrong"), SignIn("T-1042", "secret"), SignOut()]
    assert covered
    assert (window.ctx.locked, window.page) == (False, Page.SIGN_IN)


def test_who_thinks_better_of_leaving_unlocks_as_before(window, posted):
    open_settled(window, State.LIVENESS)
    window.lock()
    window.lock_page.leave_button.click()
    window.lock_page.stay_button.click()

    unlock(window)

    assert posted == [Lock(), SignIn("T-1042", "secret")]
    assert (window.ctx.locked, window.page) == (False, Page.LIVENESS)


def test_a_secret_given_to_unlock_does_not_leave_the_session(window, posted):
    open_settled(window, State.LIVENESS, station(sign_ins=1))
    window.lock()
    window.lock_page.secret.edit.setText("secret")
    press(window, "F9")
    window.close()

    window.show_station(station(sign_ins=2))

    assert posted == [Lock(), SignIn("T-1042", "secret")]
    assert window.ctx.locked
    unlock(window)
    assert posted[2:] == [SignIn("T-1042", "secret"), SignOut()]


def test_a_sign_in_of_before_the_lock_does_not_open_it(window, posted):
    open_settled(window, State.LIVENESS, station(sign_ins=1))
    window.lock()
    window.show_station(station(sign_ins=2))
    window.lock_page.secret.edit.setText("wrong")
    press(window, "F9")

    window.show_station(station(sign_ins=2, message="operator_refused", refused_sign_ins=1))

    assert window.ctx.locked


def test_a_message_of_an_earlier_command_is_not_the_answer_to_the_secret(window, posted):
    open_settled(window, State.LIVENESS, station(sign_ins=1))
    window.lock()
    window.lock_page.secret.edit.setText("secret")
    press(window, "F9")
    window.show_station(station(sign_ins=1, message="station_locked"))
    waiting = (window.ctx.locked, window.lock_page.message.text())

    window.show_station(station(sign_ins=2))

    assert waiting == (True, "")
    assert not window.ctx.locked


def test_a_locked_window_does_not_close_over_a_session(window, posted):
    open_settled(window, State.LIVENESS)
    window.lock()

    closed = window.close()

    assert (closed, window.isVisible(), posted) == (False, True, [Lock()])
    assert window.lock_page.text.text().startswith("Идёт проверка клиента")
    assert window.lock_page.secret.edit.hasFocus()


@pytest.mark.parametrize("state", [State.IDLE, State.RECORDED])
def test_a_locked_window_without_a_session_closes(window, qtbot, posted, state):
    open_settled(window, state)
    window.lock()

    with qtbot.waitSignal(window.closed):
        assert window.close()

    assert posted == [Lock()]


def test_a_window_that_was_closing_when_the_lock_fell_closes(window, qtbot, posted):
    open_settled(window, State.LIVENESS)
    window.close()
    give_reason(window, AbortReason.CUSTOMER_LEFT)
    window.idle.timer.timeout.emit()

    with qtbot.waitSignal(window.closed):
        window.show_session(session(State.RECORDED))

    assert posted == [Abort("customer_left"), Lock()]


@pytest.mark.parametrize("state", [State.REVIEW, State.COMPARISON, State.EXCEPTION])
def test_a_supervisors_secret_that_was_typed_and_not_given_does_not_outlive_the_lock(window, state):
    open_settled(window, state)
    form = fill_review(window, window.page).form
    before = form.secret.text(), form.filled
    window.lock()
    unlock(window)

    assert before == ("secret", True)
    assert form.isVisible()
    assert (form.secret.text(), form.supervisor.text()) == ("", "S-7")
    assert form.reason.text() == "Клиент показал договор"


# -- struck twice ---------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["F9", "Return", "Space"])
def test_a_second_stroke_of_the_key_that_unlocked_does_not_act_on_the_page(
    window, qtbot, posted, key
):
    open_settled(window, State.CONSENT)
    window.lock()
    unlock(window)
    posted.clear()
    window.footer.buttons[-1].setFocus()

    press(window, key)
    at_once = list(posted)
    qtbot.waitUntil(lambda: not window.screen_lock.settling)
    press(window, key)

    assert (at_once, posted) == ([], [GiveConsent("ru")])


def test_the_second_click_of_a_mouse_on_unlock_does_not_press_what_came_back_there(
    window, qtbot, posted
):
    open_settled(window, State.CONSENT)
    window.lock()
    unlock(window)
    posted.clear()
    button = window.footer.buttons[-1]
    place = button.mapTo(window, button.rect().center())

    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)
    at_once = list(posted)
    qtbot.waitUntil(lambda: not window.screen_lock.settling)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)

    assert (at_once, posted) == ([], [GiveConsent("ru")])


# -- around it ------------------------------------------------------------------------------


def test_words_and_colours_change_behind_the_lock_without_opening_it(window, posted):
    open_settled(window, State.CONSENT)
    window.lock()

    window.show_station(station(language="kk"))
    window.ctx.use_theme(load_theme("dark"))
    window.resize(1280, 720)

    assert window.lock_page.card.title.text() == "Жұмыс орны бұғатталған"
    assert window.lock_page.rect() == window.rect()
    assert (window.ctx.locked, window.desk.isVisible(), posted) == (True, False, [Lock()])


@pytest.mark.parametrize("size", [(1366, 768), (1280, 720)])
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_nothing_on_the_locks_page_is_cut(window, language, size):
    window.resize(*size)
    open_settled(window, State.LIVENESS, station(language=language))
    window.lock()
    page = window.lock_page
    for leaving in (False, True):
        if leaving:
            page.ask_leave()
        page.secret.edit.setText("wrong")
        page.try_unlock()
        window.show_station(
            station(language=language, message="operator_locked", seconds=30, refused_sign_ins=1)
        )
        QApplication.processEvents()
        labels = [label for label in page.findChildren(QLabel) if label.isVisible()]

        assert page.secret.edit.height() >= page.secret.edit.sizeHint().height()
        assert len(labels) >= 5
        for label in labels:
            least = label.heightForWidth(label.width()) if label.wordWrap() else 0
            assert label.height() >= max(least, label.minimumSizeHint().height()), label.text()
            assert label.width() >= label.minimumSizeHint().width(), label.text()


def test_the_locked_window_looks_the_same_whatever_is_behind_it(window):
    window.show_station(station())
    pictures = []
    for state in (State.IDLE, State.LIVENESS, State.RECORDED):
        open_settled(window, state)
        window.show_preview(preview_image())
        window.lock()
        QApplication.processEvents()
        pictures.append(window.grab().toImage())
        unlock(window)

    assert pictures[0] == pictures[1] == pictures[2]


def test_signing_out_behind_the_lock_opens_only_the_sign_in_page(window, posted):
    open_settled(window, State.CONSENT)
    window.lock()

    window.show_station(station(operator=False))

    assert (window.ctx.locked, window.page) == (False, Page.SIGN_IN)
    assert QApplication.focusWidget() is window.screen_of(Page.SIGN_IN).operator.edit


def test_locking_twice_does_not_ask_anew(window, posted):
    open_settled(window, State.CONSENT)
    window.lock()
    press(window, "q")

    window.lock()
    window.idle.timer.timeout.emit()

    assert posted == [Lock()]
    assert window.lock_page.secret.edit.text() == "q"


def test_a_code_that_the_teller_hid_stays_hidden_after_three_idle_minutes(window):
    open_settled(window, State.SIGNATURE, phone=PHONE)
    window.customer.toggle()
    window.lock()

    window.idle.timer.timeout.emit()

    assert window.customer.window.code._modules == ()


def test_the_customers_window_is_blank_again_once_the_code_is_gone(window):
    open_settled(window, State.SIGNATURE, phone=PHONE)
    window.customer.toggle()
    window.idle.timer.timeout.emit()
    left = window.customer.window.code._modules

    window.show_session(session(State.MATCHING))

    assert left != ()
    assert window.customer.window.prompt.text() == "Пауза"
