"""Which implementation of GOST's hashes and integers is at work: plain Python is the reference."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from crypto.gost.gost94 import Gost94
from crypto.gost.streebog import Streebog

__all__ = ["REFERENCE", "Acceleration", "GostHasher"]


class GostHasher(Protocol):
    """What the hash objects are, whoever made them."""

    def update(self, data: bytes, /) -> None:
        """Take more input."""

    def digest(self) -> bytes:
        """Return the value of everything taken so far."""


@dataclass(frozen=True, slots=True)
class Acceleration:
    """The implementations in use.

    integers  name of the integer library; number: its integers
    hashes    name of the hash library; streebog takes the size in bits
    """

    integers: str
    number: Callable[[int], int]
    hashes: str
    streebog: Callable[[int], GostHasher]
    gost94: Callable[[], GostHasher]


REFERENCE = Acceleration("python", int, "python", Streebog, Gost94)
"""Plain Python throughout."""
