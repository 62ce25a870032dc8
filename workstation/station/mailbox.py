"""A place for one item: the newest wins, and the reader is woken once per item waiting."""

import threading
from typing import Generic, TypeVar

__all__ = ["Mailbox"]

_Item = TypeVar("_Item")


class Mailbox(Generic[_Item]):
    """Shared by one writer and one reader.

    dropped  items that nobody took before a newer one came
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._item: _Item | None = None
        self.dropped = 0

    def put(self, item: _Item) -> bool:
        """Leave a item; True when the place was empty, so that the reader must be woken."""
        with self._lock:
            was_empty = self._item is None
            # Counted by the one writer.
            self.dropped += not was_empty
            self._item = item
            return was_empty

    def take(self) -> _Item | None:
        """Take the newest item; None when there is none."""
        with self._lock:
            item, self._item = self._item, None
            return item
