"""Lists and OCSP answers the sandbox's authorities give (RFC 5280 5, RFC 6960 4.2)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from crypto.pki import der_writer as w
from crypto.pki import oids
from crypto.pki.der import ENUMERATED, SEQUENCE, DerError, Limits, context, parse
from workstation.sandbox.issuance import Credential
from workstation.sandbox.pki import SandboxPki

__all__ = ["CrlMode", "OcspMode", "ocsp_answer", "revocation_list"]

_CRL_LIFE = timedelta(hours=27)
_STALE = timedelta(days=10)
_REQUEST_LIMITS = Limits(octets=8192, depth=16, elements=256)
_MALFORMED, _TRY_LATER, _UNAUTHORISED = 1, 3, 6
_KEY_COMPROMISE = 1
_CAPTIVE_PORTAL = b"<html><body>SANDBOX captive portal: please sign in</body></html>"


class CrlMode(StrEnum):
    """How the list service behaves."""

    NORMAL = "normal"
    DOWN = "down"
    STALE = "stale"
    EMPTY = "empty"
    TRUNCATED = "truncated"


class OcspMode(StrEnum):
    """How the OCSP responder behaves."""

    NORMAL = "normal"
    DOWN = "down"
    GARBAGE = "garbage"
    TRY_LATER = "try_later"
    STALE = "stale"
    WRONG_NONCE = "wrong_nonce"


def revocation_list(
    issuer: Credential, revoked: Mapping[int, datetime], mode: CrlMode, now: datetime
) -> bytes:
    """Return a signed list as DER; the broken modes break it after signing."""
    if mode is CrlMode.EMPTY:
        return b""
    made = now - _STALE if mode is CrlMode.STALE else now - timedelta(minutes=5)
    extensions = issuer.certificate.extensions
    named = extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(made)
        .next_update(made + _CRL_LIFE)
        .add_extension(x509.CRLNumber(int(made.timestamp()) // 3600), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(named), critical=False
        )
    )
    for serial, since in revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
        builder = builder.add_revoked_certificate(
            entry.add_extension(reason, critical=False).build()
        )
    signed = builder.sign(issuer.key, hashes.SHA256())
    der = signed.public_bytes(serialization.Encoding.DER)
    return der[: len(der) // 2] if mode is CrlMode.TRUNCATED else der


@dataclass(frozen=True, slots=True)
class _Asked:
    cert_id: bytes
    serial: int
    ours: bool
    nonce: bytes | None


def ocsp_answer(untrusted: bytes, pki: SandboxPki, mode: OcspMode, now: datetime) -> bytes:
    """Return the DER of an OCSPResponse to the request, as a delegated responder of `nca`."""
    if mode is OcspMode.GARBAGE:
        return _CAPTIVE_PORTAL
    if mode is OcspMode.TRY_LATER:
        return _unsuccessful(_TRY_LATER)
    asked = _read(untrusted, pki.nca)
    if asked is None:
        return _unsuccessful(_MALFORMED)
    if not asked.ours:
        return _unsuccessful(_UNAUTHORISED)
    made = now - _STALE if mode is OcspMode.STALE else now
    nonce = asked.nonce
    if nonce is not None and mode is OcspMode.WRONG_NONCE:
        nonce = secrets.token_bytes(len(nonce))
    single = w.sequence(asked.cert_id, _status(asked.serial, pki), w.generalized_time(made))
    return _successful(pki.ocsp, single, made, nonce)


def _read(untrusted: bytes, nca: Credential) -> _Asked | None:
    try:
        cert_id = _cert_id(untrusted)
        request = ocsp.load_der_ocsp_request(untrusted)
        named = (request.issuer_name_hash, request.issuer_key_hash)
        ours = named == _issuer_hashes(nca.certificate, request.hash_algorithm)
        return _Asked(cert_id, request.serial_number, ours, _nonce(request))
    # Both readers' errors, and what cryptography raises for more requests than one.
    except (DerError, ValueError, NotImplementedError, UnsupportedAlgorithm):
        return None


def _cert_id(untrusted: bytes) -> bytes:
    """Return CertID as it was sent: the client compares it as a whole."""
    fields = parse(untrusted, _REQUEST_LIMITS).fields().take(SEQUENCE).fields()
    fields.optional(context(0))
    fields.optional(context(1))
    return fields.take(SEQUENCE).only_child().fields().take(SEQUENCE).raw


def _issuer_hashes(
    issuer: x509.Certificate, algorithm: hashes.HashAlgorithm
) -> tuple[bytes, bytes]:
    key = issuer.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.PKCS1
    )
    digests = []
    for hashed in (issuer.subject.public_bytes(), key):
        digest = hashes.Hash(algorithm)
        digest.update(hashed)
        digests.append(digest.finalize())
    return digests[0], digests[1]


def _nonce(request: ocsp.OCSPRequest) -> bytes | None:
    try:
        return request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _status(serial: int, pki: SandboxPki) -> bytes:
    since = pki.revocations().get(serial)
    if since is not None:
        reason = w.explicit(0, w.integer(_KEY_COMPROMISE, ENUMERATED))
        return w.tlv(context(1), w.generalized_time(since), reason)
    known = serial in pki.issued_serials()
    return w.tlv(context(0 if known else 2, constructed=False))


def _successful(signer: Credential, single: bytes, made: datetime, nonce: bytes | None) -> bytes:
    extensions = b""
    if nonce is not None:
        echoed = w.sequence(w.oid(oids.OCSP_NONCE), w.octet_string(w.octet_string(nonce)))
        extensions = w.explicit(1, w.sequence(echoed))
    data = w.sequence(
        w.explicit(1, signer.certificate.subject.public_bytes()),
        w.generalized_time(made),
        w.sequence(single),
        extensions,
    )
    basic = w.sequence(
        data,
        w.algorithm(oids.SHA256_WITH_RSA),
        w.bit_string(signer.sign(data)),
        w.explicit(0, w.sequence(signer.der)),
    )
    answer = w.sequence(w.oid(oids.OCSP_BASIC), w.octet_string(basic))
    return w.sequence(w.integer(0, ENUMERATED), w.explicit(0, answer))


def _unsuccessful(status: int) -> bytes:
    return w.sequence(w.integer(status, ENUMERATED))
