"""Ctrl with a letter is the same key in the Kazakh and the Russian layout, without a Latin one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from tests.support.desktop.snapshots import station
from tests.support.desktop.window_pages import open_settled
from tests.ui.widgets.test_key_places import CTRL, stroke
from ui.navigation import Page, Route
from workstation.session.states import State
from workstation.station.commands import Lock

SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def strike(window, sign, scan_code, modifiers=CTRL):
    event = stroke(sign, scan_code, modifiers)
    QApplication.sendEvent(window.windowHandle(), event)
    QApplication.processEvents()


def test_ctrl_l_locks_in_a_layout_without_latin_letters(window, posted):
    open_settled(window, State.CONSENT)

    strike(window, "д", 46)

    assert posted == [Lock()]


def test_ctrl_t_changes_the_colours_of_a_locked_window_no_more_than_with_latin_letters(window):
    open_settled(window, State.CONSENT)
    window.lock()

    strike(window, "е", 28)

    assert window.ctx.theme.name == "light"


def test_ctrl_j_opens_the_log(window):
    window.show_station(station())

    strike(window, "о", 44)

    assert window.page is Page.LOG


def test_ctrl_v_pastes_into_a_field_and_into_the_lock(window):
    QApplication.clipboard().setText("920314400005")
    window.show_station(station())
    window.navigate(Route.FORM)
    QApplication.processEvents()
    strike(window, "м", 55)
    iin = window.screen_of(Page.OPERATION).client.iin.text()
    window.lock()
    strike(window, "м", 55)

    assert iin == "920314400005"
    assert window.lock_page.secret.edit.text() == "920314400005"


def test_ctrl_a_selects_in_a_dialog_and_means_nothing_to_the_page_under_it(window, qtbot, posted):
    open_settled(window, State.CONSENT)
    dialog = QDialog(window)
    line = QLineEdit("abc", dialog)
    dialog.open()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)

    strike(dialog, "ф", 38)
    strike(dialog, "д", 46)

    assert line.selectedText() == "abc"
    assert posted == []


@pytest.mark.parametrize("modifiers", [CTRL | ALT, ALT, CTRL | SHIFT])
def test_other_modifiers_are_no_shortcut(window, posted, modifiers):
    open_settled(window, State.CONSENT)

    strike(window, "д", 46, modifiers)

    assert posted == []
