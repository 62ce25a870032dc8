"""Files of a travel document's chip, written octet by octet (ICAO Doc 9303 part 10, LDS 1.7).

Each function returns a whole file with its outer tag, as a reader gets it from the chip.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final

from crypto.asn1 import oids
from crypto.asn1 import writer as w

__all__ = [
    "FacialImageType",
    "tag_length_value",
    "write_common_data",
    "write_facial_record",
    "write_mrz_file",
    "write_portrait_file",
    "write_security_object",
    "write_signed_security_object",
]

_LDS_VERSION: Final = b"0107"
_UNICODE_VERSION: Final = b"040000"

_TAGS: Final = {1: 0x61, 2: 0x75, 3: 0x63, 11: 0x6B, 12: 0x6C, 13: 0x6D, 14: 0x6E, 15: 0x6F}
"""Outer tags of the data groups (Doc 9303-10, table 36)."""

_FACE_TYPE: Final = b"\x02"
_FORMAT_OWNER: Final = b"\x01\x01"
_FORMAT_TYPE: Final = b"\x00\x08"
"""CBEFF: facial features; ISO/IEC JTC 1/SC 37, format of ISO/IEC 19794-5."""

_FULL_FRONTAL: Final = 1
_RGB24: Final = 1
_FROM_A_CAMERA: Final = 2


class FacialImageType(IntEnum):
    """Image Data Type of ISO/IEC 19794-5:2005, table 12."""

    JPEG = 0
    JPEG_2000 = 1


def tag_length_value(tag: int, *content: bytes) -> bytes:
    """Encode one element whose tag may have several octets (ISO/IEC 7816-4, BER)."""
    identifier = tag.to_bytes((tag.bit_length() + 7) // 8, "big")
    return identifier + w.octet_string(b"".join(content))[1:]


def write_common_data(groups: Iterable[int]) -> bytes:
    """Return EF.COM: versions and the list of the data groups that are present."""
    present = bytes(_TAGS[number] for number in sorted(groups))
    return tag_length_value(
        0x60,
        tag_length_value(0x5F01, _LDS_VERSION),
        tag_length_value(0x5F36, _UNICODE_VERSION),
        tag_length_value(0x5C, present),
    )


def write_mrz_file(lines: Iterable[str]) -> bytes:
    """Return DG1: the lines of the machine-readable zone, joined without a separator."""
    return tag_length_value(0x61, tag_length_value(0x5F1F, "".join(lines).encode("ascii")))


def write_portrait_file(facial_record: bytes, count: int = 1) -> bytes:
    """Return DG2 with the same facial record `count` times (ISO/IEC 7816-11 templates)."""
    header = (
        tag_length_value(0x80, b"\x01\x01"),
        tag_length_value(0x81, _FACE_TYPE),
        tag_length_value(0x87, _FORMAT_OWNER),
        tag_length_value(0x88, _FORMAT_TYPE),
    )
    instance = tag_length_value(
        0x7F60, tag_length_value(0xA1, *header), tag_length_value(0x5F2E, facial_record)
    )
    return tag_length_value(0x75, tag_length_value(0x7F61, w.integer(count), instance * count))


def write_facial_record(
    image: bytes, kind: FacialImageType, width: int, height: int, count: int = 1
) -> bytes:
    """Return a facial record of ISO/IEC 19794-5:2005 with the same image `count` times.

    width, height  in pixels, as the image has them
    """
    information = struct.pack(">HBBB3sH3s3s", 0, 0, 0, 0, bytes(3), 0, bytes(3), bytes(3))
    described = struct.pack(
        ">BBHHBBHH", _FULL_FRONTAL, kind, width, height, _RGB24, _FROM_A_CAMERA, 0, 0
    )
    length = struct.calcsize(">I") + len(information) + len(described) + len(image)
    block = struct.pack(">I", length) + information + described + image
    header = struct.Struct(">4s4sIH")
    whole = header.size + count * len(block)
    return header.pack(b"FAC\x00", b"010\x00", whole, count) + block * count


def write_security_object(groups: Mapping[int, bytes]) -> bytes:
    """Return LDSSecurityObject of version 0 with SHA-256 (Doc 9303-10, 4.6.2.3)."""
    hashes = (
        w.sequence(w.integer(number), w.octet_string(hashlib.sha256(octets).digest()))
        for number, octets in sorted(groups.items())
    )
    return w.sequence(w.integer(0), w.algorithm(oids.SHA256, with_null=False), w.sequence(*hashes))


def write_signed_security_object(signed_data: bytes) -> bytes:
    """Return EF.SOD around the CMS."""
    return tag_length_value(0x77, signed_data)
