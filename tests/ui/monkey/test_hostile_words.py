"""Names that turn writing round, and a hundred megabytes in a field: tamed, and never lost."""

import unicodedata
from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from tests.support.desktop.snapshots import session, station
from tests.support.desktop.window_pages import visit_all
from ui.navigation import Page, Route
from workstation.rules.parties import Operator, Role
from workstation.session.states import State

HOSTILE = "Нұрғалиева\u202eласӘ\u2066\u0000\u0007\u001b[31m\u200f\u2029<b>Серікқызы</b>" + "ы" * 80
MEGABYTES = 100


def bad_signs(text):
    return [hex(ord(sign)) for sign in text if sign != "\n" and _is_control(sign)]


def _is_control(sign):
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_no_page_turns_writing_round_for_a_name(window, language):
    operator = Operator("T-1042", HOSTILE, Role.TELLER)
    seen = 0
    window.show_station(station(operator=False, language=language))
    for state in State:
        window.show_station(replace(station(language=language), operator=operator))
        window.show_session(session(state, client_name=HOSTILE))
        QApplication.processEvents()
        for label in window.findChildren(QLabel):
            if label.isVisible():
                assert bad_signs(label.text()) == [], (window.page, label.text())
                spoken = QAccessible.queryAccessibleInterface(label).text(QAccessible.Text.Name)
                assert bad_signs(spoken) == [], (window.page, spoken)
                seen += "Нұрғалиева" in label.text()
        assert window.minimumSizeHint().width() <= 1280, window.page
    assert seen > 10


@pytest.mark.timeout(280)
def test_a_hundred_megabytes_are_pasted_into_every_field_and_none_takes_more_than_it_may(window):
    QGuiApplication.clipboard().setText("9" * (MEGABYTES << 20))
    pasted = 0
    for page in visit_all(window):
        if page is Page.LOG:
            continue
        QApplication.processEvents()
        for edit in window.screen_of(page).findChildren(QLineEdit):
            if edit.isVisible() and edit.isEnabled() and not edit.isReadOnly():
                edit.clear()
                edit.paste()
                pasted += 1
                assert 0 < len(edit.text()) <= min(edit.maxLength(), 1024), page
                edit.clear()
    window.lock()
    window.lock_page.secret.edit.paste()
    assert len(window.lock_page.secret.edit.text()) <= 1024
    QGuiApplication.clipboard().clear()
    assert pasted >= 10


def test_control_characters_pasted_into_the_form_are_refused_with_a_sentence_or_dropped(window):
    window.show_station(station())
    window.navigate(Route.FORM)
    QApplication.processEvents()
    page = window.screen_of(Page.OPERATION)
    QGuiApplication.clipboard().setText("Тестов\u202e\u0007 Тест")
    name = page.fields["name"]
    name.edit.setFocus()
    name.edit.paste()
    name.edit.editingFinished.emit()

    assert bad_signs(name.text()) == [] or name.message.text() != ""
