"""The files of a chip: how they are selected, what they may weigh, how they are read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crypto.asn1.writer import tlv
from crypto.chip.apdu import CommandApdu, read_length, read_objects
from crypto.chip.channel import CardChannel
from crypto.chip.errors import ChipFileTooLarge, ChipMalformed, OtherCard

__all__ = [
    "CARD_ACCESS",
    "COMMON_DATA",
    "DATA_GROUPS",
    "SECURITY_OBJECT",
    "ElementaryFile",
    "read_file",
    "select_application",
]

_APPLICATION: Final = bytes.fromhex("A0000002471001")
"""The eMRTD application (ICAO Doc 9303-10, 3.4.1)."""

_HEADER: Final = 8
"""Octets read to learn a file's length: an identifier and a length of up to five; no file of a
document is shorter.
"""

_LAST_SHORT_OFFSET: Final = 0x7FFF
_MISSING: Final = frozenset({0x6A82, 0x6A88, 0x6A83})
_OFFSET: Final = 0x54
_DISCRETIONARY: Final = 0x53
_WRAPPED: Final = 4
"""An identifier and up to three octets of length, around what is read at a long offset."""

_END_OF_FILE: Final = 0x6282


@dataclass(frozen=True, slots=True)
class ElementaryFile:
    """One file: its name in reasons, identifier, outer tag and the most octets it may have."""

    name: str
    identifier: int
    tag: int
    most: int


CARD_ACCESS: Final = ElementaryFile("card_access", 0x011C, 0x31, 4096)
COMMON_DATA: Final = ElementaryFile("com", 0x011E, 0x60, 1024)
SECURITY_OBJECT: Final = ElementaryFile("sod", 0x011D, 0x77, 1 << 16)
DATA_GROUPS: Final = {
    1: ElementaryFile("dg1", 0x0101, 0x61, 1024),
    2: ElementaryFile("dg2", 0x0102, 0x75, 1 << 20),
    12: ElementaryFile("dg12", 0x010C, 0x6C, 1 << 16),
    14: ElementaryFile("dg14", 0x010E, 0x6E, 1 << 14),
    15: ElementaryFile("dg15", 0x010F, 0x6F, 1 << 13),
}
"""Identifiers and tags: ICAO Doc 9303-10, tables 35 and 36."""


def select_application(channel: CardChannel) -> None:
    """Select the travel document application; OtherCard when the card has none."""
    if not channel.send(CommandApdu(0x00, 0xA4, 0x04, 0x0C, _APPLICATION)).is_ok:
        raise OtherCard


def read_file(
    channel: CardChannel,
    file: ElementaryFile,
    progress: Callable[[int, int], None] = lambda _octets, _total: None,
) -> bytes | None:
    """Read a whole file, header first; None when the chip has no such file.

    progress  is given the octets read and the file's length after every command

    Raises ChipFileTooLarge, ChipMalformed, and what the channel raises.
    """
    selected = channel.send(CommandApdu(0x00, 0xA4, 0x02, 0x0C, file.identifier.to_bytes(2, "big")))
    if selected.status in _MISSING:
        return None
    if not selected.is_ok:
        raise ChipMalformed(f"{file.name}_select_{selected.status:04x}")
    octets = bytearray(_read(channel, file, 0, _HEADER))
    if octets[0] != file.tag:
        raise ChipMalformed(f"{file.name}_tag")
    start, length = read_length(bytes(octets), 1)
    total = start + length
    if total > file.most:
        raise ChipFileTooLarge(file.name)
    if total < len(octets):
        raise ChipMalformed(f"{file.name}_length")
    progress(len(octets), total)
    chunk = channel.capacity - _WRAPPED
    while (left := total - len(octets)) > 0:
        octets += _read(channel, file, len(octets), min(left, chunk))
        progress(len(octets), total)
    return bytes(octets)


def _read(channel: CardChannel, file: ElementaryFile, offset: int, count: int) -> bytes:
    """READ BINARY of `count` octets at most and one at least (ISO/IEC 7816-4, 11.2.3)."""
    if offset <= _LAST_SHORT_OFFSET:
        response = channel.send(CommandApdu(0x00, 0xB0, offset >> 8, offset & 0xFF, b"", count))
        octets = response.data
    else:
        # An offset of more than 15 bits goes into a data object, and the answer comes in one.
        where = tlv(_OFFSET, offset.to_bytes(3, "big"))
        response = channel.send(CommandApdu(0x00, 0xB1, 0x00, 0x00, where, count + _WRAPPED))
        octets = read_objects(response.data).get(_DISCRETIONARY, b"") if response.data else b""
    if not (response.is_ok or response.status == _END_OF_FILE):
        raise ChipMalformed(f"{file.name}_read_{response.status:04x}")
    if not 0 < len(octets) <= count:
        raise ChipMalformed(f"{file.name}_short")
    return octets
