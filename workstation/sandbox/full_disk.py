"""A full disk under the signed log, made by the operating system itself."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["no_room_left"]

_BEYOND = 1 << 30
"""Octets after the end of a log that nobody may write: more than a demo ever does."""


@contextmanager
def no_room_left(log_file: Path) -> Iterator[None]:
    """Let the operating system refuse every byte beyond the log's present size, as a full disk.

    POSIX: RLIMIT_FSIZE makes write(2) fail with EFBIG in this process. Windows: what lies beyond
    the end of the write-ahead log, where every entry goes first, is locked by another handle, and
    WriteFile fails with ERROR_LOCK_VIOLATION (Wine does not enforce such a lock).
    """
    wal = log_file.with_name(log_file.name + "-wal")
    if sys.platform == "win32":
        with _lock_beyond_the_end(wal):
            yield
        return
    import resource

    present = max(log_file.stat().st_size, wal.stat().st_size if wal.exists() else 0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (present, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


if sys.platform == "win32":  # pragma: no cover - runs on Windows only
    import msvcrt

    @contextmanager
    def _lock_beyond_the_end(file: Path) -> Iterator[None]:
        with file.open("r+b", buffering=0) as stream:
            end = stream.seek(0, os.SEEK_END)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, _BEYOND)
            try:
                yield
            finally:
                stream.seek(end)
                msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, _BEYOND)
