"""What a silent check finds is on no page of the desk, and in the log of whoever reviews it.

The core keeps it out of the snapshot: that half is proven through a station. Here no page and no
text of the customer's window may word it.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit

from resources import path
from tests.support.desktop.log_page import wait_for_rows
from tests.support.desktop.snapshots import FOUND_SILENTLY, LogLines, session, station
from tests.support.desktop.window_pages import open_state, visit_all
from tests.support.system.event_loop import settle
from ui.log_model import COLUMNS
from ui.navigation import Page, Route
from ui.shell.customer_window import CustomerWindow
from workstation.documents.texts import Texts
from workstation.rules.checks import CheckId, Hardness
from workstation.rules.policy_file import read_policy
from workstation.session.states import State

SILENT = {CheckId.NOT_STAFF, CheckId.NOT_STAFF_FACE, CheckId.ONE_IDENTITY}


def words(language):
    """Return every text of a silent check: its name and all of its reasons."""
    texts = Texts(language)
    codes = ("clear", "staff", "teller", "other_iin", "unreadable", "missing")
    names = [f"check.{check}" for check in SILENT]
    reasons = [f"{check}.{code}" for check in SILENT for code in codes]
    return {texts.tr(code) for code in (*names, *reasons) if texts.has(code)}


def shown(window):
    found = []
    for kind in (QLabel, QLineEdit):
        found += [each.text() for each in window.findChildren(kind) if each.isVisible()]
    for combo in window.findChildren(QComboBox):
        found += [combo.itemText(row) for row in range(combo.count())]
    found += [each.toPlainText() for each in window.findChildren(QPlainTextEdit)]
    return "\n".join(found)


def test_the_shipped_policy_keeps_just_these_silent():
    shipped = read_policy(path("policies", "kz-2026-07-12.toml").read_bytes())
    silent = {
        item.check
        for operation in shipped.operations
        for item in operation.required
        if item.hardness is Hardness.SILENT
    }

    assert silent == SILENT


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_of_the_desk_words_a_silent_check(window, qtbot, language):
    window.ctx.log_pages = None
    for page in visit_all(window, language=language):
        settle(qtbot)
        text = shown(window)

        assert [word for word in words(language) if word in text] == [], page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_customers_window_words_none_either(qtbot, ctx, language):
    customer = CustomerWindow(ctx)
    qtbot.addWidget(customer)
    customer.show()
    for state in State:
        customer.show_session(session(state, language=language))
        settle(qtbot)
        text = shown(customer)

        assert [word for word in words(language) if word in text] == [], state


def test_whoever_reads_the_log_sees_that_there_is_something_to_review(window, qtbot):
    window.ctx.log_pages = LogLines(1_000)
    open_state(window, State.IDLE, station(log_size=1_000))
    window.navigate(Route.LOG.value)
    screen = window.screen_of(Page.LOG)
    wait_for_rows(qtbot, screen)
    row = next(row for row in range(20) if screen.model.findings(row))
    column = COLUMNS.index("findings")

    counted = screen.model.data(screen.model.index(row, column), Qt.ItemDataRole.DisplayRole)
    screen.table.selectRow(row)
    settle(qtbot)

    assert counted == str(len(FOUND_SILENTLY))
    assert screen.detail.isVisible()
    for code in FOUND_SILENTLY:
        assert Texts("ru").tr(code) in screen.detail.text()


def test_an_entry_without_findings_says_nothing_of_any(window, qtbot):
    window.ctx.log_pages = LogLines(1_000)
    open_state(window, State.IDLE, station(log_size=1_000))
    window.navigate(Route.LOG.value)
    screen = window.screen_of(Page.LOG)
    wait_for_rows(qtbot, screen)
    row = next(row for row in range(20) if not screen.model.findings(row))

    screen.table.selectRow(row)
    settle(qtbot)

    assert not screen.detail.isVisible()
