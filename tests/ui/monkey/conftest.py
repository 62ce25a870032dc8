"""A program that is started at a counter, and the station under it."""

import pytest

from tests.support.desktop.snapshots import NOW_MS
from tests.support.station.stations import a_site
from tests.support.system.event_loop import settle
from ui.context import UiContext
from ui.shell.main_window import MainWindow
from ui.theme.theme import load_theme
from workstation.documents.texts import Texts


@pytest.fixture
def open_window(qtbot, icons, styled):
    """Open windows as one program after the other does, each with a context of its own."""
    opened = []

    def open_next():
        ctx = UiContext(Texts("ru"), load_theme("light"), print, lambda: NOW_MS)
        ctx.icons = icons
        shown = MainWindow(ctx)
        shown.resize(1280, 720)
        shown.show()
        opened.append(shown)
        return shown

    yield open_next
    for each in opened:
        # One that is left would lock after its idle minutes, and close what the next test opens;
        # and every change of colours would be of it, too.
        each.idle.timer.stop()
        each.ctx.locked = False
        each.session = None
        each.hide()
        each.deleteLater()
    settle(qtbot)


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path) as made:
        yield made
