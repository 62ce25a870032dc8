"""A program that cannot start says so in a window, in a sentence, and ends with a code."""

import os
import subprocess
import sys
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
sys.exit(app.main(["--demo", "--language", sys.argv[1], "--data", sys.argv[2]]))
"""


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "Папку данных"), ("kk", "Деректер қалтасын"), ("en", "The data folder")],
)
def test_a_data_folder_that_cannot_be_made_is_said_and_named(tmp_path, language, words):
    home = tmp_path / "home"
    home.write_text("no folder")
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, language, str(home / "data")],
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
    )

    assert run.returncode == 4, run.stderr
    assert run.stdout.startswith(words)
    assert str(home) in run.stdout
    assert "Traceback" not in run.stderr
