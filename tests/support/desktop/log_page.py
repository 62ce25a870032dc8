"""The log's page from a test: its rows come from another thread."""

from dataclasses import replace

from tests.support.desktop.snapshots import session, station
from ui.navigation import Page, Route
from workstation.rules.parties import Operator, Role
from workstation.session.states import State

__all__ = ["open_log", "reader_of_log", "wait_for_rows"]

_READS = ("read_log", "verify_log", "export_log")


def reader_of_log(role=Role.SUPERVISOR, **changed):
    """Return a station at which somebody reads the log."""
    number = "S-0031" if role is Role.SUPERVISOR else "A-0007"
    who = Operator(number, "Жұмабаева Ә. Н.", role)
    return replace(station(**{"allowed": _READS, **changed}), operator=who)


def wait_for_rows(qtbot, screen):
    """Let the reading thread answer everything that was asked, and the table paint it."""
    reading = screen.ctx.reading

    def settled():
        screen.table.viewport().repaint()
        return not reading.busy

    qtbot.waitUntil(settled)
    first = screen.table.rowAt(0)
    assert first < 0 or screen.model.index(first, 0).data() != "…"


def open_log(window, qtbot, source, role=Role.AUDITOR, **changed):
    """Open the log's page over a source, as whoever has the role; return it, read."""
    window.ctx.log_pages = source
    window.show_station(reader_of_log(role, log_size=source._size, **changed))
    window.show_session(session(State.IDLE))
    window.press("Ctrl+J")
    assert window.page is Page.LOG
    assert window.route is Route.LOG
    screen = window.screen_of(Page.LOG)
    wait_for_rows(qtbot, screen)
    return screen
