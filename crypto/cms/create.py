"""CMS signatures in the shape NCALayer makes them (CAdES-BES, ETSI EN 319 122-1).

SignedData version 1, only the signer's certificate by default, SignerInfo version 1 by issuer
and serial number, signed attributes contentType, signingTime, signing-certificate-v2 and
messageDigest in DER order. The key stays with the caller, who passes a signing function. Used
by the sandbox and by tests: a workstation never holds a customer's key.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.asn1 import oids
from crypto.asn1 import writer as w
from crypto.asn1.der import Node, context
from crypto.x509.certificate import Certificate

__all__ = ["attribute", "sign_cms"]

_VERSION = 1
_UNSIGNED_TAG = context(1)


def attribute(dotted: str, *values: bytes) -> bytes:
    """Encode Attribute { attrType, SET OF values }; each value is a whole encoding."""
    return w.sequence(w.oid(dotted), w.set_of(values))


def sign_cms(  # noqa: PLR0913 - one argument per part of SignedData, all keywords
    content: bytes,
    *,
    certificate: bytes,
    sign: Callable[[bytes], bytes],
    digest_oid: str,
    signature_oid: str,
    signing_time: datetime,
    registry: AlgorithmRegistry | None = None,
    detached: bool = False,
    extra_certificates: Sequence[bytes] = (),
    content_type: str = oids.DATA,
    unsigned: Callable[[bytes], Sequence[bytes]] | None = None,
) -> bytes:
    """Sign `content` and return the DER of the ContentInfo.

    certificate         DER of the signer's certificate
    sign                hashes and signs the DER of the signed attributes (tag SET)
    digest_oid          digest of the content, and of the attributes as `sign` makes it
    signature_oid       named by SignerInfo.signatureAlgorithm
    registry            the built-in one when not given
    extra_certificates  DER, embedded besides the signer's
    unsigned            gets the signature value, returns unsigned attributes, e.g. a time-stamp
    """
    algorithms = registry or default_registry()
    signer = Certificate.parse(certificate)
    digest = w.algorithm(digest_oid)
    attributes = _encode_attributes(
        content, certificate, digest_oid, content_type, signing_time, algorithms
    )
    signature = sign(attributes)
    signer_info = w.sequence(
        w.integer(_VERSION),
        w.sequence(signer.issuer.raw, w.integer(signer.serial)),
        digest,
        w.tlv(context(0), _unwrap(attributes)),
        algorithms.signature_identifier(signature_oid),
        w.octet_string(signature),
        w.set_of(unsigned(signature), _UNSIGNED_TAG) if unsigned is not None else b"",
    )
    encapsulated = b"" if detached else w.explicit(0, w.octet_string(content))
    signed_data = w.sequence(
        # RFC 5652 5.1: version 3 as soon as the content is not id-data.
        w.integer(_VERSION if content_type == oids.DATA else 3),
        w.set_of((digest,)),
        w.sequence(w.oid(content_type), encapsulated),
        w.set_of({certificate, *extra_certificates}, context(0)),
        w.set_of((signer_info,)),
    )
    return w.sequence(w.oid(oids.SIGNED_DATA), w.explicit(0, signed_data))


def _encode_attributes(
    content: bytes,
    certificate: bytes,
    digest_oid: str,
    content_type: str,
    signing_time: datetime,
    algorithms: AlgorithmRegistry,
) -> bytes:
    return w.set_of(
        (
            attribute(oids.CONTENT_TYPE, w.oid(content_type)),
            attribute(oids.SIGNING_TIME, w.utc_time(signing_time)),
            attribute(
                oids.SIGNING_CERTIFICATE_V2, _encode_signing_certificate(certificate, algorithms)
            ),
            attribute(
                oids.MESSAGE_DIGEST,
                w.octet_string(algorithms.require_digest(digest_oid).hash(content)),
            ),
        )
    )


def _encode_signing_certificate(certificate: bytes, registry: AlgorithmRegistry) -> bytes:
    # ESSCertIDv2 with the default hash SHA-256, which is then not written (RFC 5035 section 4).
    digest = registry.require_digest(oids.SHA256).hash(certificate)
    return w.sequence(w.sequence(w.sequence(w.octet_string(digest))))


def _unwrap(encoded: bytes) -> bytes:
    return Node.at(encoded, 0, len(encoded)).content
