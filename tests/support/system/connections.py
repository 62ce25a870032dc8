"""Which SQLite connections are open, and who opened them."""

import itertools
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["OpenConnections"]

_FRAMES = 6


class OpenConnections:
    """Stands in for `sqlite3.connect`: counts each connection until `close` is called on it.

    Garbage collection does not count: when it comes is chance, and until then the file is in use.
    """

    def __init__(self, connect: Callable[..., sqlite3.Connection]) -> None:
        self._connect = connect
        self._numbers = itertools.count()
        self._open: dict[int, str] = {}
        self._lock = threading.Lock()

    def mark(self) -> int:
        """Return a moment between two connections."""
        return next(self._numbers)

    def left(self, since: int = 0) -> list[str]:
        """Return where each connection was opened that is open still, and remember it no more."""
        with self._lock:
            left = [number for number in self._open if number >= since]
            return [self._open.pop(number) for number in left]

    def connect(self, *args: Any, **options: Any) -> sqlite3.Connection:
        """Connect as sqlite3 does."""
        number = next(self._numbers)
        where = _callers()
        forget = self._forget
        base = options.pop("factory", sqlite3.Connection)

        class Counted(base):  # type: ignore[misc, valid-type]
            def close(self) -> None:
                super().close()
                forget(number)

        connection = self._connect(*args, **options, factory=Counted)
        with self._lock:
            self._open[number] = f"{args[0]} opened by {where}"
        return connection

    def _forget(self, number: int) -> None:
        with self._lock:
            self._open.pop(number, None)


def _callers() -> str:
    frame = sys._getframe(2)
    told = []
    while frame is not None and len(told) < _FRAMES:
        name = frame.f_code.co_filename
        if "site-packages" not in name:
            told.append(f"{name.rsplit('/', 2)[-1]}:{frame.f_lineno} {frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(told)
