"""The thread that keeps the index of the log: it reads the log and writes beside it, no more."""

import logging
import sqlite3
import threading
import time
from pathlib import Path
from typing import Final

from crypto.errors import LogError
from workstation.log_index.index_builder import IndexBuilder
from workstation.log_index.index_file import index_path

__all__ = ["LogFollower"]

_log = logging.getLogger(__name__)
_PAUSE_S: Final = 0.004
"""After every 256 entries: the screens' thread gets its turn while a long log is read."""

_AGAIN_S: Final = 30.0
"""After a failure, such as a full disk: the log is read without the index meanwhile."""

_DOUBT_S: Final = 900.0


class LogFollower:
    """Makes the index when it is missing, follows the log, and doubts what it has made."""

    def __init__(self, log: Path, vkey: str) -> None:
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._lied = threading.Event()
        self._builder = IndexBuilder(index_path(log), log, vkey, self._pause)
        self._thread = threading.Thread(target=self._follow, name="log-index", daemon=True)
        self._told = -1

    @property
    def size(self) -> int:
        """How many entries the index knows."""
        return self._builder.size

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def tell(self, size: int) -> None:
        """Say how many entries the log has now; from any thread."""
        if size != self._told:
            self._told = size
            self._wake.set()

    def doubt(self) -> None:
        """Have the index made anew, because it has lied; from any thread."""
        self._lied.set()
        self._wake.set()

    def stop(self, deadline: float) -> tuple[str, ...]:
        """End the thread by `deadline` (time.monotonic); name it when it lingers."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(max(0.0, deadline - time.monotonic()))
        return (self._thread.name,) if self._thread.is_alive() else ()

    def _pause(self) -> bool:
        return self._stopping.wait(_PAUSE_S)

    def _follow(self) -> None:
        pause = 0.0
        while not self._stopping.is_set():
            try:
                pause = self._work()
            except (LogError, sqlite3.Error, OSError):
                _log.exception("index of the log not kept")
                pause = _AGAIN_S
            except Exception:  # noqa: BLE001 - a convenience must not end with the first surprise
                _log.exception("unexpected failure in the index of the log")
                pause = _AGAIN_S
            if self._wake.wait(pause):
                self._wake.clear()
        self._builder.close()

    def _work(self) -> float:
        """Take in what is new, or doubt a chunk; return for how long there is nothing to do."""
        if self._lied.is_set():
            self._lied.clear()
            self._builder.discard("it named an entry that answers another question")
        before = self._builder.size
        if self._builder.step():
            return 0.0
        if self._builder.size == before and self._builder.doubt():
            return 0.0
        return _DOUBT_S
