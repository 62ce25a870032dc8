"""The program: options, one instance, the window before anything heavy, the runtime after it."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.event_loop import settle
from tests.support.snapshots import LogLines, session, station
from ui.app import Desk, Options, read_options
from ui.navigation import Page
from workstation.commands import SelectLanguage, VerifyLog
from workstation.errors import NotInitialised
from workstation.states import State

ROOT = Path(__file__).parents[2]

FIRST_PAINT = """
import json, os, sys, time
started = time.monotonic()
from contextlib import nullcontext
from pathlib import Path
import ui.app as app
application = app.create_application(["workstation"])
desk = app.Desk(app.Options(Path("."), "production", "ru"), lambda *_: nullcontext(None), "light")
def painted():
    heavy = [name for name in ("numpy", "cv2", "dlib", "reportlab", "sqlite3", "ssl")
             if name in sys.modules]
    print(json.dumps({"ms": round((time.monotonic() - started) * 1000), "heavy": heavy}))
    sys.stdout.flush()
    os._exit(0)
desk.window.painted.connect(painted)
desk.open()
application.exec()
"""


class RecordingRuntime:
    """A runtime that answers a command with nothing but keeps it."""

    def __init__(self, listener):
        self.listener = listener
        self.taken = []
        self.left = False
        self.log_pages = LogLines(7)

    def post(self, command):
        self.taken.append(command)

    def __enter__(self):
        self.listener.station_changed(station())
        return self

    def __exit__(self, *_):
        self.left = True


@pytest.fixture
def options(tmp_path):
    return Options(tmp_path, "production", "ru")


@pytest.fixture
def runtimes():
    return []


@pytest.fixture
def desk(qtbot, options, runtimes):
    def starter(_options, listener):
        runtimes.append(RecordingRuntime(listener))
        return runtimes[-1]

    made = Desk(options, starter, "light")
    qtbot.addWidget(made.window)
    yield made
    made.close()


def test_the_first_frame_comes_before_anything_heavy():
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=environment,
        cwd=ROOT,
    )
    told = json.loads(run.stdout)

    # How long it takes is measured by tests/benchmarks/bench_desktop.py, never asserted here.
    assert told["heavy"] == []


def test_the_runtime_starts_after_the_first_frame(desk, runtimes, qtbot):
    before = list(runtimes)
    with qtbot.waitSignal(desk.bridge.station):
        desk.open()

    assert (before, len(runtimes)) == ([], 1)
    assert desk.window.page is Page.HOME
    # The station's first picture may come before the runtime itself is handed over.
    qtbot.waitUntil(lambda: desk.ctx.log_pages is runtimes[0].log_pages)


def test_commands_posted_too_early_are_not_lost(desk, runtimes, qtbot):
    desk.post(SelectLanguage("kk"))
    desk.start()
    desk.post(VerifyLog())
    expected = [SelectLanguage("kk"), VerifyLog()]

    qtbot.waitUntil(lambda: bool(runtimes) and runtimes[0].taken == expected)


def test_the_bridge_drives_the_window(desk, qtbot):
    desk.start()
    with qtbot.waitSignal(desk.bridge.session):
        desk.bridge.session_changed(session(State.CONSENT))

    assert desk.window.page is Page.CONSENT


def test_leaving_leaves_the_runtime(desk, runtimes):
    desk.start()

    desk.close()

    assert runtimes[0].left


def test_a_runtime_that_cannot_start_is_explained_on_the_first_page(qtbot, options, caplog):
    @contextlib.contextmanager
    def refused(_options, _listener):
        raise NotInitialised
        yield

    made = Desk(options, refused, "light")
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.bridge.station):
        made.start()

    screen = made.window.screen_of(Page.SIGN_IN)
    assert "workstation-ctl init" in screen.notice.text()
    assert made.window.footer.buttons[0].isEnabled() is False
    assert "runtime not started" in caplog.text


def test_the_language_reaches_qts_own_buttons(desk, qtbot):
    desk.ctx.use_language("kk")
    settle(qtbot)

    assert desk.window.windowTitle() == "Тексеру жұмыс орны"
    assert desk._translators[0].language().startswith("kk")


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--demo"], Options(Path("demo-data"), "demo", "ru")),
        (["--demo", "--data", "x"], Options(Path("x"), "demo", "ru")),
        (["--profile", "demo"], Options(Path("demo-data"), "demo", "ru")),
        (["--data", "x", "--language", "kk"], Options(Path("x"), "production", "kk")),
    ],
)
def test_options(argv, expected):
    assert read_options(argv) == expected


@pytest.mark.parametrize("argv", [[], ["--profile", "test"], ["--data", "x", "--language", "de"]])
def test_options_that_are_refused(argv, capsys):
    with pytest.raises(SystemExit):
        read_options(argv)

    assert "usage" in capsys.readouterr().err
