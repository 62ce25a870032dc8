"""One owner per log: an operating-system lock on a file next to it, gone when the owner dies."""

import os
import sys
from pathlib import Path

from crypto.errors import LogLocked, LogUnwritable

__all__ = ["FileLock"]

if sys.platform == "win32":  # pragma: no cover - runs on Windows only
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        # flock, not lockf: a POSIX record lock is lost when any descriptor of the file closes
        # (fcntl(2), "Record locking"; sqlite.org/howtocorrupt.html, 2.2).
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Held from construction to `release`; raises LogLocked when another owner holds it."""

    def __init__(self, path: Path) -> None:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise LogUnwritable("lock file") from error
        try:
            _take(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise LogLocked from error
        self._path = path
        self._descriptor: int | None = descriptor

    def is_held(self) -> bool:
        """Whether the file still has its name: who takes it away lets a second owner in."""
        try:
            named = self._path.stat()
        except OSError:
            return False
        return self._descriptor is not None and os.path.samestat(os.fstat(self._descriptor), named)

    def release(self) -> None:
        """Let the next owner in; closing the descriptor drops the lock. Repeating is harmless."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
