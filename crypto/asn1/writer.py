"""DER writer: the few encodings that requests, sandbox signatures and tokens need (X.690)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from crypto.asn1.der import (
    BIT_STRING,
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    NULL,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    UTC_TIME,
    DerError,
    context,
)

__all__ = [
    "algorithm",
    "bit_string",
    "boolean",
    "explicit",
    "generalized_time",
    "integer",
    "null",
    "octet_string",
    "oid",
    "sequence",
    "set_of",
    "tlv",
    "utc_time",
]

_LAST_UTC_YEAR = 2049
_FIRST_UTC_YEAR = 1950
_SHORT_FORM = 0x80


def tlv(tag: int, *content: bytes) -> bytes:
    """One element of identifier octet `tag` around the joined content."""
    body = b"".join(content)
    if len(body) < _SHORT_FORM:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT_FORM | len(length))) + length + body


def sequence(*content: bytes) -> bytes:
    """SEQUENCE of the given encodings."""
    return tlv(SEQUENCE, *content)


def set_of(items: Iterable[bytes], tag: int = SET) -> bytes:
    """SET OF in DER order (X.690 11.6)."""
    return tlv(tag, *sorted(items))


def explicit(number: int, content: bytes) -> bytes:
    """Wrap one encoding in [number] EXPLICIT."""
    return tlv(context(number), content)


def integer(value: int, tag: int = INTEGER) -> bytes:
    """INTEGER, signed, minimal."""
    length = (value.bit_length() if value >= 0 else (value + 1).bit_length()) // 8 + 1
    return tlv(tag, value.to_bytes(length, "big", signed=True))


def boolean(value: bool) -> bytes:  # noqa: FBT001 - the encoded value itself
    """BOOLEAN; true is FF."""
    return tlv(BOOLEAN, b"\xff" if value else b"\x00")


def null() -> bytes:
    """NULL."""
    return tlv(NULL)


def octet_string(value: bytes) -> bytes:
    """OCTET STRING."""
    return tlv(OCTET_STRING, value)


def bit_string(value: bytes) -> bytes:
    """BIT STRING of whole octets."""
    return tlv(BIT_STRING, b"\x00", value)


@lru_cache(maxsize=256)
def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER from its dotted form; DerError when it is none."""
    parts = dotted.split(".")
    if len(parts) < 2 or not all(p.isascii() and p.isdigit() for p in parts):  # noqa: PLR2004 - X.660: two arcs at least
        raise DerError("oid_text")
    arcs = [int(p) for p in parts]
    return tlv(OID, b"".join(_base128(a) for a in (arcs[0] * 40 + arcs[1], *arcs[2:])))


def _base128(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))


def algorithm(dotted: str, *, with_null: bool = True, parameters: bytes | None = None) -> bytes:
    """AlgorithmIdentifier; `parameters` is a whole encoding and replaces the NULL."""
    tail = parameters if parameters is not None else (null() if with_null else b"")
    return sequence(oid(dotted), tail)


def utc_time(moment: datetime) -> bytes:
    """RFC 5280 Time: UTCTime through 2049, GeneralizedTime otherwise; seconds only."""
    utc = moment.astimezone(UTC)
    if not _FIRST_UTC_YEAR <= utc.year <= _LAST_UTC_YEAR:
        return generalized_time(moment)
    return tlv(UTC_TIME, utc.strftime("%y%m%d%H%M%SZ").encode())


def generalized_time(moment: datetime) -> bytes:
    """GeneralizedTime, seconds only."""
    utc = moment.astimezone(UTC)
    return tlv(GENERALIZED_TIME, f"{utc.year:04d}{utc:%m%d%H%M%SZ}".encode())
