"""The sandbox's time-stamping service (RFC 3161 2.4.2), with the faults a client must notice."""

import secrets
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from crypto.cms.timestamp import TimestampRequest, create_response, refuse_request
from crypto.pki import oids
from crypto.pki.der import DerError
from workstation.sandbox.issuance import Credential

__all__ = ["TsaMode", "time_stamp"]

_POLICY = "1.2.398.3.3.2.6.2"
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


def time_stamp(untrusted: bytes, tsa: Credential, mode: TsaMode, now: datetime) -> bytes:
    """Return the DER of a TimeStampResp; the TSA's certificate is always embedded."""
    if mode is TsaMode.GARBAGE:
        return b"<html><body>SANDBOX 403</body></html>"
    try:
        asked = TimestampRequest.parse(untrusted)
    except DerError:
        return refuse_request("bad_request")
    if mode is TsaMode.REJECT or _DIGEST_SIZES.get(asked.digest_oid) != len(asked.imprint):
        return refuse_request("bad_algorithm")
    if mode is TsaMode.WRONG_IMPRINT:
        asked = replace(asked, imprint=secrets.token_bytes(len(asked.imprint)))
    if mode is TsaMode.WRONG_NONCE and asked.nonce is not None:
        asked = replace(asked, nonce=asked.nonce ^ 1)
    return create_response(
        asked,
        certificate=tsa.der,
        sign=tsa.sign,
        digest_oid=oids.SHA256,
        signature_oid=oids.SHA256_WITH_RSA,
        policy=_POLICY,
        serial=secrets.randbits(_SERIAL_BITS) | 1,
        moment=now,
    )
