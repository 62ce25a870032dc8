"""Values inside DER elements: integers, identifiers, bit strings, times (X.690, RFC 5280 4.1.2.5).

Each function takes an element, refuses another type or a non-canonical form with DerError,
and returns a Python value.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import (
    BIT_STRING,
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    NULL,
    OCTET_STRING,
    OID,
    UTC_TIME,
    DerError,
    Node,
)

__all__ = [
    "bit_octets",
    "bit_set",
    "boolean",
    "generalized_time",
    "integer",
    "is_null",
    "octets",
    "oid",
    "small_integer",
    "time",
]

_MAX_INTEGER = 1024
_MAX_OID = 64
_UTC_LENGTH = 13
_GENERALIZED_LENGTH = 15
_CENTURY_PIVOT = 50
_MAX_FRACTION = 9


def _encoded_identifiers() -> Mapping[bytes, str]:
    dotted = [value for value in vars(oids).values() if isinstance(value, str) and "." in value]
    known = [value for value in dotted if value.replace(".", "").isdigit()]
    return MappingProxyType({w.oid(value)[2:]: value for value in known})


# Identifiers we know by name are most of those we meet: they are looked up, not spelled out.
_KNOWN: Final = _encoded_identifiers()


def boolean(node: Node, tag: int = BOOLEAN) -> bool:
    """Read a BOOLEAN; true is FF only."""
    content = node.expect_content(tag)
    if content not in {b"\x00", b"\xff"}:
        raise DerError("boolean")
    return content == b"\xff"


def integer(node: Node, tag: int = INTEGER) -> int:
    """Read a signed INTEGER (or ENUMERATED) in minimal form, at most 1024 octets."""
    content = node.expect_content(tag)
    if not content or len(content) > _MAX_INTEGER:
        raise DerError("integer")
    if len(content) > 1 and (
        (content[0] == 0 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80)  # noqa: PLR2004 - X.690 8.3.2
    ):
        raise DerError("integer_not_minimal")
    return int.from_bytes(content, "big", signed=True)


def small_integer(node: Node, tag: int = INTEGER, *, maximum: int = 1_000_000) -> int:
    """Read an INTEGER of 0..`maximum`: versions, path lengths, reasons, seconds."""
    value = integer(node, tag)
    if not 0 <= value <= maximum:
        raise DerError("integer_range")
    return value


def octets(node: Node, tag: int = OCTET_STRING) -> bytes:
    """Read the content of an OCTET STRING."""
    return node.expect_content(tag)


def bit_octets(node: Node, tag: int = BIT_STRING) -> bytes:
    """Read the content of a BIT STRING that is a whole number of octets: keys and signatures."""
    content = node.expect_content(tag)
    if not content or content[0] != 0:
        raise DerError("bit_string")
    return content[1:]


def bit_set(node: Node, tag: int = BIT_STRING, *, maximum: int = 32) -> frozenset[int]:
    """Read the numbers of the bits set in a named bit list; padding bits must be zero."""
    content = node.expect_content(tag)
    if not content or content[0] > 7 or (len(content) == 1 and content[0]):  # noqa: PLR2004 - bits per octet
        raise DerError("bit_string")
    unused, bits = content[0], content[1:]
    if len(bits) * 8 > maximum:
        raise DerError("bit_string_long")
    if bits and bits[-1] & ((1 << unused) - 1):
        raise DerError("bit_padding")
    return frozenset(n for n in range(len(bits) * 8) if bits[n // 8] & (0x80 >> (n % 8)))


def oid(node: Node, tag: int = OID) -> str:
    """Read an OBJECT IDENTIFIER in dotted form."""
    content = node.expect_content(tag)
    known = _KNOWN.get(content)
    return known if known is not None else _format_oid(content)


def _format_oid(content: bytes) -> str:
    if not content or len(content) > _MAX_OID or content[-1] & 0x80:
        raise DerError("oid")
    arcs: list[int] = []
    value, fresh = 0, True
    for octet in content:
        if fresh and octet == 0x80:  # noqa: PLR2004 - a leading zero group
            raise DerError("oid_not_minimal")
        value = value << 7 | octet & 0x7F
        fresh = not octet & 0x80
        if fresh:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def is_null(node: Node) -> bool:
    """Whether the element is NULL; a NULL with content is DerError."""
    if node.tag != NULL:
        return False
    if node.content:
        raise DerError("null")
    return True


def time(node: Node) -> datetime:
    """Read UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 writes it: seconds and Z.

    RFC 5280 forbids a fraction of a second in GeneralizedTime, yet authorities write one: it is
    read, and `datetime.microsecond` shows it to who reports the departure.
    """
    if node.tag == UTC_TIME:
        digits = _digits(node.content, _UTC_LENGTH)
        century = b"19" if int(digits[:2]) >= _CENTURY_PIVOT else b"20"
        return _moment(century + digits)
    return generalized_time(node)[0]


def generalized_time(node: Node, tag: int = GENERALIZED_TIME) -> tuple[datetime, bool]:
    """Read a GeneralizedTime and whether it had a fraction of a second.

    RFC 3161 allows fractions; RFC 5280 and RFC 6960 forbid them, yet they are met.
    """
    content = node.expect_content(tag)
    dot = content.find(b".")
    if dot < 0:
        return _moment(_digits(content, _GENERALIZED_LENGTH)), False
    fraction = content[dot + 1 : -1]
    if not 0 < len(fraction) <= _MAX_FRACTION or not fraction.isdigit() or fraction[-1:] == b"0":
        raise DerError("time_fraction")
    whole = _moment(_digits(content[:dot] + content[-1:], _GENERALIZED_LENGTH))
    # A fraction below a microsecond still shows in the value: it is rounded up to one.
    micros = max(int(fraction.ljust(_MAX_FRACTION, b"0")) // 1000, 1)
    return whole + timedelta(microseconds=micros), True


def _digits(content: bytes, length: int) -> bytes:
    if len(content) != length or content[-1:] != b"Z" or not content[:-1].isdigit():
        raise DerError("time_form")
    return content[:-1]


def _moment(digits: bytes) -> datetime:
    """Return the moment of fourteen digits; a day has no hour 24, whatever ISO 8601 allows."""
    try:
        if digits[8:10] < b"24":
            return datetime.fromisoformat(f"{digits[:8].decode()}T{digits[8:].decode()}Z")
    except ValueError:
        pass
    raise DerError("time_value")
