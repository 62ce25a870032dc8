"""Without a console (pythonw.exe) the program runs, keeps its warnings and says what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import ui.process.diagnostics
from ui.process.diagnostics import NAME, keep_diagnostics, report_exit

ROOT = Path(__file__).parents[3]

STARTED = """
import sys
import time
from pathlib import Path
sys.stdout = sys.stderr = None
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
import ui.app
from ui.process.diagnostics import NAME

told = Path(sys.argv.pop(1))
kept = Path(sys.argv[sys.argv.index("--data") + 1], NAME) if "--data" in sys.argv else None
create = ui.app.create_application
until = time.monotonic() + 30

def look(application):
    # The program ends once it has said what is wrong, in a window or in its file.
    said = kept is not None and kept.exists() and "runtime" in kept.read_text(encoding="utf-8")
    for box in application.topLevelWidgets():
        if isinstance(box, QMessageBox):
            told.write_text(box.text() + "|" + box.informativeText(), encoding="utf-8")
            said = True
    if not said and time.monotonic() < until:
        QTimer.singleShot(100, lambda: look(application))
        return
    application.closeAllWindows()
    application.quit()

def created(arguments):
    application = create(arguments)
    QTimer.singleShot(100, lambda: look(application))
    return application

ui.app.create_application = created
sys.exit(ui.app.main(sys.argv[1:]))
"""


def started_without_a_console(told, *arguments):
    run = subprocess.run(
        [sys.executable, "-c", STARTED, str(told), *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    return run.returncode


@pytest.fixture
def write(monkeypatch):
    """Write lines to the standard error of a program that was started without one."""
    monkeypatch.setattr(ui.process.diagnostics.faulthandler, "enable", lambda: None)

    def written(folder, *lines):
        with monkeypatch.context() as console:
            console.setattr(sys, "stderr", None)
            keep_diagnostics(folder)
            with sys.stderr as kept:
                for line in lines:
                    kept.write(line)

    return written


def test_wrong_options_are_told_in_a_window(tmp_path):
    told = tmp_path / "told"

    assert started_without_a_console(told, "--what") == 2
    text, printed = told.read_text(encoding="utf-8").split("|")
    assert "--data" in text
    assert printed.startswith("usage: workstation")


def test_the_desktop_runs_and_its_warnings_are_kept(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "workstation.toml").write_text("broken", encoding="utf-8")

    # No station: the window says so, and the log of the runtime goes to the file.
    assert started_without_a_console(tmp_path / "told", "--data", str(data)) == 0
    kept = (data / NAME).read_text(encoding="utf-8")
    assert "runtime not started" in kept
    assert "Logging error" not in kept


def test_a_large_file_is_put_aside(tmp_path, write):
    (tmp_path / NAME).write_bytes(b"x" * 1_000_001)
    write(tmp_path, "Қ\udc80\n")
    write(tmp_path, "more\n")

    assert (tmp_path / NAME).read_text(encoding="utf-8") == "Қ\\udc80\nmore\n"
    assert (tmp_path / f"{NAME}.1").stat().st_size == 1_000_001


def test_one_run_fills_no_disk(tmp_path, write):
    write(tmp_path, *["x" * 999 + "\n"] * 2000)

    assert (tmp_path / NAME).stat().st_size == 1_000_000


def test_without_the_folder_nothing_is_kept_and_nothing_fails(tmp_path, write):
    write(tmp_path / "absent", "lost\n")

    assert not (tmp_path / "absent").exists()


def print_and_leave():
    with report_exit(pytest.fail):
        sys.stderr.write("usage\n")
        sys.exit(2)


def test_with_a_console_what_is_printed_stays_there(capsys):
    with pytest.raises(SystemExit):
        print_and_leave()

    assert capsys.readouterr().err == "usage\n"
