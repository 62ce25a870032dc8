"""The entries of a revocation list, walked in place at about a microsecond each (RFC 5280 5.1.2.6).

Nearly every entry of a published list has one shape: serial number, UTCTime, at most a reason.
`walk` reads that shape octet by octet and checks all that the general reader would; whatever is
shaped otherwise goes to the general reader, which understands it or refuses the list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import ENUMERATED, INTEGER, SEQUENCE, DerError, Node
from crypto.x509 import extensions as ext
from crypto.x509.general_names import GeneralNameKind, general_names
from crypto.x509.names import Name

__all__ = ["CompactEntry", "RevokedEntry", "encode_serial", "read_entry", "walk"]

MAX_ENTRIES: Final = 5_000_000
_MAX_REASON: Final = 10
_KNOWN_CRITICAL: Final = frozenset(
    {oids.REASON_CODE, oids.INVALIDITY_DATE, oids.CERTIFICATE_ISSUER}
)
_LONG_FORM: Final = 0x80
_TIME_OCTETS: Final = 15
_UTC_TIME: Final = b"\x17\x0d"
_ZULU: Final = 0x5A
_PIVOT: Final = 50
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

CompactEntry = tuple[bytes, int, int | None]
"""Serial number as in DER, seconds since 1970, reason."""


def _list_usual_tails() -> Mapping[bytes, int | None]:
    """Return what may follow the date in an entry of the usual shape, with its meaning.

    Nothing, or the extension reasonCode alone and not critical.
    """
    tails: dict[bytes, int | None] = {b"": None}
    for reason in range(_MAX_REASON + 1):
        tails[bytes.fromhex("300c300a0603551d1504030a01") + bytes((reason,))] = reason
    return MappingProxyType(tails)


_USUAL_TAILS: Final = _list_usual_tails()


@dataclass(frozen=True, slots=True)
class RevokedEntry:
    """One revoked certificate; `reason` None when the entry states none.

    revoked_at  since when it does not count: the invalidity date where that is earlier (RFC 5280
                5.3.2), for what the key signed in between may be anybody's
    """

    serial: int
    issuer: Name
    revoked_at: datetime
    reason: int | None


def encode_serial(serial: int) -> bytes:
    """Return a serial number as its INTEGER's content octets, which compact entries hold."""
    magnitude = serial if serial >= 0 else serial + 1
    return serial.to_bytes(magnitude.bit_length() // 8 + 1, "big", signed=True)


def walk(revoked: Node, issuer: Name) -> Iterator[CompactEntry]:
    """Walk the entries of a list that is not indirect; DerError at the first that is not sound.

    An entry of another issuer, or with an unknown critical extension, is not sound.
    """
    data, at, end = revoked.data, revoked.body, revoked.end
    days: dict[bytes, int] = {}
    usual_tail = _USUAL_TAILS.get
    for _ in range(MAX_ENTRIES):
        if at >= end:
            return
        # An element has two octets at least, and a signature follows the last entry.
        length = data[at + 1]
        stop = at + 2 + length
        dated = at + 4 + data[at + 3]
        when = data[dated : dated + _TIME_OCTETS]
        tail = dated + _TIME_OCTETS
        reason = usual_tail(data[tail:stop], -1)
        if (
            reason == -1
            or tail > stop
            or stop > end
            or length >= _LONG_FORM
            or data[at] != SEQUENCE
            or data[at + 2] != INTEGER
            or when[:2] != _UTC_TIME
        ):
            node = Node.at(data, at, end)
            entry = read_entry(node, issuer)
            if entry.issuer is not issuer:
                raise DerError("certificate_issuer")
            seconds = int((entry.revoked_at - _EPOCH).total_seconds())
            yield encode_serial(entry.serial), seconds, entry.reason
            at = node.end
            continue
        day = days.get(when[2:8])
        if day is None:
            day = days[when[2:8]] = _read_day(when)
        yield _check_serial(data[at + 4 : dated]), day + _read_second_of_day(when), reason
        at = stop
    if at < end:
        raise DerError("too_many")


def _check_serial(content: bytes) -> bytes:
    """Check that an INTEGER is minimal (X.690 8.3.2)."""
    if not content:
        raise DerError("integer")
    first = content[0]
    if (first in {0x00, 0xFF}) and len(content) > 1 and (content[1] < _LONG_FORM) == (first == 0):
        raise DerError("integer_not_minimal")
    return content


def _read_day(when: bytes) -> int:
    """Return the seconds of the date's midnight; the century by RFC 5280 4.1.2.5.1."""
    digits = when[2:8]
    if not digits.isdigit():
        raise DerError("time_form")
    year = int(digits[:2])
    try:
        midnight = datetime(
            year + (1900 if year >= _PIVOT else 2000), int(digits[2:4]), int(digits[4:]), tzinfo=UTC
        )
    except ValueError:
        raise DerError("time_value") from None
    return int((midnight - _EPOCH).total_seconds())


def _read_second_of_day(when: bytes) -> int:
    digits = when[8:14]
    if when[14] != _ZULU or not digits.isdigit():
        raise DerError("time_form")
    hours, rest = divmod(int(digits), 10_000)
    minutes, seconds = divmod(rest, 100)
    if hours > 23 or minutes > 59 or seconds > 59:  # noqa: PLR2004 - of a clock
        raise DerError("time_value")
    return hours * 3600 + minutes * 60 + seconds


def read_entry(node: Node, issuer: Name) -> RevokedEntry:
    """Read one entry of any shape; `issuer` is whose entry it is unless it says otherwise."""
    fields = node.fields()
    serial = v.integer(fields.any())
    revoked_at = v.time(fields.any())
    extensions = fields.optional(SEQUENCE)
    fields.end()
    reason: int | None = None
    if extensions is not None:
        for extension in ext.read_extensions(extensions).values():
            if extension.critical and extension.oid not in _KNOWN_CRITICAL:
                raise DerError("unknown_critical")
            if extension.oid == oids.REASON_CODE:
                reason = v.small_integer(extension.root(), ENUMERATED, maximum=_MAX_REASON)
            elif extension.oid == oids.INVALIDITY_DATE:
                revoked_at = min(revoked_at, v.generalized_time(extension.root())[0])
            elif extension.oid == oids.CERTIFICATE_ISSUER:
                issuer = _read_issuer(extension)
    return RevokedEntry(serial, issuer, revoked_at, reason)


def _read_issuer(extension: ext.Extension) -> Name:
    for name in general_names(extension.root(), SEQUENCE):
        if name.kind is GeneralNameKind.DIRECTORY and name.name is not None:
            return name.name
    raise DerError("certificate_issuer")
