"""Data groups of a chip (Doc 9303-10 4.7), read within limits; nothing is verified here.

Every error is MalformedData. The text of DG1 is returned as it stands: its grammar is the zone's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from crypto.lds.format.facial_image import (
    MAX_FACE_OCTETS,
    FacialImage,
    read_facial_image,
)
from crypto.lds.format.tlv import MalformedData, Tlv

__all__ = [
    "DATA_GROUP_TAGS",
    "FacialImage",
    "MalformedData",
    "Presence",
    "parse_com",
    "parse_dg1",
    "parse_dg2",
    "parse_issue_date",
]

DATA_GROUP_TAGS: Final[Mapping[int, int]] = MappingProxyType(
    {
        1: 0x61,
        2: 0x75,
        3: 0x63,
        4: 0x76,
        5: 0x65,
        6: 0x66,
        7: 0x67,
        8: 0x68,
        9: 0x69,
        10: 0x6A,
        11: 0x6B,
        12: 0x6C,
        13: 0x6D,
        14: 0x6E,
        15: 0x6F,
        16: 0x70,
    }
)
"""Outer tag of each data group (Doc 9303-10 table 38)."""

_COM = 0x60
_LDS_VERSION = 0x5F01
_TAG_LIST = 0x5C
_MRZ = 0x5F1F
_ISSUE_DATE = 0x5F26
_TEMPLATE_GROUP = 0x7F61
_TEMPLATE = 0x7F60
_INTEGER = 0x02
_PACKED_DATE_OCTETS = 4
_MAX_COM_OCTETS = 256
_MAX_DG1_OCTETS = 256
_MAX_DG12_OCTETS = 64 * 1024
_MAX_DG2_OCTETS = MAX_FACE_OCTETS + 4096
_MAX_TEMPLATES = 9
_MRZ_LENGTHS = (90, 72, 88)


@dataclass(frozen=True, slots=True)
class Presence:
    """EF.COM: the version of the structure, e.g. `0107`, and the data groups it lists.

    unknown  tags in the list that no data group has
    """

    version: str
    data_groups: frozenset[int]
    unknown: tuple[int, ...]


def parse_com(untrusted: bytes) -> Presence:
    """Read EF.COM, which nobody signs; MalformedData."""
    whole = Tlv.read(untrusted, maximum=_MAX_COM_OCTETS).expect(_COM)
    version = _decode(whole.only(_LDS_VERSION).value)
    tags = whole.only(_TAG_LIST).value
    numbers = {tag: number for number, tag in DATA_GROUP_TAGS.items()}
    known = frozenset(numbers[tag] for tag in tags if tag in numbers)
    return Presence(version, known, tuple(tag for tag in tags if tag not in numbers))


def parse_dg1(untrusted: bytes) -> str:
    """Return the machine-readable zone of DG1: 90, 72 or 88 characters; MalformedData."""
    whole = Tlv.read(untrusted, maximum=_MAX_DG1_OCTETS).expect(DATA_GROUP_TAGS[1])
    text = _decode(whole.only(_MRZ).value)
    if len(text) not in _MRZ_LENGTHS:
        raise MalformedData("mrz_length")
    if not all(each.isupper() or each.isdigit() or each == "<" for each in text):
        raise MalformedData("mrz_characters")
    return text


def parse_dg2(untrusted: bytes) -> FacialImage:
    """Return the first face of DG2 (ISO/IEC 7816-11 templates); MalformedData.

    `no_face` when there is no template, or none of a face; `too_large` beyond a megabyte.
    """
    whole = Tlv.read(untrusted, maximum=_MAX_DG2_OCTETS).expect(DATA_GROUP_TAGS[2])
    group = whole.only(_TEMPLATE_GROUP)
    stated = int.from_bytes(group.only(_INTEGER).value, "big")
    templates = [child for child in group.children() if child.tag == _TEMPLATE]
    if not stated or not templates:
        raise MalformedData("no_face")
    if stated != len(templates) or stated > _MAX_TEMPLATES:
        raise MalformedData("template_count")
    return read_facial_image(templates[0])


def parse_issue_date(untrusted: bytes) -> datetime | None:
    """Return midnight UTC of the date of issue in DG12; None without one; MalformedData."""
    whole = Tlv.read(untrusted, maximum=_MAX_DG12_OCTETS).expect(DATA_GROUP_TAGS[12])
    found = whole.optional(_ISSUE_DATE)
    if found is None:
        return None
    # Eight characters, or four octets of BCD (Doc 9303-10 4.7.12 and its supplements).
    packed = len(found.value) == _PACKED_DATE_OCTETS
    digits = found.value.hex() if packed else _decode(found.value)
    if len(digits) != 2 * _PACKED_DATE_OCTETS:
        raise MalformedData("issue_date")
    try:
        return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        raise MalformedData("issue_date") from None


def _decode(octets: bytes) -> str:
    try:
        return octets.decode("ascii")
    except UnicodeDecodeError:
        raise MalformedData("characters") from None
