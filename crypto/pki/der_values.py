"""Values inside DER elements: integers, identifiers, bit strings, times (X.690, RFC 5280 4.1.2.5).

Each function takes an element, refuses another type or a non-canonical form with DerError,
and returns a Python value.
"""

from datetime import UTC, datetime, timedelta

from crypto.pki.der import (
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


def boolean(node: Node, tag: int = BOOLEAN) -> bool:
    """Read a BOOLEAN; true is FF only."""
    content = node.expect(tag).content
    if content not in {b"\x00", b"\xff"}:
        raise DerError("boolean")
    return content == b"\xff"


def integer(node: Node, tag: int = INTEGER) -> int:
    """Read a signed INTEGER (or ENUMERATED) in minimal form, at most 1024 octets."""
    content = node.expect(tag).content
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
    return node.expect(tag).content


def bit_octets(node: Node, tag: int = BIT_STRING) -> bytes:
    """Read the content of a BIT STRING that is a whole number of octets: keys and signatures."""
    content = node.expect(tag).content
    if not content or content[0] != 0:
        raise DerError("bit_string")
    return content[1:]


def bit_set(node: Node, tag: int = BIT_STRING, *, maximum: int = 32) -> frozenset[int]:
    """Read the numbers of the bits set in a named bit list; padding bits must be zero."""
    content = node.expect(tag).content
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
    content = node.expect(tag).content
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
    """Tell whether the element is NULL; a NULL with content is DerError."""
    if node.tag != NULL:
        return False
    if node.content:
        raise DerError("null")
    return True


def time(node: Node) -> datetime:
    """Read UTCTime or GeneralizedTime as RFC 5280 allows: seconds present, Z, no fraction."""
    if node.tag == UTC_TIME:
        digits = _digits(node.content, _UTC_LENGTH)
        year = int(digits[:2])
        century = 1900 if year >= _CENTURY_PIVOT else 2000
        return _moment(f"{century + year:04d}{digits[2:]}")
    return _moment(_digits(node.expect(GENERALIZED_TIME).content, _GENERALIZED_LENGTH))


def generalized_time(node: Node, tag: int = GENERALIZED_TIME) -> tuple[datetime, bool]:
    """Read a GeneralizedTime of OCSP or TSP and whether it had a fraction of a second.

    RFC 3161 allows fractions; RFC 6960 forbids them, yet responders send them.
    """
    content = node.expect(tag).content
    dot = content.find(b".")
    if dot < 0:
        return _moment(_digits(content, _GENERALIZED_LENGTH)), False
    fraction = content[dot + 1 : -1]
    if not 0 < len(fraction) <= _MAX_FRACTION or not fraction.isdigit() or fraction[-1:] == b"0":
        raise DerError("time_fraction")
    whole = _moment(_digits(content[:dot] + content[-1:], _GENERALIZED_LENGTH))
    micros = int(fraction.ljust(_MAX_FRACTION, b"0")) // 1000
    return whole + timedelta(microseconds=micros), True


def _digits(content: bytes, length: int) -> str:
    if len(content) != length or content[-1:] != b"Z" or not content[:-1].isdigit():
        raise DerError("time_form")
    return content[:-1].decode("ascii")


def _moment(digits: str) -> datetime:
    numbers = (int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, 14, 2)))
    year, month, day, hour, minute, second = numbers
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise DerError("time_value") from None
