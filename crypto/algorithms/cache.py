"""A bounded memory of pure functions of octets, owned by whoever asks them again and again.

What is kept is the SHA-256 of the question and the answer: no certificate and no signature of a
customer stays in memory because of it.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Remembered"]

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """The last `capacity` answers, least recently used forgotten first; usable from any thread."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._lock = Lock()

    def answer(self, question: tuple[bytes, ...], find: Callable[[], Answer]) -> Answer:
        """Return the remembered answer, else find and keep it; what `find` raises is not kept.

        Two threads may find the same answer twice: it is the same, since `find` is pure.
        """
        key = _digest(question)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        found = find()
        with self._lock:
            self._answers[key] = found
            if len(self._answers) > self._capacity:
                self._answers.popitem(last=False)
        return found


def _digest(question: tuple[bytes, ...]) -> bytes:
    """Hash the parts with their lengths, so that no two questions run into each other."""
    lengths = b"".join([len(part).to_bytes(8, "big") for part in question])
    count = len(question).to_bytes(8, "big")
    return hashlib.sha256(b"".join((count, lengths, *question))).digest()
