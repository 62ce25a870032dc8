"""The sandbox's time-stamping service (RFC 3161 2.4.2), with the faults a client must notice.

As НУЦ РК does, the imprint's digest chooses who signs: a GOST digest gets a token of that GOST
family, a digest of the SHA-2 family one of the RSA service.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from crypto.algorithms.registry import default_registry
from crypto.asn1 import oids
from crypto.asn1.der import DerError
from crypto.cms.timestamp import TimestampRequest, create_rejection, create_response
from workstation.sandbox.people import Family
from workstation.sandbox.pki.hierarchies import Hierarchy

__all__ = ["TsaMode", "time_stamp"]

_POLICIES = {
    Family.GOST2004: f"{oids.KZ_POLICIES}.6.1",
    Family.RSA: f"{oids.KZ_POLICIES}.6.2",
    Family.GOST2015: f"{oids.KZ_POLICIES}.6.4",
}
_BY_RSA = frozenset({oids.SHA256, oids.SHA384, oids.SHA512})
_SERIAL_BITS = 63
_AHEAD = timedelta(minutes=10)


class TsaMode(StrEnum):
    """How the time-stamping service behaves."""

    NORMAL = "normal"
    DOWN = "down"
    GARBAGE = "garbage"
    REJECT = "reject"
    WRONG_IMPRINT = "wrong_imprint"
    WRONG_NONCE = "wrong_nonce"
    CLOCK_AHEAD = "clock_ahead"
    FORGED = "forged"
    """Signed by another key than the authority's."""


def time_stamp(
    untrusted: bytes, hierarchies: Mapping[Family, Hierarchy], mode: TsaMode, now: datetime
) -> bytes:
    """Return the DER of a TimeStampResp; the TSA's certificate is always embedded."""
    if mode is TsaMode.GARBAGE:
        return b"<html><body>SANDBOX 403</body></html>"
    try:
        request = TimestampRequest.parse(untrusted)
    except DerError:
        return create_rejection("bad_request")
    hierarchy = _choose_hierarchy(request, hierarchies)
    if mode is TsaMode.REJECT or hierarchy is None:
        return create_rejection("bad_algorithm")
    if request.policy not in {"", _POLICIES[hierarchy.family]}:
        return create_rejection("unaccepted_policy")
    if mode is TsaMode.WRONG_IMPRINT:
        request = replace(request, imprint=secrets.token_bytes(len(request.imprint)))
    if mode is TsaMode.WRONG_NONCE and request.nonce is not None:
        request = replace(request, nonce=request.nonce ^ 1)
    signer = hierarchy.ocsp if mode is TsaMode.FORGED else hierarchy.tsa
    return create_response(
        request,
        certificate=hierarchy.tsa.der,
        sign=signer.key.sign,
        digest_oid=hierarchy.tsa.key.digest_oid,
        signature_oid=hierarchy.tsa.key.signature_oid,
        policy=_POLICIES[hierarchy.family],
        serial=secrets.randbits(_SERIAL_BITS) | 1,
        moment=now + _AHEAD if mode is TsaMode.CLOCK_AHEAD else now,
    )


def _choose_hierarchy(
    request: TimestampRequest, hierarchies: Mapping[Family, Hierarchy]
) -> Hierarchy | None:
    """Return whose time-stamp answers; None for a digest, or a size of it, nobody stamps."""
    digest = default_registry().digest(request.digest_oid)
    if digest is None or digest.size != len(request.imprint):
        return None
    if request.digest_oid in _BY_RSA:
        return hierarchies[Family.RSA]
    gost = (hierarchies[Family.GOST2015], hierarchies[Family.GOST2004])
    return next((each for each in gost if each.tsa.key.digest_oid == request.digest_oid), None)
