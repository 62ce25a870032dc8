"""CRLs of the sandbox's authorities, written octet by octet (RFC 5280 5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import ENUMERATED
from workstation.sandbox.pki import certificate_writer as c
from workstation.sandbox.pki.certificate_writer import SandboxExtension
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.hierarchies import SandboxRevocation

__all__ = ["CrlKind", "CrlMode", "write_crl"]

_VERSION_2 = 1
_FULL_LIFE = timedelta(hours=27)
_DELTA_LIFE = timedelta(hours=7, minutes=30)
_AGE = timedelta(minutes=5)
_STALE = timedelta(days=10)
_HOUR_S = 3600
_DELTAS_REACH_BACK = 48
"""Hours: a delta amends every full CRL of the last two days."""


class CrlMode(StrEnum):
    """How the CRL service behaves.

    STALE_ABOUT_CUSTOMERS  the roots' lists, about the authorities, are in order
    """

    NORMAL = "normal"
    DOWN = "down"
    STALE = "stale"
    STALE_ABOUT_CUSTOMERS = "stale_about_customers"
    EMPTY = "empty"
    TRUNCATED = "truncated"


class CrlKind(StrEnum):
    """A complete CRL, or what changed since an earlier one (RFC 5280 5.2.4)."""

    FULL = "full"
    DELTA = "delta"


def write_crl(
    issuer: Credential,
    revoked: Mapping[int, SandboxRevocation],
    mode: CrlMode,
    now: datetime,
    kind: CrlKind = CrlKind.FULL,
) -> bytes:
    """Sign a CRL and return its DER; the broken modes break it after signing.

    A full CRL leaves out what was revoked `lately`; a delta holds only that.
    """
    if mode is CrlMode.EMPTY:
        return b""
    made = now - (_STALE if mode is CrlMode.STALE else _AGE)
    delta = kind is CrlKind.DELTA
    entries = [
        _entry(serial, each) for serial, each in sorted(revoked.items()) if each.lately is delta
    ]
    algorithm = w.algorithm(issuer.key.signature_oid)
    tbs = w.sequence(
        w.integer(_VERSION_2),
        algorithm,
        issuer.parsed.subject.raw,
        w.utc_time(made),
        w.utc_time(made + (_DELTA_LIFE if delta else _FULL_LIFE)),
        # RFC 5280 5.1.2.6: without entries the list itself is absent.
        w.sequence(*entries) if entries else b"",
        c.write_extensions(0, _extensions(issuer, int(made.timestamp()) // _HOUR_S, kind)),
    )
    der = w.sequence(tbs, algorithm, w.bit_string(issuer.key.sign(tbs)))
    return der[: len(der) // 2] if mode is CrlMode.TRUNCATED else der


def _extensions(issuer: Credential, hour: int, kind: CrlKind) -> list[SandboxExtension]:
    """Return issuer, number and base: a CRL is numbered by its hour, a delta is one ahead."""
    number = hour + (kind is CrlKind.DELTA)
    found = [
        c.authority_key_identifier(issuer.key_identifier),
        SandboxExtension(oids.CRL_NUMBER, w.integer(number)),
    ]
    if kind is CrlKind.DELTA:
        base = w.integer(hour - _DELTAS_REACH_BACK)
        found.append(SandboxExtension(oids.DELTA_CRL_INDICATOR, base, critical=True))
    return found


def _entry(serial: int, revocation: SandboxRevocation) -> bytes:
    reason = SandboxExtension(oids.REASON_CODE, w.integer(revocation.reason, ENUMERATED))
    return w.sequence(w.integer(serial), w.utc_time(revocation.since), w.sequence(reason.encode()))
