"""A place for one thing: the newest wins, and the reader is woken once per thing waiting."""

import threading
from typing import Generic, TypeVar

__all__ = ["Mailbox"]

_Thing = TypeVar("_Thing")


class Mailbox(Generic[_Thing]):
    """Shared by one writer and one reader."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thing: _Thing | None = None

    def put(self, thing: _Thing) -> bool:
        """Leave a thing; True when the place was empty, so that the reader must be woken."""
        with self._lock:
            was_empty = self._thing is None
            self._thing = thing
            return was_empty

    def take(self) -> _Thing | None:
        """Take the newest thing; None when there is none."""
        with self._lock:
            thing, self._thing = self._thing, None
            return thing
