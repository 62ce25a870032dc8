"""The form in the real desktop, by keys alone: a paste, a slip, a question, then a case."""

import sys
from pathlib import Path

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

import ui.app
from tests.e2e.test_desktop import Hands, ready
from ui.navigation import Page
from ui.station import demo_play
from ui.theme.fonts import application_font, install_fonts


@pytest.fixture
def desk(qtbot, tmp_path, monkeypatch):
    install_fonts()
    application = QApplication.instance()
    application.setStyle("Fusion")
    application.setFont(application_font(14))
    monkeypatch.chdir(tmp_path)
    options = ui.app.read_options(["--demo"])
    opened = ui.app.Desktop(options, ui.app.start_runtime, "light")
    qtbot.addWidget(opened.window)
    opened.open()
    yield opened
    opened.close()


def paste(bot, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    focused = QApplication.focusWidget()
    bot.keyClick(focused, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.timeout(200)
def test_a_case_begins_once_the_form_is_right_and_the_question_answered(qtbot, desk):
    hands = Hands(qtbot, desk, Path())
    hands.look = lambda _name: None
    window, play = desk.window, demo_play()
    qtbot.waitActive(window)
    hands.sign_in(play.operator)
    qtbot.waitUntil(lambda: ready(window), timeout=90_000)
    hands.press("F2")
    hands.wait_for(Page.OPERATION)
    page = window.screen_of(Page.OPERATION)

    paste(qtbot, f"\u202a{play.iin[:6]} {play.iin[6:]}\u202c")
    qtbot.waitUntil(lambda: page.client.found)
    assert page.client.iin.text() == play.iin
    hands.press("Tab")
    hands.type("701")
    hands.press("F9")

    number = page.fields["new_phone"]
    assert window.page is Page.OPERATION
    assert QApplication.focusWidget() is number.edit
    assert number.message.isVisible()

    number.edit.selectAll()
    paste(qtbot, f"+7 ({play.new_phone[2:5]}) {play.new_phone[5:]}")
    hands.press("F9")
    (question,) = [each for each in page.attestations.values() if not each.isHidden()]
    assert window.page is Page.OPERATION
    assert QApplication.focusWidget() is question.yes

    hands.press("Space")
    hands.press("F9")
    hands.wait_for(Page.CONSENT)
    assert window.session.kind == "change_trusted_phone"
