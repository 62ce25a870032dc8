"""A second start raises the first window, in the first one's language, and leaves."""

import os
import stat
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

from tests.support.desktop.snapshots import station
from tests.support.desktop.window_pages import open_state
from tests.support.system.event_loop import settle
from ui.process.instance import SingleInstance, come_forward
from workstation.session.states import State

ROOT = Path(__file__).parents[3]
SECOND = "import sys; import ui.app; sys.exit(ui.app.main(['--data', sys.argv[1]]))"
KNOCK = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ui.process.instance import SingleInstance
application = QCoreApplication([])
second = SingleInstance(Path(sys.argv[1]))
print(second.take(), second.knock())
"""
ENVIRONMENT = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}


def start_second(folder):
    return subprocess.Popen(
        [sys.executable, "-c", SECOND, str(folder)],
        cwd=ROOT,
        env=ENVIRONMENT,
    )


@pytest.fixture
def tmp_path():
    """Return a folder whose path leaves room for the socket's: pytest's own are too long."""
    with tempfile.TemporaryDirectory(prefix="i-") as folder:
        yield Path(folder)


@pytest.fixture
def first(qtbot, tmp_path):
    made = SingleInstance(tmp_path)
    assert made.take()
    yield made
    made.release()


def test_a_second_program_knocks_and_leaves_with_its_own_code(first, window, qtbot, tmp_path):
    open_state(window, State.IDLE, station())
    window.showMinimized()
    first.listen(lambda: "kk")
    first.knocked.connect(partial(come_forward, window, window.hint))
    with start_second(tmp_path) as second:
        qtbot.waitUntil(lambda: second.poll() is not None)
    assert second.wait(timeout=60) == 3

    assert not window.isMinimized()
    assert window.hint.words.text() == window.ctx.tr_code("app.already_running")


def test_the_language_of_the_first_program_is_told(first, qtbot, tmp_path):
    first.listen(lambda: "kk")
    with subprocess.Popen(
        [sys.executable, "-c", KNOCK, str(tmp_path)],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    ) as told:
        qtbot.waitUntil(lambda: told.poll() is not None)
        printed = told.stdout.read()

    assert printed.split() == ["False", "kk"]


def test_whoever_gets_no_answer_is_told_nothing(first, tmp_path):
    second = SingleInstance(tmp_path)

    assert (second.take(), second.knock()) == (False, "")


def test_after_the_first_has_left_the_next_one_is_the_first(first, tmp_path):
    first.listen(lambda: "ru")
    first.release()
    following = SingleInstance(tmp_path)

    assert following.take()
    following.listen(lambda: "ru")
    following.release()


def test_the_socket_of_a_killed_program_is_no_obstacle(first, qtbot, tmp_path):
    (tmp_path / "instance.socket").write_bytes(b"")

    first.listen(lambda: "ru")

    assert first._server.isListening()


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe has no mode")
def test_nobody_else_can_knock(first, tmp_path):
    first.listen(lambda: "ru")

    mode = stat.S_IMODE((tmp_path / "instance.socket").stat().st_mode)
    assert mode & 0o077 == 0


def test_a_folder_with_a_long_name_has_its_socket_elsewhere(qtbot, tmp_path, monkeypatch):
    deep = tmp_path / ("д" * 60)
    deep.mkdir()
    with tempfile.TemporaryDirectory() as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        first = SingleInstance(deep)
        assert first.take()
        first.listen(lambda: "ru")

        assert first._server.isListening()
        assert list(deep.glob("*.socket")) == []
        first.release()


def test_a_locked_window_that_is_raised_stays_locked(window, qtbot):
    open_state(window, State.CONSENT, station())
    window.lock()
    come_forward(window, window.hint)
    settle(qtbot)

    assert window.ctx.locked
    assert window.lock_page.isVisible()
    assert not window.hint.isVisible()
