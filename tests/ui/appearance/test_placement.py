"""The window opens inside of a screen that is there, stays as it was left, and never grows."""

import logging
from contextlib import nullcontext
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect

from tests.support.desktop.screens import run_before_screens
from tests.support.desktop.snapshots import NOW_MS, session, station
from tests.support.desktop.window_pages import open_state, visit_all
from tests.support.system.event_loop import settle
from ui.app import Desktop, Options
from ui.context import UiContext
from ui.navigation import Page
from ui.preferences import FILE_NAME, Placement, Preferences
from ui.shell.main_window import MainWindow
from ui.shell.placement import find_place, placement_of
from ui.theme.fonts import application_font
from ui.theme.theme import apply_theme, load_theme
from ui.widgets.scrolling import Viewport
from workstation.documents.texts import Texts
from workstation.rules.parties import Operator, Role
from workstation.session.states import State

FULL_HD = QRect(0, 0, 1920, 1040)
SECOND = QRect(1920, 0, 1920, 1080)
LAPTOP = QRect(0, 0, 1366, 728)


@pytest.mark.parametrize(
    ("screen", "maximised"),
    [
        (FULL_HD, False),
        (LAPTOP, True),
        (QRect(0, 0, 1366, 768), True),
        (QRect(0, 0, 1280, 680), True),
        (QRect(0, 0, 1600, 860), False),
        (QRect(0, 0, 1093, 574), True),
        (QRect(40, 60, 1920, 1000), False),
        (QRect(-1920, -200, 1920, 1080), False),
    ],
)
def test_a_first_window_is_within_the_screen_and_fills_a_small_one(screen, maximised):
    place, whole = find_place(None, [screen])

    assert whole is maximised
    assert screen.contains(place)
    assert place.top() - screen.top() >= 40 or place.height() < 768


PLACES = {
    "as it was": (Placement(100, 100, 1400, 800), [FULL_HD], QRect(100, 100, 1400, 800), False),
    "on the second screen": (
        Placement(2000, 100, 1400, 800),
        [FULL_HD, SECOND],
        QRect(2000, 100, 1400, 800),
        False,
    ),
    "maximised there": (
        Placement(2000, 100, 1400, 800, maximised=True),
        [FULL_HD, SECOND],
        QRect(2000, 100, 1400, 800),
        True,
    ),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_window_opens_as_it_was_left(case):
    saved, screens, place, maximised = PLACES[case]

    assert find_place(saved, screens) == (place, maximised)


@pytest.mark.parametrize(
    "saved",
    [
        Placement(2000, 100, 1400, 800),  # its screen was unplugged
        Placement(-1300, 100, 1400, 800),  # nearly all of it is outside
        Placement(100, 1000, 1400, 800),  # its title bar is under the task bar
        Placement(100, -700, 1400, 800),
        Placement(0, 0, 5000, 3000),
        Placement(-90_000, 90_000, 1, 1),
    ],
)
def test_a_remembered_window_that_would_not_be_seen_is_brought_back(saved):
    place, _ = find_place(saved, [FULL_HD])

    assert FULL_HD.contains(place)
    assert place.top() >= 40 or place.height() > 960


RUN = """
import json, sys
from contextlib import nullcontext
from pathlib import Path
import ui.app as app
application = app.create_application(["workstation"])
desk = app.Desktop(app.Options(Path(sys.argv[1]), "production", "ru"), lambda *_: nullcontext(None))
def painted():
    window, screen = desk.window, desk.window.screen()
    print(json.dumps({
        "window": window.geometry().getRect(), "screen": screen.availableGeometry().getRect(),
        "maximised": window.isMaximized(), "least": window.minimumSizeHint().toTuple(),
        "button": window.footer.buttons[-1].geometry().translated(
            window.footer.buttons[-1].parentWidget().mapTo(window, window.rect().topLeft())
        ).getRect(),
    }), flush=True)
    if len(sys.argv) > 2:
        window.showNormal()
        window.setGeometry(*map(int, sys.argv[2:]))
    window.close()
    application.quit()
desk.start = painted
desk.open()
application.exec()
desk.close()
"""


def run(folder, width, height, *geometry, scale="1"):
    screen = {"name": "one", "x": 0, "y": 0, "width": width, "height": height, "dpr": 1}
    return run_before_screens(folder, [screen], RUN, folder, *geometry, scale=scale)


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [
        (1280, 720, "1"),
        (1366, 768, "1"),
        (1920, 1080, "1"),
        (1920, 1080, "1.5"),
        (2560, 1440, "2"),
    ],
)
def test_the_program_opens_within_its_screen_with_the_button_in_sight(
    tmp_path, width, height, scale
):
    told = run(tmp_path, width, height, scale=scale)
    screen, window = QRect(*told["screen"]), QRect(*told["window"])

    assert screen.contains(window)
    assert QRect(0, 0, window.width(), window.height()).contains(QRect(*told["button"]))


def test_the_next_run_opens_where_the_last_one_was_left(tmp_path):
    run(tmp_path, 1920, 1080, 200, 150, 1300, 700)
    told = run(tmp_path, 1920, 1080)
    on_a_smaller_screen = run(tmp_path, 1366, 768)

    assert (told["window"], told["maximised"]) == ([200, 150, 1300, 700], False)
    assert QRect(0, 0, 1366, 768).contains(QRect(*on_a_smaller_screen["window"]))


def test_a_damaged_file_opens_the_usual_window(tmp_path):
    (tmp_path / FILE_NAME).write_text('{"version": 1, "window": {"left": "x"}}')
    told = run(tmp_path, 1920, 1080)

    assert told["window"][2:] == [1366, 768]


LONGEST = "Нұрғалиева-Әбдірахманова Қарлығаш-Гүлбаршын Мұхамеджанқызы-Серікова"
CLERK = Operator("T-1042", LONGEST, Role.TELLER)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_wants_more_than_a_small_screen_and_no_second_session_grows_the_window(
    window, language
):
    window.ctx.use_language(language)
    window.resize(1280, 680)
    longest = {"client_name": LONGEST, "number": 999_999}
    found = {}
    for _ in range(2):
        for page in visit_all(window):
            if page is not Page.SIGN_IN:
                window.show_station(replace(station(), operator=CLERK))
            if window.session is not None and window.session.state is not State.IDLE:
                window.show_session(session(window.session.state, **longest))
            least = window.minimumSizeHint()
            found[page] = (least.width() <= 1280, least.height() <= 680)
            assert window.size().toTuple() == (1280, 680), page

    assert [page for page, fits in found.items() if fits != (True, True)] == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_page_scrolls_on_a_small_screen(window, qtbot, language):
    window.ctx.use_language(language)
    window.resize(1280, 680)
    bars = window.findChild(Viewport)
    scrolling = set()
    for page in visit_all(window):
        settle(qtbot)
        # The footer, the rail and the strips take theirs first.
        if bars.verticalScrollBar().maximum() or bars.horizontalScrollBar().maximum():
            scrolling.add((page, window.pages.minimumSizeHint().toTuple(), bars.size().toTuple()))

    assert scrolling == set()


def test_texts_as_large_as_a_screen_takes_scroll_and_the_window_stays(qtbot, qapp, posted, icons):
    theme = load_theme("light", 1.65)  # what 1920 pixels allow (system_scale)
    context = UiContext(Texts("kk"), theme, posted.append, lambda: NOW_MS)
    context.icons = icons
    try:
        qapp.setFont(application_font(theme.sizes["body"]))
        apply_theme(qapp, theme)
        window = MainWindow(context)
        qtbot.addWidget(window)
        window.resize(1920, 1000)
        window.show()
        grown = set()
        for page in visit_all(window):
            settle(qtbot)
            if window.size().toTuple() != (1920, 1000):
                grown.add(page)
    finally:
        qapp.setFont(application_font(14))
        apply_theme(qapp, load_theme("light"))

    assert grown == set()


def test_a_name_that_has_no_room_ends_in_dots_and_moves_nothing(window):
    window.resize(1280, 680)
    open_state(window, State.CONSENT, replace(station(), operator=CLERK), client_name=LONGEST)
    header = window.header

    assert header.client.sizeHint().width() > header.client.width()
    assert header.lock_button.geometry().right() < header.width() == 1280


def test_what_cannot_be_written_stops_no_window(window, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        Preferences(tmp_path / "missing").place(placement_of(window))

    assert "preferences not written" in caplog.text


def test_a_window_whose_screen_is_gone_comes_back(qtbot, qapp, tmp_path):
    desk = Desktop(Options(tmp_path, "production", "ru"), lambda *_: nullcontext(Idle()))
    qtbot.addWidget(desk.window)
    desk.open()
    desk.window.showNormal()
    desk.window.setGeometry(5000, 4000, 1200, 700)
    qapp.screenRemoved.emit(qapp.primaryScreen())
    settle(qtbot)
    settle(qtbot)

    available = qapp.primaryScreen().availableGeometry()
    assert available.contains(desk.window.geometry().topLeft())
    desk.window.close()
    desk.close()
    assert Preferences(tmp_path).window is not None


class Idle:
    """A runtime that takes everything and does nothing."""

    log_pages = None

    def post(self, command):
        pass
