"""Which implementation of GOST's hashes and integers is at work: plain Python is the reference.

A faster one is used only after it gave the reference's answers; what is in use is reported.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from crypto.gost.curves import Group
from crypto.gost.errors import GostKeyRefused
from crypto.gost.gost94 import Gost94
from crypto.gost.libgcrypt import Libgcrypt
from crypto.gost.signature import verify_in
from crypto.gost.streebog import Streebog
from crypto.gost.vectors import HASHED, SIGNED

__all__ = [
    "REFERENCE",
    "Acceleration",
    "GostHasher",
    "HashLibrary",
    "Integers",
    "choose_acceleration",
    "find_acceleration",
    "find_gmpy2",
]


class GostHasher(Protocol):
    """What the hash objects are, whoever made them."""

    def update(self, data: bytes, /) -> None:
        """Take more input."""

    def digest(self) -> bytes:
        """Return the value of everything taken so far."""


class HashLibrary(Protocol):
    """A maker of hash objects; OSError when it refuses."""

    @property
    def name(self) -> str:
        """The library and its version."""

    def streebog(self, size: int) -> GostHasher:
        """Start Streebog of that many bits."""

    def gost94(self) -> GostHasher:
        """Start GOST 34.311-95."""


@dataclass(frozen=True, slots=True)
class Integers:
    """A library's big integers: `number` makes one of a Python integer."""

    name: str
    number: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Acceleration:
    """The implementations in use.

    integers   name and version of the integer library; number: its integers
    hashes     name and version of the hash library; streebog takes the size in bits
    differing  libraries that were found and gave another answer than the reference: not used
    """

    integers: str
    number: Callable[[int], int]
    hashes: str
    streebog: Callable[[int], GostHasher]
    gost94: Callable[[], GostHasher]
    differing: tuple[str, ...] = ()


REFERENCE = Acceleration("python", int, "python", Streebog, Gost94)
"""Plain Python throughout."""

_PIECE = 37


def find_gmpy2() -> Integers | None:
    """Return GMP's integers where the extra `acceleration` is installed."""
    try:
        import gmpy2
    except (ImportError, OSError):
        return None
    return Integers(f"gmpy2 {gmpy2.version()}", gmpy2.mpz)


def choose_acceleration(integers: Integers | None, library: HashLibrary | None) -> Acceleration:
    """Choose each of the two if it is there and gives the known answers, else the reference."""
    taken, differing = REFERENCE, []
    if integers is not None:
        if _integers_agree(integers.number):
            taken = replace(taken, integers=integers.name, number=integers.number)
        else:
            differing.append(integers.name)
    if library is not None:
        if _hashes_agree(library):
            taken = replace(
                taken, hashes=library.name, streebog=library.streebog, gost94=library.gost94
            )
        else:
            differing.append(library.name)
    return replace(taken, differing=tuple(differing))


@functools.cache
def find_acceleration() -> Acceleration:
    """Find what this computer offers; compared once in a process (some 50 ms)."""
    return choose_acceleration(find_gmpy2(), Libgcrypt.load())


def _integers_agree(number: Callable[[int], int]) -> bool:
    """Whether good signatures verify, and the same with one bit changed do not."""
    try:
        return all(
            verify_in(points, key, digest, signature)
            and not verify_in(points, key, bytes((digest[0] ^ 1, *digest[1:])), signature)
            for curve, key, digest, signature in SIGNED
            for points in (Group(curve, number),)
        )
    except (ArithmeticError, TypeError, ValueError, GostKeyRefused):
        return False


def _hashes_agree(library: HashLibrary) -> bool:
    """Whether every hash has the known value, of a message in pieces."""
    try:
        return all(
            _in_pieces(library.streebog(256), known.message) == known.streebog_256
            and _in_pieces(library.streebog(512), known.message) == known.streebog_512
            and _in_pieces(library.gost94(), known.message) == known.gost94
            for known in HASHED
        )
    except (OSError, ValueError, KeyError):
        return False


def _in_pieces(hasher: GostHasher, message: bytes) -> bytes:
    for at in range(0, len(message), _PIECE):
        hasher.update(message[at : at + _PIECE])
        hasher.digest()
    return hasher.digest()
