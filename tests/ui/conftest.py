"""Qt runs offscreen with the bundled fonts; every test gets a window that posts into a list."""

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QEvent

from tests.support.desktop.counter_by_keys import Counter
from tests.support.desktop.patience import PatientBot
from tests.support.desktop.snapshots import NOW_MS
from tests.support.station.stations import a_site
from ui.context import UiContext
from ui.process.garbage import GarbageTimer
from ui.shell.main_window import MainWindow
from ui.theme.fonts import application_font, install_fonts
from ui.theme.icons import Icons
from ui.theme.theme import apply_theme, load_theme
from workstation.documents.texts import Texts


def pytest_configure(config):
    # pytest-qt reads its list option in a way that pytest 9 deprecates; nothing of ours.
    config.addinivalue_line("filterwarnings", "ignore::pytest.PytestRemovedIn10Warning")


@pytest.fixture(scope="session", autouse=True)
def styled(qapp):
    assert install_fonts() == ()
    qapp.setStyle("Fusion")
    qapp.setFont(application_font(14))
    qapp.setCursorFlashTime(0)
    apply_theme(qapp, load_theme("light"))


@pytest.fixture(autouse=True)
def garbage_in_this_thread(qapp):
    """Widgets that are garbage go in the GUI's thread, as on the desktop (ui.process.garbage)."""
    gc.disable()
    yield
    gc.disable()
    # What is to be deleted later waits for an event loop, which no test enters: the windows of all
    # tests before would be looked at by each that asks for the program's windows.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    GarbageTimer().step()


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


@pytest.fixture
def posted():
    return []


@pytest.fixture(scope="session")
def icons(qapp):
    """The icons of all windows: they differ by colour and size only, and are drawn once."""
    return Icons()


@pytest.fixture
def ctx(posted, styled, icons):
    context = UiContext(Texts("ru"), load_theme("light"), posted.append, lambda: NOW_MS)
    context.icons = icons
    yield context
    context.reading.close()


@pytest.fixture
def window(qtbot, ctx):
    shown = MainWindow(ctx)
    qtbot.addWidget(shown)
    shown.resize(1366, 768)
    shown.show()
    qtbot.waitActive(shown)
    yield shown
    # A locked window closes whatever else is opened, and the next test opens one.
    ctx.locked = False


@pytest.fixture
def counter(qtbot, tmp_path):
    """Both windows before a real station, nobody signed in."""
    with a_site(tmp_path) as site:
        made = Counter(qtbot, site)
        yield made
        made.window.close()
