"""The desktop as a branch starts it: pythonw.exe, a window on the screen, a scripted teller.

Needs a screen (under Wine DISPLAY of an X server). What it leaves is judged by other processes:
`workstation-ctl log verify` and `permit verify`, and a reader of PDF.
"""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from crypto.log.format.entry import LogEntry
from tests.support.desktop.windows import (
    ROOT,
    WM_CLOSE,
    WM_ENDSESSION,
    WM_QUERYENDSESSION,
    post,
    said_by,
    send,
    started,
    wait_until,
    windows_of,
)
from ui.process.diagnostics import NAME
from workstation.bootstrap import build, close
from workstation.initialisation import LOG_PATH
from workstation.station.audit_trail import verify_log

pytestmark = [
    pytest.mark.skipif(sys.platform != "win32", reason="windows and messages of Windows"),
    pytest.mark.timeout(900),
]

Child = subprocess.Popen[bytes]


@contextlib.contextmanager
def desktop(data: Path, *options: str) -> Iterator[Child]:
    """Start the desktop's demo without a console; killed at the end if it still runs."""
    child = started("-m", "ui.app", "--demo", "--data", str(data), *options, console=False)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def window_of(child: Child) -> int:
    wait_until(lambda: windows_of(child.pid) or child.poll() is not None)
    assert child.poll() is None, f"ended with {child.returncode}"
    return windows_of(child.pid)[0]


def close_window(child: Child, window: int) -> None:
    """Press × until the program has ended: a session that is just being recorded asks first."""

    def has_ended() -> bool:
        if child.poll() is None:
            post(window, WM_CLOSE)
        return child.poll() is not None

    wait_until(has_ended, seconds=60)


def receipt_of(data: Path) -> Path:
    """Wait for the receipt, which comes after the permit and is whole when it is there."""
    outbox = data / "station" / "outbox"
    wait_until(lambda: list(outbox.glob("receipt-*.pdf")))
    return next(outbox.glob("receipt-*.pdf"))


def entries_of(data: Path) -> list[LogEntry]:
    """Open the station as the next start does; its log verifies."""
    services = build(data / "station")
    try:
        verified = verify_log(services)
        assert verified.ok, verified.reason
        return list(services.journal.log.entries())
    finally:
        close(services)


def verification_begun(data: Path) -> bool:
    """Look into the log, as it is written, whether a verification is under way."""
    log = data / "station" / LOG_PATH
    with contextlib.suppress(sqlite3.Error):
        with contextlib.closing(sqlite3.connect(f"{log.as_uri()}?mode=ro", uri=True)) as reading:
            bodies = reading.execute("SELECT body FROM entry").fetchall()
        return any(b'"verify.begin"' in body for (body,) in bodies)
    return False


def picture_of_the_screen(name: str) -> Path:
    """Leave a picture of the whole screen in test-output, to be looked at."""
    path = ROOT / "test-output" / "windows" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys; from PySide6.QtGui import QGuiApplication; a = QGuiApplication([]);"
        "sys.exit(not a.primaryScreen().grabWindow(0).save(sys.argv[1]))"
    )
    assert said_by("-c", code, str(path)) == (0, "")
    return path


def test_from_the_start_to_a_receipt_and_what_it_leaves_verifies(tmp_path: Path) -> None:
    with desktop(tmp_path, "--play") as child:
        window = window_of(child)  # the first one: the customer's is opened later
        receipt = receipt_of(tmp_path)
        with desktop(tmp_path) as second:
            assert second.wait(timeout=60) == 3  # the first one's window says that it runs
        assert picture_of_the_screen("receipt.png").stat().st_size > 10_000
        close_window(child, window)
        assert child.wait(timeout=60) == 0

    station = str(tmp_path / "station")
    (permit,) = (tmp_path / "station" / "permits").glob("*.jws")
    for command in (("log", "verify"), ("permit", "verify", str(permit), "--accept-demo")):
        code, printed = said_by("-m", "workstation.ctl", "--data", station, *command)
        assert code == 0, printed
    assert "Verification receipt" in PdfReader(receipt).pages[0].extract_text()
    assert (tmp_path / NAME).read_text(encoding="utf-8").count("Traceback") == 0


def test_terminated_in_a_session_the_next_start_gives_it_one_end_and_goes_on(
    tmp_path: Path,
) -> None:
    with desktop(tmp_path, "--play") as child:
        wait_until(lambda: verification_begun(tmp_path))
        child.kill()
    with desktop(tmp_path, "--play") as child:
        window = window_of(child)
        receipt_of(tmp_path)
        close_window(child, window)
        assert child.wait(timeout=60) == 0

    reasons = [e.data["reason"] for e in entries_of(tmp_path) if e.kind == "verify.result"]
    assert reasons == ["interrupted", "decision.approved"]


def test_the_end_of_windows_session_ends_the_verification_before_the_process_is_killed(
    tmp_path: Path,
) -> None:
    with desktop(tmp_path, "--play") as child:
        window = window_of(child)
        wait_until(lambda: verification_begun(tmp_path))
        assert send(window, WM_QUERYENDSESSION) == 1
        send(window, WM_ENDSESSION, 1)
        child.kill()  # as Windows does once the message is answered

    entries = entries_of(tmp_path)
    reasons = [e.data["reason"] for e in entries if e.kind == "verify.result"]
    assert len(reasons) == 1
    assert reasons != ["interrupted"]
