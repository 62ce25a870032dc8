"""Commands and responses of ISO/IEC 7816-4: APDUs, status words, data objects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crypto.chip.errors import ChipMalformed

__all__ = [
    "EXTENDED",
    "SHORT",
    "CommandApdu",
    "ResponseApdu",
    "read_length",
    "read_objects",
    "split_objects",
]

SHORT: Final = 256
"""The most that a short APDU may ask for; of data it carries one octet less."""

EXTENDED: Final = 65536

_OK: Final = 0x9000
_STATUS_OCTETS: Final = 2
_LONG_FORM: Final = 0x80
_MAX_LENGTH_OCTETS: Final = 4
_HIGH_NUMBER: Final = 0x1F


@dataclass(frozen=True, slots=True, repr=False)
class CommandApdu:
    """One command; ne: the most octets of an answer, 0 when none is expected."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    ne: int = 0

    @property
    def header(self) -> bytes:
        """CLA INS P1 P2."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def is_extended(self) -> bool:
        """Whether it does not fit a short APDU."""
        return len(self.data) >= SHORT or self.ne > SHORT

    def encode(self) -> bytes:
        """Return the octets of clause 5.2; short where that is enough."""
        body = self.header
        if self.is_extended:
            # One leading zero octet says that the lengths which follow have two octets.
            if self.data:
                body += b"\x00" + len(self.data).to_bytes(2, "big") + self.data
            if self.ne:
                body += (b"" if self.data else b"\x00") + (self.ne % EXTENDED).to_bytes(2, "big")
            return body
        if self.data:
            body += bytes((len(self.data),)) + self.data
        if self.ne:
            body += bytes((self.ne % SHORT,))
        return body


@dataclass(frozen=True, slots=True, repr=False)
class ResponseApdu:
    """One response: data and status word."""

    data: bytes
    status: int

    @classmethod
    def decode(cls, octets: bytes) -> "ResponseApdu":
        """Split a response; ChipMalformed(`response`) when it has no status word."""
        if not _STATUS_OCTETS <= len(octets) <= EXTENDED + _STATUS_OCTETS:
            raise ChipMalformed("response")
        return cls(octets[:-2], int.from_bytes(octets[-2:], "big"))

    @property
    def is_ok(self) -> bool:
        """Whether the status word is 9000."""
        return self.status == _OK


def split_objects(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield tag, value and end of each BER-TLV data object of one-octet tags, in order.

    A length need not be minimal: chips pad theirs. ChipMalformed(`object`) for anything else.
    """
    at, size = 0, len(data)
    while at < size:
        tag = data[at]
        if tag & _HIGH_NUMBER == _HIGH_NUMBER:
            raise ChipMalformed("object")
        start, length = read_length(data, at + 1)
        if start + length > size:
            raise ChipMalformed("object")
        at = start + length
        yield tag, data[start:at], at


def read_objects(data: bytes) -> dict[int, bytes]:
    """Return the values by their tags; ChipMalformed(`object`) when one stands twice."""
    found: dict[int, bytes] = {}
    for tag, value, _ in split_objects(data):
        if tag in found:
            raise ChipMalformed("object")
        found[tag] = value
    return found


def read_length(data: bytes, at: int) -> tuple[int, int]:
    """Read a definite BER length; return where the content begins and how long it is."""
    if at >= len(data):
        raise ChipMalformed("object")
    first, start = data[at], at + 1
    if first < _LONG_FORM:
        return start, first
    count = first & 0x7F
    # 80 is the indefinite form, which ISO/IEC 7816-4 clause 5.2.2.1 does not have.
    if not 0 < count <= _MAX_LENGTH_OCTETS or start + count > len(data):
        raise ChipMalformed("object")
    return start + count, int.from_bytes(data[start : start + count], "big")
