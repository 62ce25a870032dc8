"""OCSP requests and responses (RFC 6960), read strictly; nothing is checked here."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import AlgorithmRegistry
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.der import (
    BIT_STRING,
    ENUMERATED,
    OCTET_STRING,
    SEQUENCE,
    DerError,
    Fields,
    Limits,
    Node,
    context,
    parse,
)
from crypto.x509 import extensions as ext
from crypto.x509.certificate import Certificate
from crypto.x509.names import Name, read_issuer

__all__ = [
    "CertificateId",
    "OcspResponse",
    "OcspStatus",
    "SingleResponse",
    "build_request",
    "read_requested_certificate",
]

_LIMITS = Limits(octets=1024 * 1024, depth=24, elements=20_000)
_PART_LIMITS = Limits(octets=1024 * 1024, depth=23, elements=20_000)
_MAX_SINGLES = 256
_MAX_CERTIFICATES = 16
_MAX_REASON = 10
_NONCE_OCTETS = range(1, 129)
_SUCCESSFUL = 0
_NO_ALGORITHM = AlgorithmIdentifier("", None)
_ERRORS = {
    1: "malformed_request",
    2: "internal_error",
    3: "try_later",
    5: "signature_required",
    6: "unauthorized",
}


class OcspStatus(StrEnum):
    """certStatus of one SingleResponse."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CertificateId:
    """CertID: digest identifier, digest of the issuer's name and key, serial number."""

    digest_oid: str
    name_hash: bytes
    key_hash: bytes
    serial: int

    @classmethod
    def compute(
        cls, certificate: Certificate, issuer: Certificate, registry: AlgorithmRegistry, oid: str
    ) -> Self | None:
        """Compute the identifier of a certificate; None when the digest is not supported.

        The name is the certificate's issuer field; the key is the content of the issuer's BIT
        STRING, inner OCTET STRING included where a key has one (as НУЦ's responder does).
        """
        digest = registry.digest(oid)
        if digest is None:
            return None
        name = digest.hash(certificate.issuer.raw)
        return cls(digest.oids[0], name, digest.hash(issuer.key.key), certificate.serial)

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read CertID."""
        fields = node.fields()
        digest = AlgorithmIdentifier.read(fields.any())
        found = cls(
            digest.oid, v.octets(fields.any()), v.octets(fields.any()), v.integer(fields.any())
        )
        fields.end()
        return found

    def encode(self) -> bytes:
        """Write CertID."""
        return w.sequence(
            w.algorithm(self.digest_oid),
            w.octet_string(self.name_hash),
            w.octet_string(self.key_hash),
            w.integer(self.serial),
        )


def build_request(identifier: CertificateId, nonce: bytes | None) -> bytes:
    """Encode OCSPRequest for one certificate, unsigned, with the nonce when one is given."""
    requests = w.sequence(w.sequence(identifier.encode()))
    extensions = b""
    if nonce is not None:
        value = w.octet_string(w.octet_string(nonce))
        extensions = w.explicit(2, w.sequence(w.sequence(w.oid(oids.OCSP_NONCE), value)))
    return w.sequence(w.sequence(requests, extensions))


def read_requested_certificate(request: bytes) -> CertificateId:
    """Read which certificate a request of `build_request` asks about; DerError."""
    fields = parse(request, _LIMITS).fields().take(SEQUENCE).fields()
    requested = CertificateId.read(fields.take(SEQUENCE).only_child().only_child())
    fields.optional(context(2))
    fields.end()
    return requested


@dataclass(frozen=True, slots=True)
class SingleResponse:
    """What a responder says about one certificate.

    revoked_at  the invalidity date where that is earlier, as in a list's entry (RFC 6960 4.4.5)
    defect  unknown critical extension, empty when there is none
    """

    certificate: CertificateId
    status: OcspStatus
    revoked_at: datetime | None
    reason: int | None
    this_update: datetime
    next_update: datetime | None
    defect: str


@dataclass(frozen=True, slots=True, repr=False)
class OcspResponse:
    """A response as read.

    error           responseStatus when it is not successful; all other fields are then empty
    responder       name, or None when the responder is named by key
    responder_key   SHA-1 of the responder's key, or empty
    fractions       a time had a fraction of a second, which RFC 6960 forbids
    """

    sha256: str
    error: str
    tbs: bytes = b""
    algorithm: AlgorithmIdentifier = _NO_ALGORITHM
    signature: bytes = b""
    responder: Name | None = None
    responder_key: bytes = b""
    produced_at: datetime | None = None
    singles: tuple[SingleResponse, ...] = ()
    nonce: bytes | None = None
    extended_revoke: bool = False
    defect: str = ""
    certificates: tuple[Certificate, ...] = ()
    fractions: bool = False

    @classmethod
    def parse(cls, untrusted_der: bytes) -> Self:
        """Read one OCSPResponse of at most 1 MiB; DerError."""
        fields = parse(untrusted_der, _LIMITS).fields()
        status = v.small_integer(fields.any(), ENUMERATED)
        body = fields.optional(context(0))
        fields.end()
        sha256 = hashlib.sha256(untrusted_der).hexdigest()
        if status != _SUCCESSFUL:
            if body is not None:
                raise DerError("ocsp_error_with_body")
            return cls(sha256, _ERRORS.get(status, f"status_{status}"))
        if body is None:
            raise DerError("ocsp_without_body")
        return cls._basic(sha256, body.only_child().fields())

    @classmethod
    def _basic(cls, sha256: str, fields: Fields) -> Self:
        if v.oid(fields.any()) != oids.OCSP_BASIC:
            raise DerError("ocsp_type")
        basic = _open(v.octets(fields.take(OCTET_STRING)))
        fields.end()
        tbs = parse(basic.take(SEQUENCE).raw, _PART_LIMITS)
        algorithm = AlgorithmIdentifier.read(parse(basic.any().raw, _PART_LIMITS))
        signature = v.bit_octets(basic.take(BIT_STRING))
        certificates = _read_certificates(basic.optional(context(0)))
        basic.end()
        data = tbs.fields()
        if data.optional(context(0)) is not None:
            raise DerError("ocsp_version")  # v1 is the default and is not written
        responder, responder_key = _read_responder(data.any())
        produced_at, fractions = v.generalized_time(data.any())
        times = [fractions]
        singles = tuple(_read_single(node, times) for node in data.take(SEQUENCE).children())
        if not 0 < len(singles) <= _MAX_SINGLES:
            raise DerError("ocsp_singles")
        found: dict[str, ext.Extension] = {}
        if (node := data.optional(context(1))) is not None:
            found = ext.read_extensions(node.only_child())
        data.end()
        return cls(
            sha256=sha256,
            error="",
            tbs=tbs.raw,
            algorithm=algorithm,
            signature=signature,
            responder=responder,
            responder_key=responder_key,
            produced_at=produced_at,
            singles=singles,
            nonce=_read_nonce(found.get(oids.OCSP_NONCE)),
            extended_revoke=oids.OCSP_EXTENDED_REVOKE in found,
            defect=_find_defect(found, {oids.OCSP_NONCE, oids.OCSP_EXTENDED_REVOKE}),
            certificates=certificates,
            fractions=any(times),
        )


def _open(basic: bytes) -> Fields:
    """Open BasicOCSPResponse by one level: its certificates are read once, as certificates."""
    root = Node.at(basic, 0, len(basic))
    if root.end != len(basic):
        raise DerError("trailing_bytes")
    return root.fields()


def _read_certificates(node: Node | None) -> tuple[Certificate, ...]:
    if node is None:
        return ()
    children = node.only_child().expect(SEQUENCE).elements()
    if len(children) > _MAX_CERTIFICATES:
        raise DerError("ocsp_certificates")
    return tuple(Certificate.parse(child.raw) for child in children)


def _read_responder(node: Node) -> tuple[Name | None, bytes]:
    if node.tag == context(1):
        return read_issuer(node.only_child().raw), b""
    return None, v.octets(node.expect(context(2)).only_child())


def _read_single(node: Node, times: list[bool]) -> SingleResponse:
    fields = node.fields()
    identifier = CertificateId.read(fields.any())
    status, revoked_at, reason = _read_status(fields.any(), times)
    this_update, fraction = v.generalized_time(fields.any())
    times.append(fraction)
    next_update: datetime | None = None
    if (following := fields.optional(context(0))) is not None:
        next_update, fraction = v.generalized_time(following.only_child())
        times.append(fraction)
    found: dict[str, ext.Extension] = {}
    if (extensions := fields.optional(context(1))) is not None:
        found = ext.read_extensions(extensions.only_child())
    fields.end()
    if revoked_at is not None and oids.INVALIDITY_DATE in found:
        invalid, fraction = v.generalized_time(found[oids.INVALIDITY_DATE].root())
        revoked_at = min(revoked_at, invalid)
        times.append(fraction)
    defect = _find_defect(found, {oids.INVALIDITY_DATE})
    return SingleResponse(identifier, status, revoked_at, reason, this_update, next_update, defect)


def _read_status(node: Node, times: list[bool]) -> tuple[OcspStatus, datetime | None, int | None]:
    if node.tag in {context(0, constructed=False), context(2, constructed=False)}:
        if node.content:
            raise DerError("ocsp_status")
        good = node.tag == context(0, constructed=False)
        return (OcspStatus.GOOD if good else OcspStatus.UNKNOWN), None, None
    fields = node.fields(context(1))
    revoked_at, fraction = v.generalized_time(fields.any())
    times.append(fraction)
    reason: int | None = None
    if (stated := fields.optional(context(0))) is not None:
        reason = v.small_integer(stated.only_child(), ENUMERATED, maximum=_MAX_REASON)
    fields.end()
    return OcspStatus.REVOKED, revoked_at, reason


def _read_nonce(extension: ext.Extension | None) -> bytes | None:
    if extension is None:
        return None
    try:
        return v.octets(extension.root())
    except DerError:
        # RFC 2560 responders put the octets bare, without an inner OCTET STRING.
        if len(extension.value) not in _NONCE_OCTETS:
            raise
        return extension.value


def _find_defect(found: dict[str, ext.Extension], known: set[str]) -> str:
    unknown = sorted(e.oid for e in found.values() if e.critical and e.oid not in known)
    return f"unknown_critical:{unknown[0]}" if unknown else ""
