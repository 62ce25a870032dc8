"""A program that cannot start says so in a window, in a sentence, and ends with a code."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
import ui.app as app

class Application(QApplication):
    def exec(self):
        QTimer.singleShot(0, self.read)
        return super().exec()

    def read(self):
        (box,) = [each for each in self.topLevelWidgets() if isinstance(each, QMessageBox)]
        print(box.text())
        print(box.informativeText())
        box.accept()

app.QApplication = Application
sys.exit(app.main(["--language", *sys.argv[1:]]))
"""

DROP_BOUND, DAC_OVERRIDE, DAC_READ_SEARCH = 24, 1, 2
"""Of prctl(2) and capabilities(7): what lets root look into every folder."""


def obey_modes() -> None:
    """Let the program that is started be held by the modes of folders, though root starts it."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
        if libc.prctl(DROP_BOUND, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def start(
    home: Path, *arguments: str, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Start the program, which reads out its message and ends."""
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
            "HOME": str(home),
        },
        cwd=ROOT,
        preexec_fn=before,
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "Папку данных"), ("kk", "Деректер қалтасын"), ("en", "The data folder")],
)
def test_a_data_folder_that_cannot_be_made_is_said_and_named(tmp_path, language, words):
    home = tmp_path / "home"
    home.write_text("no folder")
    run = start(home, language, "--demo", "--data", str(home / "data"))

    assert run.returncode == 4, run.stderr
    assert run.stdout.startswith(words)
    assert str(home) in run.stdout
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="modes and capabilities of Linux")
@pytest.mark.parametrize("mode", [0o000, 0o500], ids=["nothing", "reading"])
def test_a_folder_of_another_account_is_said_not_to_be_ours(tmp_path, mode):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "workstation.toml").write_text("")
    theirs.chmod(mode)
    drop = obey_modes if os.geteuid() == 0 else None
    run = start(tmp_path, "en", "--data", str(theirs), before=drop)
    theirs.chmod(0o700)

    assert run.returncode == 4, run.stderr
    assert run.stdout.startswith("The data folder is closed to this account.")
    assert str(theirs) in run.stdout
    assert "Traceback" not in run.stderr
