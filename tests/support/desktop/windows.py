"""Windows' own ways from a test: windows of another process, messages to them, a child started.

Only for sys.platform win32; imported by tests/windows alone.
"""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]

WM_CLOSE: Final = 0x0010
WM_QUERYENDSESSION: Final = 0x0011
WM_ENDSESSION: Final = 0x0016
_LONGEST_S: Final = 300.0
_DETACHED: Final = 0x0008
"""DETACHED_PROCESS: no console to inherit, as from the Explorer."""


def started(
    *arguments: str, console: bool = True, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> "subprocess.Popen[bytes]":
    """Start Python with arguments; without a console it is pythonw.exe, as the desktop has it."""
    program = Path(sys.executable)
    if not console:
        program = program.with_name("pythonw.exe")
    return subprocess.Popen(
        [str(program), *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE if console else None,
        stderr=subprocess.STDOUT if console else None,
        creationflags=0 if console else _DETACHED,
    )


def said_by(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    seconds: float = _LONGEST_S,
) -> tuple[int, str]:
    """Run Python to its end; return its exit code and what it printed."""
    with started(*arguments, env=env, cwd=cwd) as child:
        try:
            printed, _ = child.communicate(timeout=seconds)
        finally:
            child.kill()
    return child.returncode, printed.decode(errors="replace")


def wait_until(condition: Callable[[], object], *, seconds: float = _LONGEST_S) -> None:
    """Wait until something holds; AssertionError when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def windows_of(pid: int) -> list[int]:
    """Return the visible top-level windows of a process."""
    user32 = ctypes.windll.user32
    found: list[int] = []

    @ctypes.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)
    def look(handle: int, _: object) -> bool:
        owner = ctypes.c_ulong()
        user32.GetWindowThreadProcessId(ctypes.c_void_p(handle), ctypes.byref(owner))
        if owner.value == pid and user32.IsWindowVisible(ctypes.c_void_p(handle)):
            found.append(handle)
        return True

    user32.EnumWindows(look, None)
    return found


def post(handle: int, message: int) -> None:
    """Put a message into a window's queue."""
    ctypes.windll.user32.PostMessageW(ctypes.c_void_p(handle), message, None, None)


def send(handle: int, message: int, wparam: int = 0) -> int:
    """Send a message and return what the window answered."""
    answered: int = ctypes.windll.user32.SendMessageW(
        ctypes.c_void_p(handle), message, ctypes.c_void_p(wparam), None
    )
    return answered
