"""BER-TLV data objects of the chip's files (ISO/IEC 7816-4 5.2.2): tags of up to three octets.

DER readers do not fit: the files have tags such as 5F1F and 7F61, and lengths that need not be
minimal. The indefinite length is refused. Every error is MalformedData.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from crypto.errors import CryptoError

__all__ = ["MalformedData", "Tlv"]

_CONSTRUCTED = 0x20
_HIGH_NUMBER = 0x1F
_MORE = 0x80
_LONG_FORM = 0x80
_MAX_TAG_OCTETS = 3
_MAX_LENGTH_OCTETS = 4
_MAX_CHILDREN = 64


class MalformedData(CryptoError):
    """A file of the chip does not follow its format, or is beyond a limit; `detail` says where."""

    code = "chip_data_malformed"


@dataclass(frozen=True, slots=True, repr=False)
class Tlv:
    """One data object: its tag as a number, e.g. 0x5F1F, and the octets of its value."""

    tag: int
    value: bytes

    @classmethod
    def read(cls, untrusted: bytes, *, maximum: int) -> Self:
        """Read one whole object of at most `maximum` octets with nothing after it."""
        if len(untrusted) > maximum:
            raise MalformedData("too_large")
        tag, start, end = _read_header(untrusted, 0)
        if end != len(untrusted):
            raise MalformedData("trailing_bytes")
        return cls(tag, untrusted[start:end])

    def expect(self, tag: int) -> Self:
        """Return itself when it has this tag."""
        if self.tag != tag:
            raise MalformedData(f"tag_{self.tag:02x}_for_{tag:02x}")
        return self

    def children(self) -> tuple["Tlv", ...]:
        """Return the objects inside, at most 64; one level, so no depth exhausts anything."""
        found: list[Tlv] = []
        for child in self._walk():
            if len(found) == _MAX_CHILDREN:
                raise MalformedData("too_many")
            found.append(child)
        return tuple(found)

    def _walk(self) -> Iterator["Tlv"]:
        at = 0
        while at < len(self.value):
            tag, start, end = _read_header(self.value, at)
            yield Tlv(tag, self.value[start:end])
            at = end

    def only(self, tag: int) -> "Tlv":
        """Return the one object inside with this tag, among any others."""
        found = [child for child in self.children() if child.tag == tag]
        if len(found) != 1:
            raise MalformedData(f"tag_{tag:02x}_{'repeated' if found else 'missing'}")
        return found[0]

    def optional(self, tag: int) -> "Tlv | None":
        """Return the object inside with this tag, None without one."""
        found = [child for child in self.children() if child.tag == tag]
        if len(found) > 1:
            raise MalformedData(f"tag_{tag:02x}_repeated")
        return found[0] if found else None


def _read_header(data: bytes, start: int) -> tuple[int, int, int]:
    """Read the header at `start`: the tag, where the value begins, where it ends."""
    at = start + _measure_tag(data, start)
    tag = int.from_bytes(data[start:at], "big")
    if at >= len(data):
        raise MalformedData("truncated")
    length = data[at]
    at += 1
    if length == _LONG_FORM:
        raise MalformedData("indefinite_length")
    if length > _LONG_FORM:
        count = length & 0x7F
        if count > _MAX_LENGTH_OCTETS or at + count > len(data):
            raise MalformedData("length")
        length = int.from_bytes(data[at : at + count], "big")
        at += count
    if length > len(data) - at:
        raise MalformedData("truncated")
    return tag, at, at + length


def _measure_tag(data: bytes, start: int) -> int:
    if start >= len(data) or data[start] in {0x00, 0xFF}:
        raise MalformedData("tag")  # 7816-4: neither begins a data object
    if data[start] & _HIGH_NUMBER != _HIGH_NUMBER:
        return 1
    for count in range(2, _MAX_TAG_OCTETS + 1):
        if start + count > len(data):
            raise MalformedData("truncated")
        if not data[start + count - 1] & _MORE:
            return count
    raise MalformedData("tag")
