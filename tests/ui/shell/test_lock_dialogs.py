"""A window above the page falls with the lock, does nothing, and counts as the teller's work."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAction, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMenu, QMessageBox

from tests.support.desktop.intruder import press
from tests.support.desktop.snapshots import station
from tests.support.desktop.window_pages import open_settled, unlock, windows_above
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from ui.widgets.confirm import ConfirmDialog
from ui.widgets.dialogs import FileQuestion, choose_file
from ui.widgets.faces_dialog import FacesDialog
from ui.widgets.help import HelpDialog
from ui.widgets.reason_dialog import ReasonDialog
from workstation.session.states import State
from workstation.station.commands import Lock, RefuseConsent, SignIn, UseReferenceFile

DIALOGS = [
    (State.CONSENT, "Esc", ReasonDialog),
    (State.CONSENT, "F4", ConfirmDialog),
    (State.SIGNATURE, "Ctrl+H", ConfirmDialog),
    (State.LIVENESS, "Esc", ReasonDialog),
    (State.LIVENESS, "F4", ReasonDialog),
    (State.CONFIRMATION, "Esc", ReasonDialog),
    (State.CONFIRMATION, "F4", ReasonDialog),
    (State.CONFIRMATION, "F7", ReasonDialog),
    (State.RECORDED, "F3", FacesDialog),
    (State.IDLE, "F1", HelpDialog),
    (State.REFERENCE, "F5", QFileDialog),
    (State.SIGNATURE, "Ctrl+O", QFileDialog),
]


def name_file(dialog, path):
    dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
    assert dialog.selectedFiles() == [str(path)]


@pytest.mark.parametrize(("state", "key", "kind"), DIALOGS)
def test_a_dialog_that_was_open_is_closed_and_does_nothing(
    window, qtbot, posted, tmp_path, state, key, kind
):
    open_settled(window, state)
    press(window, key)
    (dialog,) = window.findChildren(kind)
    assert dialog.isVisible()
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"x")
    if kind is QFileDialog:
        name_file(dialog, photo)

    window.idle.timer.timeout.emit()
    shown = dialog.isVisible()
    if kind is ReasonDialog:
        dialog.choose(dialog.reasons[0])
    if kind in {ConfirmDialog, ReasonDialog}:
        dialog.agree.click()
    dialog.accept()
    settle(qtbot)

    assert not shown
    assert windows_above(window) == []
    assert posted == [Lock()]
    assert QApplication.focusWidget() is window.lock_page.secret.edit


@pytest.mark.parametrize("how", ["held by the mouse", "pressed by a screen reader"])
@pytest.mark.parametrize("locked", [False, True])
def test_an_answer_that_was_being_given_when_the_lock_fell_is_none(
    window, qtbot, posted, how, locked
):
    open_settled(window, State.CONSENT)
    press(window, "F4")
    (dialog,) = window.findChildren(ConfirmDialog)
    qtbot.waitActive(dialog)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    handle, place = dialog.windowHandle(), dialog.agree.geometry().center()
    if how == "held by the mouse":
        QTest.mousePress(handle, left, none, place)
        QApplication.processEvents()
        assert dialog.agree.isDown()
    else:
        action = QAccessible.queryAccessibleInterface(dialog.agree).actionInterface()
        action.doAction(action.pressAction())
    if locked:
        window.idle.timer.timeout.emit()

    if how == "held by the mouse":
        QTest.mouseRelease(handle if not locked else window.windowHandle(), left, none, place)
    qtbot.wait(200)

    assert posted == ([Lock()] if locked else [RefuseConsent()])


def test_a_file_that_is_answered_after_the_lock_was_opened_again_is_not_taken(
    window, posted, tmp_path
):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"x")
    open_settled(window, State.REFERENCE)
    press(window, "F5")
    (dialog,) = window.findChildren(QFileDialog)
    window.lock()
    unlock(window)

    dialog.fileSelected.emit(str(photo))

    assert posted == [Lock(), SignIn("T-1042", "secret")]


def test_the_question_inside_a_file_dialog_is_answered_no(window, qtbot, posted, tmp_path):
    there = tmp_path / "text.txt"
    there.write_text("old")
    asked = []
    choose_file(
        window.ctx,
        window,
        FileQuestion("button.save_text", "file.texts", "*.txt", suffix="txt"),
        asked.append,
    )
    (dialog,) = window.findChildren(QFileDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(there))
    boxes = []
    window.show_station(station())

    def lock_in_between():
        boxes.extend(top for top in windows_above(window) if isinstance(top, QMessageBox))
        window.idle.timer.timeout.emit()

    QTimer.singleShot(100, lock_in_between)
    dialog.accept()
    settle(qtbot)

    assert len(boxes) == 1
    assert windows_above(window) == []
    assert asked == []


@pytest.mark.parametrize("suffix", ["", "csv"])
def test_nothing_is_renamed_or_deleted_in_a_file_dialog(window, suffix):
    choose_file(window.ctx, window, FileQuestion("statistics.save", "file.csv", "*", suffix), print)
    (dialog,) = window.findChildren(QFileDialog)

    assert dialog.testOption(QFileDialog.Option.ReadOnly)
    assert not dialog.findChild(QAction, "qt_delete_action").isEnabled()
    assert not dialog.findChild(QAction, "qt_rename_action").isEnabled()


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("log.sqlite", "log.sqlite.csv"), ("2027.toml", "2027.toml.csv"), ("a.CSV", "a.CSV")],
)
def test_what_is_written_has_the_ending_of_its_kind(window, tmp_path, typed, taken):
    asked = []
    question = FileQuestion("statistics.save", "file.csv", "*.csv", suffix="csv")
    choose_file(window.ctx, window, question, asked.append)
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / typed))

    assert asked == [str(tmp_path / taken)]


def test_a_file_dialog_is_qts_own_and_the_one_before_it_is_gone(window, qtbot):
    open_settled(window, State.REFERENCE)
    for _ in range(3):
        window.press("F5")
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        (dialog,) = window.findChildren(QFileDialog)

        assert dialog.isVisible()
        assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.reject()


def test_a_file_dialog_opens_where_the_last_file_was(window, qtbot, posted, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"x")
    open_settled(window, State.REFERENCE)
    press(window, "F5")
    (dialog,) = window.findChildren(QFileDialog)
    first = Path(dialog.directory().absolutePath())
    name_file(dialog, photo)
    dialog.accept()
    window.press("F5")
    shown = [each for each in window.findChildren(QFileDialog) if each.isVisible()]

    assert posted == [UseReferenceFile(photo)]
    assert first != Path.cwd()
    assert [Path(each.directory().absolutePath()) for each in shown] == [tmp_path]


def test_no_dialog_opens_behind_the_lock(window, qtbot, caplog):
    open_settled(window, State.SIGNATURE)
    window.lock()
    screen = window.screen_of(Page.SIGNATURE)

    for opening in (screen._ask_abort, screen._ask_park, screen._choose, screen._save):
        opening()
        assert windows_above(window) == []
    window.keys.press("F1", signed_in=True)
    window.customer.toggle()
    settle(qtbot)

    assert windows_above(window) == []
    assert window.customer.window is None
    assert caplog.text.count("not opened behind the lock") == 5


def test_a_window_that_opens_by_another_way_is_closed_at_once(window, qtbot):
    window.show_station(station())
    window.lock()
    stray = QDialog(window)
    stray.open()

    qtbot.waitUntil(lambda: not stray.isVisible())
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.lock_page.secret.edit)


def test_the_customers_window_keeps_the_front_that_a_locked_station_gives_it(window, qtbot):
    window.show_station(station())
    window.customer.toggle()
    window.lock()
    customer = window.customer.window
    customer.activateWindow()
    qtbot.waitActive(customer)
    settle(qtbot)

    assert customer.isVisible()
    assert customer.isActiveWindow()


def test_menus_and_lists_that_hang_over_the_page_are_closed(window, qtbot):
    window.show_station(station())
    window.navigate(Route.FORM)
    screen = window.screen_of(Page.OPERATION)
    screen.client.language.showPopup()
    menu = QMenu(window)
    chosen = []
    menu.addAction("x", lambda: chosen.append("x"))
    menu.popup(QPoint(200, 200))

    window.idle.timer.timeout.emit()
    settle(qtbot)
    shown = windows_above(window)
    unlock(window)
    screen.client.language.showPopup()

    assert (shown, chosen) == ([], [])
    assert screen.client.language.view().isVisible()
    assert screen.client.language.view().isEnabled()
    screen.client.language.hidePopup()


def touched(window, handle, event):
    window.idle.timer.stop()
    QApplication.sendEvent(handle, event)
    return window.idle.timer.isActive()


def key(*, repeated=False):
    kind, none = QEvent.Type.KeyPress, Qt.KeyboardModifier.NoModifier
    return QKeyEvent(kind, Qt.Key.Key_A, none, "a", repeated)


def move(place):
    return QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )


@pytest.mark.parametrize(
    ("state", "opening"), [(State.REFERENCE, "F5"), (State.CONSENT, "Esc"), (State.IDLE, "F1")]
)
def test_work_in_a_dialog_is_work(window, qtbot, state, opening):
    open_settled(window, state)
    press(window, opening)
    (dialog,) = window.findChildren(QDialog)
    qtbot.waitActive(dialog)

    assert touched(window, dialog.windowHandle(), key())
    assert touched(window, dialog.windowHandle(), move(QPoint(31, 7)))


def test_what_the_customer_touches_is_not_the_tellers_work(window, qtbot):
    window.show_station(station())
    window.customer.toggle()
    qtbot.waitActive(window.customer.window)

    assert not touched(window, window.customer.window.windowHandle(), move(QPoint(31, 7)))


def test_a_thing_on_a_key_and_a_mouse_at_rest_are_nobody(window):
    handle = window.windowHandle()
    first = touched(window, handle, key())
    lying = touched(window, handle, key(repeated=True))
    moved = touched(window, handle, move(QPoint(5, 9)))
    at_rest = touched(window, handle, move(QPoint(5, 9)))

    assert (first, lying, moved, at_rest) == (True, False, True, False)


def test_a_forgotten_dialog_does_not_keep_the_station_open(window, qtbot):
    open_settled(window, State.CONSENT)
    press(window, "Esc")
    window.idle.timer.setInterval(30)
    window.idle.touch()

    qtbot.waitUntil(lambda: window.ctx.locked)
    assert windows_above(window) == []
