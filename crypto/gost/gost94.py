"""ГОСТ 34.311-95 = GOST R 34.11-94 with the test S-box of RFC 5831 and a zero initial value.

The reference, in plain integers. A 256-bit vector is one integer whose least significant octet is
the first octet of the message.
"""

import functools
import struct

from crypto.gost.blocks import BlockHash

__all__ = ["Gost94", "gost94"]

_BLOCK = 32
_BITS = 8 * _BLOCK
_MASK = (1 << _BITS) - 1
_WORD = 0xFFFFFFFF
_LANE = (1 << 64) - 1
_HALVES = struct.Struct("<16H")
_KEYS = struct.Struct("<8I")

_S_BOXES = (
    (4, 10, 9, 2, 13, 8, 0, 14, 6, 11, 1, 12, 7, 15, 5, 3),
    (14, 11, 4, 12, 6, 13, 15, 10, 2, 3, 8, 1, 0, 7, 5, 9),
    (5, 8, 1, 13, 10, 3, 4, 2, 14, 15, 12, 7, 6, 0, 9, 11),
    (7, 13, 10, 1, 0, 8, 9, 15, 14, 4, 6, 12, 11, 2, 5, 3),
    (6, 12, 7, 1, 5, 15, 13, 8, 4, 10, 9, 14, 0, 3, 11, 2),
    (4, 11, 10, 0, 7, 2, 1, 13, 3, 6, 8, 5, 9, 12, 15, 14),
    (13, 11, 4, 1, 3, 15, 5, 9, 0, 10, 14, 7, 6, 8, 2, 12),
    (1, 15, 13, 0, 5, 7, 10, 4, 9, 2, 3, 14, 6, 11, 8, 12),
)
"""RFC 5831 section 11 (test parameters), K1 first: it takes the least significant nibble."""

_C3 = 0xFF00FFFF000000FFFF0000FF00FFFF0000FF00FF00FF00FFFF00FF00FF00FF00
"""The one constant of the key schedule that is not zero (RFC 5831 5.1)."""


class Gost94(BlockHash):
    """The hash, 32 octets."""

    block_size = _BLOCK
    digest_size = _BLOCK
    name = "gost34311-95"

    def __init__(self, data: bytes = b"") -> None:
        super().__init__()
        self._state = 0
        self._hashed = 0
        self._sum = 0
        self.update(data)

    def digest(self) -> bytes:
        """Return the 32 octets for everything taken so far; more may follow."""
        state, total = self._state, self._sum
        if self._rest:
            last = int.from_bytes(self._rest, "little")
            state = _step(state, last)
            total = total + last & _MASK
        state = _step(state, 8 * (self._hashed + len(self._rest)) & _MASK)
        return _step(state, total).to_bytes(_BLOCK, "little")

    def _absorb(self, block: int) -> None:
        self._state = _step(self._state, block)
        self._hashed += _BLOCK
        self._sum = self._sum + block & _MASK


def gost94(data: bytes) -> bytes:
    """Hash in one go; 32 octets."""
    return Gost94(data).digest()


def _step(state: int, block: int) -> int:
    """χ(M, H) (RFC 5831 section 5): four encryptions of H under keys of M and H, then mixing."""
    encrypted = 0
    u, v = state, block
    for number in range(4):
        if number:
            u = _a(u) ^ (_C3 if number == 2 else 0)  # noqa: PLR2004 - the third key of four
            v = _a(_a(v))
        encrypted |= _encrypt(_p(u ^ v), state >> 64 * number & _LANE) << 64 * number
    # ψ is linear, so ψ^61(H ^ ψ(M ^ ψ^12(S))) falls into three independent parts.
    return _psi(_powers(61), state) ^ _psi(_powers(62), block) ^ _psi(_powers(74), encrypted)


def _a(y: int) -> int:
    """A(y4 || y3 || y2 || y1) = (y1 ^ y2) || y4 || y3 || y2, in words of 64 bits."""
    return y >> 64 | ((y ^ y >> 64) & _LANE) << 192


def _p(y: int) -> bytes:
    """P: octet 8i + k becomes octet 4k + i; the octets of an encryption key."""
    octets = y.to_bytes(_BLOCK, "little")
    key = bytearray(_BLOCK)
    for lane in range(4):
        key[lane::4] = octets[8 * lane : 8 * lane + 8]
    return bytes(key)


def _encrypt(key: bytes, block: int) -> int:
    """ГОСТ 28147-89 in simple substitution mode: 32 rounds on two 32-bit halves."""
    t0, t1, t2, t3 = _substitution()
    words = _KEYS.unpack(key)
    left, right = block & _WORD, block >> 32
    schedule = (*words, *words, *words, *reversed(words))
    for even, odd in zip(schedule[::2], schedule[1::2], strict=True):
        x = left + even
        right ^= t0[x & 255] ^ t1[x >> 8 & 255] ^ t2[x >> 16 & 255] ^ t3[x >> 24 & 255]
        x = right + odd
        left ^= t0[x & 255] ^ t1[x >> 8 & 255] ^ t2[x >> 16 & 255] ^ t3[x >> 24 & 255]
    return left << 32 | right


@functools.cache
def _substitution() -> tuple[tuple[int, ...], ...]:
    """Both S-boxes of each octet and the rotation by eleven bits, as one table per octet."""
    tables = []
    for octet in range(4):
        low, high = _S_BOXES[2 * octet], _S_BOXES[2 * octet + 1]
        table = []
        for value in range(256):
            word = (high[value >> 4] << 4 | low[value & 15]) << 8 * octet
            table.append((word << 11 | word >> 21) & _WORD)
        tables.append(tuple(table))
    return tuple(tables)


def _psi(powers: tuple[int, ...], y: int) -> int:
    """Apply a power of ψ: each of the 16 words of 16 bits, times where it ends up."""
    mixed = 0
    for word, places in zip(_HALVES.unpack(y.to_bytes(_BLOCK, "little")), powers, strict=True):
        mixed ^= word * places
    return mixed


@functools.cache
def _powers(times: int) -> tuple[int, ...]:
    """For each word of 16 bits, the places ψ^times carries it to, one bit per word.

    ψ(y16 || ... || y1) = (y1 ^ y2 ^ y3 ^ y4 ^ y13 ^ y16) || y16 || ... || y2. A product with
    such a sparse number adds without carries: the places are 16 bits apart.
    """
    images = []
    for start in range(16):
        places = 1 << 16 * start
        for _ in range(times):
            taps = places ^ places >> 16 ^ places >> 32 ^ places >> 48
            taps ^= places >> 192 ^ places >> 240
            places = places >> 16 | (taps & 1) << 240
        images.append(places)
    return tuple(images)
