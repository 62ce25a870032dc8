"""The sandbox's time-stamping service (RFC 3161 2.4.2)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crypto.cms.create import sign_cms
from crypto.pki import der_values as v
from crypto.pki import der_writer as w
from crypto.pki import oids
from crypto.pki.der import BOOLEAN, INTEGER, OID, SEQUENCE, DerError, Limits, parse
from workstation.sandbox.issuance import Credential

__all__ = ["TsaMode", "time_stamp"]

_LIMITS = Limits(octets=8192, depth=16, elements=256)
_POLICY = "1.2.398.3.3.2.6.2"
_GRANTED, _REJECTION = 0, 2
_BAD_ALGORITHM = bytes.fromhex("03020780")
_BAD_REQUEST = bytes.fromhex("03020520")
_DIGEST_SIZES = {oids.SHA256: 32, oids.SHA384: 48, oids.SHA512: 64}
_SERIAL_BITS = 63


class TsaMode(StrEnum):
    """How the time-stamping service behaves."""

    NORMAL = "normal"
    DOWN = "down"
    GARBAGE = "garbage"
    REJECT = "reject"
    WRONG_IMPRINT = "wrong_imprint"
    WRONG_NONCE = "wrong_nonce"


@dataclass(frozen=True, slots=True)
class _Asked:
    digest_oid: str
    digest: bytes
    nonce: int | None


def time_stamp(untrusted: bytes, tsa: Credential, mode: TsaMode, now: datetime) -> bytes:
    """Return the DER of a TimeStampResp; the TSA's certificate is always embedded."""
    if mode is TsaMode.GARBAGE:
        return b"<html><body>SANDBOX 403</body></html>"
    try:
        asked = _read(untrusted)
    except DerError:
        return _rejected(_BAD_REQUEST)
    if mode is TsaMode.REJECT or _DIGEST_SIZES.get(asked.digest_oid) != len(asked.digest):
        return _rejected(_BAD_ALGORITHM)
    if mode is TsaMode.WRONG_IMPRINT:
        asked = _Asked(asked.digest_oid, secrets.token_bytes(len(asked.digest)), asked.nonce)
    if mode is TsaMode.WRONG_NONCE and asked.nonce is not None:
        asked = _Asked(asked.digest_oid, asked.digest, asked.nonce ^ 1)
    token = sign_cms(
        _info(asked, now),
        certificate=tsa.der,
        sign=tsa.sign,
        digest_oid=oids.SHA256,
        signature_oid=oids.SHA256_WITH_RSA,
        signing_time=now,
        content_type=oids.TST_INFO,
    )
    return w.sequence(w.sequence(w.integer(_GRANTED)), token)


def _read(untrusted: bytes) -> _Asked:
    fields = parse(untrusted, _LIMITS).fields()
    if v.integer(fields.take(INTEGER)) != 1:
        raise DerError("version")
    imprint = fields.take(SEQUENCE).fields()
    digest_oid = v.oid(imprint.take(SEQUENCE).fields().take(OID))
    digest = v.octets(imprint.any())
    fields.optional(OID)
    nonce = fields.optional(INTEGER)
    fields.optional(BOOLEAN)
    return _Asked(digest_oid, digest, None if nonce is None else v.integer(nonce))


def _info(asked: _Asked, now: datetime) -> bytes:
    return w.sequence(
        w.integer(1),
        w.oid(_POLICY),
        w.sequence(w.algorithm(asked.digest_oid), w.octet_string(asked.digest)),
        w.integer(secrets.randbits(_SERIAL_BITS) | 1),
        w.generalized_time(now),
        b"" if asked.nonce is None else w.integer(asked.nonce),
    )


def _rejected(failure: bytes) -> bytes:
    return w.sequence(w.sequence(w.integer(_REJECTION), failure))
