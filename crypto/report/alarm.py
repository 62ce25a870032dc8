"""What shows that somebody stands between a station and an authority, or speaks in its name.

Weather (a time-out, a refused connection, a 5xx, `tryLater`) passes by itself and is no alarm. An
answer that its authority did not sign, or did not give to this question, does not: neither is ever
counted, but only an alarm is worth a word to the security service. Only what came from a configured
address can be one: octets that a customer brings say nothing about the authority they name.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self, TypeAlias

__all__ = ["Alarm", "AlarmCode", "OpenAlarm", "ReportAlarm", "ignore_alarm"]

_LONGEST_DETAIL = 120


class AlarmCode(StrEnum):
    """What was found; the set is closed, for it stands in the signed log."""

    ANSWER_FORGED = "answer_forged"
    """An OCSP answer whose signature is wrong, or whose signer's certificate is."""
    ANSWER_UNAUTHORISED = "answer_unauthorised"
    """An OCSP answer by a key that the issuer has not charged with it (RFC 6960 4.2.2.2)."""
    ANSWER_REPLAYED = "answer_replayed"
    """A signed OCSP answer without the nonce of this request (RFC 9654 2.1)."""
    ANSWER_MISDIRECTED = "answer_misdirected"
    """A signed OCSP answer about other certificates only (RFC 6960 3.2, item 1)."""
    LIST_FORGED = "list_forged"
    """A revocation list under a configured CA's name that its key did not sign."""
    LIST_OLDER = "list_older"
    """A list older than the one held, offered as new (RFC 5280 5.2.3: numbers grow)."""
    LIST_UNREVOKES = "list_unrevokes"
    """A newer list without a revocation that it must still hold (RFC 5280 3.3)."""
    TOKEN_FORGED = "token_forged"  # noqa: S105 - a time-stamp token, no secret
    """A time-stamp token whose signature is wrong, or of an authority that is not trusted."""
    TOKEN_REPLAYED = "token_replayed"  # noqa: S105 - a time-stamp token, no secret
    """A time-stamp token without the nonce of this request (RFC 3161 2.4.2)."""
    TOKEN_MISDIRECTED = "token_misdirected"  # noqa: S105 - a time-stamp token, no secret
    """A time-stamp token over another imprint, or under another policy than was wanted."""
    SERVICE_FOREIGN = "service_foreign"
    """A service whose TLS certificate is pinned showed another one."""
    CASE_PUT_BACK = "case_put_back"
    """A parked case's file that the log does not name: an older copy would give attempts back."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One sighting.

    source   the configured address that it came from, or `file`
    detail   the machine word of the rule that was broken; names nobody
    sha256   of the octets offered, in hex; empty when there are none
    octets   them, where they may be kept in the clear; else empty
    kept_in  where whoever raised it keeps them sealed: the case's id
    """

    code: AlarmCode
    source: str
    detail: str
    sha256: str = ""
    octets: bytes = field(default=b"", repr=False)
    kept_in: str = ""

    @classmethod
    def raise_about(cls, code: AlarmCode, source: str, detail: str, octets: bytes) -> Self:
        """Describe octets that may be kept in the clear: they name no customer."""
        digest = hashlib.sha256(octets).hexdigest() if octets else ""
        return cls(code, source, detail[:_LONGEST_DETAIL], digest, octets)


ReportAlarm: TypeAlias = Callable[[Alarm], None]
"""Takes a sighting, in any thread; returns at once and never raises."""


def ignore_alarm(_alarm: Alarm) -> None:
    """Do nothing: nobody keeps alarms here."""


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm that nobody has acknowledged.

    code, source  as in `Alarm`
    count         how often it was seen
    entry         number of its first entry in the log
    written_ms    when its last entry was written
    unwritten     how often it was seen since
    """

    code: str
    source: str
    count: int
    first_ms: int
    last_ms: int
    entry: int
    written_ms: int
    unwritten: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What it is one of: sightings of one code from one source are one alarm."""
        return self.code, self.source
