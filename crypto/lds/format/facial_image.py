"""The face inside DG2: ISO/IEC 19794-5:2005 records and ISO/IEC 39794-5 blocks.

Every error is MalformedData. The image is not decoded: what it is stands in its first octets,
since issuers state the kind wrongly.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from crypto.lds.format.tlv import MalformedData, Tlv

__all__ = ["MAX_FACE_OCTETS", "FacialImage", "ImageKind", "read_facial_image"]

ImageKind = Literal["jpeg", "jp2"]

MAX_FACE_OCTETS: Final = 1 << 20
"""Of one biometric data block. Doc 9303-9 recommends 15 to 20 kB for a portrait."""

_HEADER_TEMPLATE = 0xA1
_BIOMETRIC_TYPE = 0x81
_CREATED = 0x83
_PRIMITIVE_BLOCK = 0x5F2E
_CONSTRUCTED_BLOCK = 0x7F2E
_FACE = 0x02

_RECORD = struct.Struct(">4s4sIH")
_FACE_BLOCK = struct.Struct(">IHBBB3sH3s3s")
_IMAGE_BLOCK = struct.Struct(">BBHHBBHH")
_FEATURE_POINT_OCTETS = 8
_MAX_FACES = 9

# ISO/IEC 39794-5 with automatic tags: where the picture stands in FaceImageDataBlock.
_FACE_IMAGE_DATA_BLOCK = 0x65
_FIRST_REPRESENTATION = (0xA1, 0x30)
_IMAGE_2D = (0xA1, 0xA0, 0xA0)
_IMAGE_OCTETS = 0x80

_JPEG = b"\xff\xd8\xff"
_JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_CODESTREAM = b"\xff\x4f\xff\x51"


@dataclass(frozen=True, slots=True, repr=False)
class FacialImage:
    """A portrait as the state stored it.

    kind     `jpeg`, or `jp2` for JPEG 2000 (file or code stream), by its first octets
    width, height  as the record states them; 0: not stated. They are not those of the image.
    created  when the biometric header was made, if it says so; aware UTC
    """

    octets: bytes
    kind: ImageKind
    width: int
    height: int
    created: datetime | None


def read_facial_image(template: Tlv) -> FacialImage:
    """Read the biometric information template (tag 7F60) of a face; MalformedData."""
    header = template.only(_HEADER_TEMPLATE)
    kind = header.optional(_BIOMETRIC_TYPE)
    if kind is not None and int.from_bytes(kind.value, "big") != _FACE:
        raise MalformedData("no_face")
    created = _read_created(header.optional(_CREATED))
    record = template.optional(_PRIMITIVE_BLOCK) or template.optional(_CONSTRUCTED_BLOCK)
    if record is None:
        raise MalformedData("no_face")
    if len(record.value) > MAX_FACE_OCTETS:
        raise MalformedData("too_large")
    if record.value[:1] == bytes((_FACE_IMAGE_DATA_BLOCK,)):
        octets, width, height = _read_block(record), 0, 0
    else:
        octets, width, height = _read_record(record.value)
    return FacialImage(octets, _identify(octets), width, height, created)


def _identify(octets: bytes) -> ImageKind:
    if octets.startswith(_JPEG):
        return "jpeg"
    if octets.startswith((_JP2, _CODESTREAM)):
        return "jp2"
    raise MalformedData("image_kind" if octets else "no_face")


def _read_record(record: bytes) -> tuple[bytes, int, int]:
    """Read the first face of an ISO/IEC 19794-5:2005 record (clause 5): image, width, height."""
    if len(record) < _RECORD.size:
        raise MalformedData("face_record")
    magic, version, length, faces = _RECORD.unpack_from(record)
    if magic != b"FAC\0":
        raise MalformedData("face_record")
    if version != b"010\0":
        raise MalformedData("face_record_version")
    if not faces:
        raise MalformedData("no_face")
    if length != len(record) or faces > _MAX_FACES:
        raise MalformedData("face_record_length")
    at = _RECORD.size
    if len(record) - at < _FACE_BLOCK.size:
        raise MalformedData("face_record_length")
    size, points = _FACE_BLOCK.unpack_from(record, at)[:2]
    start = at + _FACE_BLOCK.size + points * _FEATURE_POINT_OCTETS
    end = at + size
    if end > len(record) or (faces == 1 and end != len(record)):
        raise MalformedData("face_record_length")
    if start + _IMAGE_BLOCK.size > end:
        raise MalformedData("face_record_length")
    width, height = _IMAGE_BLOCK.unpack_from(record, start)[2:4]
    return record[start + _IMAGE_BLOCK.size : end], width, height


def _read_block(record: Tlv) -> bytes:
    """Read the picture of the first representation of an ISO/IEC 39794-5 FaceImageDataBlock."""
    node = Tlv.read(record.value, maximum=MAX_FACE_OCTETS).expect(_FACE_IMAGE_DATA_BLOCK)
    blocks = node.only(_FIRST_REPRESENTATION[0]).children()
    if not blocks:
        raise MalformedData("no_face")
    node = blocks[0].expect(_FIRST_REPRESENTATION[1])
    for tag in _IMAGE_2D:
        node = node.only(tag)
    return node.only(_IMAGE_OCTETS).value


def _read_created(found: Tlv | None) -> datetime | None:
    """Read the creation date and time (ISO/IEC 7816-11 table C.1): BCD, YYYYMMDDhhmmss."""
    if found is None:
        return None
    try:
        return datetime.strptime(found.value.hex(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None  # a hint that issuers fill in as they like
