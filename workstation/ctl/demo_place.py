"""Where demos without --data keep their files: one folder per user, cleared by the next demo."""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from crypto.errors import LogLocked
from crypto.log.file.lock import FileLock

__all__ = ["demo_place"]

_IN_USE: Final = ".in-use"
_PATIENCE_S: Final = 10


@contextmanager
def demo_place() -> Iterator[Path]:
    """Yield a new private folder; those that earlier demos left are deleted first.

    The new one stays, so that its receipt can be looked at, until the next demo. One that runs
    now is left alone: it holds a lock, which the operating system drops when it is killed.
    """
    parent = _parent()
    if parent is None:
        # Somebody else's folder, or a link, stands where ours would: touch nothing.
        yield Path(tempfile.mkdtemp(prefix="workstation-demo-"))
        return
    turn = _turn(parent)
    try:
        for left in parent.iterdir():
            if left.is_dir() and not left.is_symlink():
                _clear(left)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=""))
        mine = FileLock(folder / _IN_USE)
    finally:
        turn.release()
    try:
        yield folder
    finally:
        mine.release()


def _parent() -> Path | None:
    """Return the user's folder in the temporary one; None when it is not the user's alone."""
    owner = os.getuid() if hasattr(os, "getuid") else None
    name = "workstation-demo" if owner is None else f"workstation-demo-{owner}"
    parent = Path(tempfile.gettempdir()) / name
    parent.mkdir(mode=0o700, exist_ok=True)
    seen = parent.lstat()
    if not stat.S_ISDIR(seen.st_mode):
        return None
    # On Windows the temporary folder itself is the user's.
    if owner is not None and (seen.st_uid != owner or stat.S_IMODE(seen.st_mode) & 0o077):
        return None
    return parent


def _turn(parent: Path) -> FileLock:
    """Return the lock under which folders are cleared and made; waits for another demo's."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return FileLock(parent / ".turn")
        except LogLocked:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _clear(folder: Path) -> None:
    try:
        FileLock(folder / _IN_USE).release()
    except LogLocked:
        return
    # What cannot be deleted now (open in a viewer on Windows) is tried again by the next demo.
    shutil.rmtree(folder, ignore_errors=True)
