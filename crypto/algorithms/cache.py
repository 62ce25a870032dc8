"""A bounded cache of pure functions of octets.

A key is the SHA-256 of the arguments: no certificate and no signature of a customer stays in
memory because of it.
"""

import hashlib
import struct
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Cache"]

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """The `capacity` values used last (LRU); usable from any thread."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[bytes, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, arguments: tuple[bytes, ...], compute: Callable[[], Value]) -> Value:
        """Return the cached value, else compute and cache it; an exception is not cached.

        Two threads may compute the same value twice: it is the same, since `compute` is pure.
        """
        key = _hash_arguments(arguments)
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = compute()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._capacity:
                self._values.popitem(last=False)
        return value


def _hash_arguments(arguments: tuple[bytes, ...]) -> bytes:
    """Hash the arguments with their lengths, so that no two tuples have one encoding."""
    lengths = struct.pack(f">{len(arguments) + 1}Q", len(arguments), *map(len, arguments))
    return hashlib.sha256(b"".join((lengths, *arguments))).digest()
