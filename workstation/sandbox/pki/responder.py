"""The sandbox's OCSP responder (RFC 6960 4.2): one address for all hierarchies, as НУЦ РК has."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import ENUMERATED, SEQUENCE, DerError, Limits, context, parse
from crypto.x509.certificate import Certificate
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.hierarchies import Hierarchy, SandboxPki

__all__ = ["OcspMode", "ocsp_answer"]

_STALE = timedelta(days=10)
_REQUEST_LIMITS = Limits(octets=8192, depth=16, elements=256)
_MALFORMED, _TRY_LATER, _UNAUTHORISED = 1, 3, 6
_GOOD, _REVOKED, _UNKNOWN = 0, 1, 2
_CAPTIVE_PORTAL = b"<html><body>SANDBOX captive portal: please sign in</body></html>"


class OcspMode(StrEnum):
    """How the OCSP responder behaves.

    WRONG_NONCE  an answer to another request is sent again
    FORGED       somebody else says good of everybody, with the responder's certificate beside it
    """

    NORMAL = "normal"
    DOWN = "down"
    GARBAGE = "garbage"
    TRY_LATER = "try_later"
    STALE = "stale"
    WRONG_NONCE = "wrong_nonce"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class _OcspQuery:
    """What one request asks.

    cert_id  CertID as it was sent
    issuer   the hierarchy it names; None for a stranger's
    """

    cert_id: bytes
    serial: int
    issuer: Hierarchy | None
    nonce: bytes | None


def ocsp_answer(untrusted: bytes, pki: SandboxPki, mode: OcspMode, now: datetime) -> bytes:
    """Answer a request: the DER of an OCSPResponse by the delegated responder of its hierarchy.

    The signature is of that hierarchy's family.
    """
    if mode is OcspMode.GARBAGE:
        return _CAPTIVE_PORTAL
    if mode is OcspMode.TRY_LATER:
        return _unsuccessful(_TRY_LATER)
    query = _read_query(untrusted, pki)
    if query is None:
        return _unsuccessful(_MALFORMED)
    if query.issuer is None:
        return _unsuccessful(_UNAUTHORISED)
    made = now - _STALE if mode is OcspMode.STALE else now
    nonce = query.nonce
    if nonce is not None and mode is OcspMode.WRONG_NONCE:
        nonce = secrets.token_bytes(len(nonce))
    status = _status(query.serial, pki, query.issuer)
    signer = query.issuer.ocsp
    if mode is OcspMode.FORGED:
        status = w.tlv(context(_GOOD, constructed=False))
        signer = replace(signer, key=query.issuer.tsa.key)
    single = w.sequence(query.cert_id, status, w.generalized_time(made))
    return _successful(signer, single, made, nonce)


def _read_query(untrusted: bytes, pki: SandboxPki) -> _OcspQuery | None:
    try:
        cert_id = _cert_id(untrusted)
        request = ocsp.load_der_ocsp_request(untrusted)
        named = (request.issuer_name_hash, request.issuer_key_hash)
        issuer = next(
            (
                each
                for each in pki.hierarchies.values()
                if named == _issuer_hashes(each.nca.parsed, request.hash_algorithm)
            ),
            None,
        )
        return _OcspQuery(cert_id, request.serial_number, issuer, _nonce(request))
    # Both readers' errors, and what cryptography raises for more requests than one.
    except (DerError, ValueError, NotImplementedError, UnsupportedAlgorithm):
        return None


def _cert_id(untrusted: bytes) -> bytes:
    """Return CertID as it was sent: the client compares it as a whole."""
    fields = parse(untrusted, _REQUEST_LIMITS).fields().take(SEQUENCE).fields()
    fields.optional(context(0))
    fields.optional(context(1))
    return fields.take(SEQUENCE).only_child().fields().take(SEQUENCE).raw


def _issuer_hashes(issuer: Certificate, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    """Hash the name and the contents of the key's BIT STRING (RFC 6960 4.1.1)."""
    digests = []
    for hashed in (issuer.subject.raw, issuer.key.key):
        digest = hashes.Hash(algorithm)
        digest.update(hashed)
        digests.append(digest.finalize())
    return digests[0], digests[1]


def _nonce(request: ocsp.OCSPRequest) -> bytes | None:
    try:
        return request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _status(serial: int, pki: SandboxPki, issuer: Hierarchy) -> bytes:
    revocation = pki.revocations(issuer.family).get(serial)
    if revocation is not None:
        reason = w.explicit(0, w.integer(revocation.reason, ENUMERATED))
        return w.tlv(context(_REVOKED), w.generalized_time(revocation.since), reason)
    known = serial in pki.issued_serials(issuer.family)
    return w.tlv(context(_GOOD if known else _UNKNOWN, constructed=False))


def _successful(signer: Credential, single: bytes, made: datetime, nonce: bytes | None) -> bytes:
    extensions = b""
    if nonce is not None:
        echoed = w.sequence(w.oid(oids.OCSP_NONCE), w.octet_string(w.octet_string(nonce)))
        extensions = w.explicit(1, w.sequence(echoed))
    data = w.sequence(
        w.explicit(1, signer.parsed.subject.raw),
        w.generalized_time(made),
        w.sequence(single),
        extensions,
    )
    basic = w.sequence(
        data,
        w.algorithm(signer.key.signature_oid),
        w.bit_string(signer.key.sign(data)),
        w.explicit(0, w.sequence(signer.der)),
    )
    answer = w.sequence(w.oid(oids.OCSP_BASIC), w.octet_string(basic))
    return w.sequence(w.integer(0, ENUMERATED), w.explicit(0, answer))


def _unsuccessful(status: int) -> bytes:
    return w.sequence(w.integer(status, ENUMERATED))
