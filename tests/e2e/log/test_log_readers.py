"""Whoever reads the log, in the desktop on a real station with its threads, files and index."""

import sys
from contextlib import contextmanager

import pytest

if "PySide6" not in sys.modules:
    pytest.importorskip("pytestqt", reason="the desktop needs pytest-qt")

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

import ui.app
from tests.e2e.test_desktop import dress_application
from tests.support.desktop.log_page import wait_for_rows
from tests.support.station.stations import (
    AUDITOR,
    SECRET,
    SOFT_CHECK_OPEN,
    SUPERVISOR,
    TELLER,
    Desk,
    a_site,
    override,
)
from tests.support.system.event_loop import settle
from ui.navigation import Page, Route
from ui.shell.window_keys import KEYS
from ui.station import RunningStation
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.log_pages import open_pages
from workstation.station.runtime import Runtime
from workstation.station.shift_commands import CountStatistics, StopCounting

HARMLESS = (
    c.SignIn,
    c.SignOut,
    c.VerifyLog,
    c.StopVerifyingLog,
    c.ExportLog,
    c.StopExport,
    c.SelectLanguage,
    c.ReportCustomerWindow,
    c.Lock,
    CountStatistics,
    StopCounting,
)
"""What changes nothing but the window, or is written into the log as reading."""

READING = {"session.open", "session.close", "log.export", "heartbeat", "review.drawn"}
WORDS = "Звонила клиенту на прежний номер, он подтвердил"


@pytest.fixture
def site(tmp_path):
    """A station whose supervisor has overridden a check; others' cases stand around it."""
    with a_site(tmp_path) as made:
        desk = Desk(made)
        for _ in range(2):
            desk.to(State.CONSENT)
            desk.do(c.RefuseConsent())
            desk.do(c.NewSession())
        desk.to(State.REVIEW, **SOFT_CHECK_OPEN)
        desk.do(override(reason=WORDS))
        desk.station.close("window_closed")
        yield made


@pytest.fixture
def desktop(qtbot, site, tmp_path):
    dress_application()

    @contextmanager
    def start(_options, listener, _unlock):
        runtime = Runtime(site.services, listener)
        pages = open_pages(site.services, lambda: True)
        with runtime:
            yield RunningStation(runtime, pages)
        pages.close()

    opened = ui.app.Desktop(ui.app.Options(tmp_path / "ui", "production", "ru"), start, "light")
    opened.ctx.now_ms = site.clock.wall_ms
    qtbot.addWidget(opened.window)
    opened.open()
    qtbot.waitActive(opened.window)
    yield opened
    opened.window.session = None
    opened.close()


def strike(window, keys):
    """Strike one key after another where the focus is; QTest's own can write no Kazakh."""
    for sign in keys:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = QKeyEvent(kind, ord(sign.upper()), Qt.KeyboardModifier.NoModifier, sign)
            QApplication.sendEvent(window.focusWidget(), key)


def sign_in(qtbot, desktop, operator):
    window = desktop.window
    screen = window.screen_of(Page.SIGN_IN)
    qtbot.waitUntil(lambda: window.station is not None and bool(window.station.station))
    screen.operator.edit.setText(operator.id)
    screen.secret.edit.setText(SECRET)
    window.press("F9")
    qtbot.waitUntil(lambda: window.page is Page.HOME)


def open_log(qtbot, desktop):
    desktop.window.press("Ctrl+J")
    screen = desktop.window.screen_of(Page.LOG)
    qtbot.waitUntil(lambda: screen.model.rowCount() > 0)
    wait_for_rows(qtbot, screen)
    return screen


def close_dialogs(window):
    for dialog in window.findChildren(QDialog):
        dialog.reject()


@pytest.mark.timeout(120)
def test_an_override_is_found_in_under_five_keys_after_the_key_of_the_log(qtbot, desktop, site):
    sign_in(qtbot, desktop, SUPERVISOR)
    screen = open_log(qtbot, desktop)
    (override,) = [entry for entry in site.entries() if entry.kind == "review"]
    log = site.services.journal.log
    # By name, by operation, by day, by what the supervisor typed.
    for keys in ("смир", "смен", f"{site.services.now():%d}.", "звон"):
        assert len(keys) < 5
        desktop.window.press("Ctrl+J")
        strike(desktop.window, keys)
        qtbot.waitUntil(lambda: not screen.filter._pause.isActive())
        wait_for_rows(qtbot, screen)
        found = [log.entry(screen.model.seq_at(row)) for row in range(screen.model.rowCount())]
        cases = {entry.data.get("case") for entry in found}

        assert screen.filter.text.text() == keys
        assert override.data["case"] in cases, keys
        if keys in {"смир", "звон"}:
            assert cases == {override.data["case"]}, keys


@pytest.mark.timeout(300)
def test_an_auditor_reads_verifies_and_exports_and_changes_nothing(qtbot, desktop, site, tmp_path):
    window, posted, send = desktop.window, [], desktop.ctx.send
    desktop.ctx.send = lambda command: (posted.append(command), send(command))
    before = site.services.journal.log.size
    sign_in(qtbot, desktop, AUDITOR)
    screen = open_log(qtbot, desktop)
    screen.table.selectRow(0)
    screen.table.setFocus()
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.panel.entry is not None)
    assert all(line.state != "bad" for line in screen.panel.entry.proof)

    window.press("Ctrl+E")
    dialog = screen.exporting.dialog
    dialog.save.click()
    (asked,) = window.findChildren(QFileDialog)
    asked.fileSelected.emit(str(tmp_path / "log.csv"))
    qtbot.waitUntil(lambda: (tmp_path / "log.csv").is_file() and dialog.folder.isVisible())
    dialog.reject()

    window.press("F8")
    qtbot.waitUntil(lambda: window.station.verification is not None)
    qtbot.waitUntil(lambda: not window.station.verification.running)
    assert window.station.verification.ok

    # The window's own keys once: they mean the same on every page. Locking is no change.
    own = {"Ctrl+K", "Ctrl+T", "F8", "F11"}
    for key in sorted(own - {"F8"}):
        window.press(key)
    for route in Route:
        for key in sorted({*KEYS} - {"Ctrl+L"} - own):
            if window.route is not route:
                window.navigate(route)
            window.press(key)
            close_dialogs(window)
        settle(qtbot)
    settle(qtbot)
    qtbot.waitUntil(lambda: not window.ctx.reading.busy)

    others = {type(command).__name__ for command in posted if not isinstance(command, HARMLESS)}
    assert others == set()
    written = site.services.journal.log
    kinds = {written.entry(seq).kind for seq in range(before, written.size)}
    assert kinds <= READING, kinds
    assert "log.export" in kinds


@pytest.mark.timeout(120)
def test_a_teller_is_told_who_reads_the_log(qtbot, desktop):
    sign_in(qtbot, desktop, TELLER)
    desktop.window.press("Ctrl+J")

    assert desktop.window.page is Page.HOME
    assert "контролёр и аудитор" in desktop.window.hint.words.text()
