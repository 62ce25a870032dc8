"""The program: options, one instance, the window before anything heavy, the runtime after it."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crypto.errors import LogMissing, LogRolledBack, LogTampered
from tests.support.desktop.intruder import press
from tests.support.desktop.snapshots import LogLines, session, station
from tests.support.system.event_loop import settle
from ui.app import Desktop, Options, read_options, start_runtime
from ui.navigation import Page
from workstation.errors import CharterRefused, NotInitialised
from workstation.session.states import State
from workstation.station.commands import GiveConsent, Lock, SelectLanguage, SignIn, VerifyLog

ROOT = Path(__file__).parents[2]

FIRST_PAINT = """
import json, os, sys, time
started = time.monotonic()
from contextlib import nullcontext
from pathlib import Path
import ui.app as app
application = app.create_application(["workstation"])
options = app.Options(Path("."), "production", "ru")
desk = app.Desktop(options, lambda *_: nullcontext(None), "light")
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
    def starter(_options, listener, _unlock):
        runtimes.append(RecordingRuntime(listener))
        return runtimes[-1]

    made = Desktop(options, starter, "light")
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
    # From another thread: who is signed in is known before there is a session to show.
    with qtbot.waitSignal(desk.bridge.station):
        desk.start()
    with qtbot.waitSignal(desk.bridge.session):
        desk.bridge.session_changed(session(State.CONSENT))

    assert desk.window.page is Page.CONSENT


def test_the_lock_is_told_to_the_runtime_and_nothing_else_gets_through(desk, runtimes, qtbot):
    with qtbot.waitSignal(desk.bridge.station):
        desk.open()
    qtbot.waitUntil(lambda: desk.ctx.log_pages is not None)
    with qtbot.waitSignal(desk.bridge.session):
        desk.bridge.session_changed(session(State.CONSENT))
    window = desk.window
    qtbot.waitActive(window)
    window.idle.timer.timeout.emit()
    for key in ("F9", "F4", "Esc", "F8", "Ctrl+L"):
        press(window, key)
    window.footer.buttons[-1].click()
    for letter in "secret":
        press(window, letter)
    press(window, "Return")

    assert runtimes[0].taken == [Lock(), SignIn("T-1042", "secret")]
    with qtbot.waitSignal(desk.bridge.station):
        desk.bridge.station_changed(station(sign_ins=1))
    press(window, "F9")
    assert runtimes[0].taken[2:] == []
    qtbot.waitUntil(lambda: not window.screen_lock.settling)
    press(window, "F9")
    assert runtimes[0].taken[2:] == [GiveConsent("ru")]


def test_leaving_leaves_the_runtime(desk, runtimes):
    desk.start()

    desk.close()

    assert runtimes[0].left


def test_a_runtime_that_is_told_of_after_the_end_is_not_used(desk, runtimes, qtbot):
    desk.post(VerifyLog())
    desk.start()
    desk._starting.join()
    desk.close()
    settle(qtbot)

    assert (runtimes[0].left, runtimes[0].taken) == (True, [])
    assert desk.ctx.log_pages is None
    assert not desk._preparing.isActive()


def test_a_desktop_that_was_closed_builds_no_runtime(desk, runtimes, qtbot):
    desk.open()
    desk.close()
    settle(qtbot)

    assert desk._starting is None
    assert runtimes == []


def test_a_runtime_that_cannot_start_is_explained_on_the_first_page(qtbot, options, caplog):
    @contextlib.contextmanager
    def refused(_options, _listener, _unlock):
        raise NotInitialised
        yield

    made = Desktop(options, refused, "light")
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.bridge.station):
        made.start()

    screen = made.window.screen_of(Page.SIGN_IN)
    assert "workstation-ctl init" in screen.message.text()
    assert made.window.footer.buttons[0].isEnabled() is False
    assert "runtime not started" in caplog.text


def test_refused_settings_are_named_by_their_place_on_the_first_page(qtbot, tmp_path, caplog):
    (tmp_path / "workstation.toml").write_text('profile = "production"\n', encoding="utf-8")
    made = Desktop(Options(tmp_path, "production", "ru"), start_runtime, "light")
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.bridge.station):
        made.open()  # not start alone: only an open desktop frees its widgets in its own thread

    screen = made.window.screen_of(Page.SIGN_IN)
    screen.operator.edit.setText("T-0042")
    screen.secret.edit.setText("a pass phrase")
    assert "$." in screen.message.text()
    assert "workstation-ctl doctor" in screen.message.text()
    assert screen.operator.edit.property("tone") != "bad"
    assert screen.readiness.isVisibleTo(screen) is False
    assert made.window.footer.buttons[0].isEnabled() is False
    made.close()
    assert "runtime not started" in caplog.text


def test_a_station_that_is_not_its_charters_names_the_place_on_the_first_page(qtbot, tmp_path):
    def refuse(*_given):
        raise CharterRefused("file_replaced: trust/root.cer")

    made = Desktop(Options(tmp_path, "production", "en"), refuse, "light")
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.bridge.station):
        made.open()

    screen = made.window.screen_of(Page.SIGN_IN)
    assert "not what its charter says: trust/root.cer." in screen.message.text()
    assert "workstation-ctl charter status" in screen.message.text()
    assert made.window.footer.buttons[0].isEnabled() is False
    made.close()


@pytest.mark.parametrize(
    "refused", [LogTampered("leaf", 3), LogRolledBack("7 released, 5 found"), LogMissing()]
)
def test_a_refused_log_names_the_way_back_and_offers_no_other(qtbot, tmp_path, refused):
    def refuse(*_given):
        raise refused

    made = Desktop(Options(tmp_path, "production", "en"), refuse, "light")
    qtbot.addWidget(made.window)
    with qtbot.waitSignal(made.bridge.station):
        made.open()

    screen = made.window.screen_of(Page.SIGN_IN)
    assert "Delete and restore nothing." in screen.message.text()
    assert "workstation-ctl recovery begin" in screen.message.text()
    assert made.window.footer.buttons[0].isEnabled() is False
    made.close()


LOCKED_AND_TOLD_TO_END = """
import os, signal, sys
from contextlib import contextmanager
from PySide6.QtCore import QTimer
from tests.support.desktop.snapshots import session, station
from workstation.session.states import State
import ui.app as app

class Runtime:
    log_pages = None
    def post(self, command):
        print(type(command).__name__, flush=True)

desks = []

@contextmanager
def runtime(options, listener, unlock):
    listener.station_changed(station())
    listener.session_changed(session(State.LIVENESS))
    yield Runtime()
    print("left", flush=True)

def lock_and_end():
    window = desks[0].window
    if desks[0]._runtime is None or window.session is None:
        return
    timer.stop()
    window.lock()
    print("closed" if window.close() else "stays", flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

class Desk(app.Desktop):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        desks.append(self)
        global timer
        timer = QTimer()
        timer.timeout.connect(lock_and_end)
        timer.start(20)

app.Desktop, app.start_runtime = Desk, runtime
app.wants_first_start = lambda folder: False
sys.exit(app.main(["--data", sys.argv[1]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_a_shutdown_of_the_machine_ends_a_locked_program_that_does_not_close_by_hand(tmp_path):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", LOCKED_AND_TOLD_TO_END, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
        cwd=ROOT,
    )

    assert (run.returncode, run.stdout.split()) == (0, ["Lock", "stays", "left"]), run.stderr


def test_the_language_reaches_qts_own_buttons(desk, qtbot):
    desk.ctx.use_language("kk")
    settle(qtbot)

    assert desk.window.windowTitle() == "Тексеру жұмыс орны"
    assert desk.appearance._translators[1].language().startswith("kk")


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--demo"], Options(Path("demo-data"), "demo", "")),
        (["--demo", "--data", "x"], Options(Path("x"), "demo", "")),
        (["--profile", "demo"], Options(Path("demo-data"), "demo", "")),
        (["--data", "x", "--language", "kk"], Options(Path("x"), "production", "kk")),
        ([], Options(Path.home() / "workstation", "production", "")),
    ],
)
def test_options(argv, expected):
    assert read_options(argv) == expected


@pytest.mark.parametrize("argv", [["--profile", "test"], ["--data", "x", "--language", "de"]])
def test_options_that_are_refused(argv, capsys):
    with pytest.raises(SystemExit):
        read_options(argv)

    assert "usage" in capsys.readouterr().err
