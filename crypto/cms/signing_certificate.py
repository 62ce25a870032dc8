"""Which certificate of a message is the signer's: its identifier, then what was signed about it.

The certificates of a message are signed by nobody, so anybody can add one of the same issuer and
serial number. The attribute signing-certificate (RFC 5035) names the right one by its digest;
where it is missing, the key that verifies the signature does.
"""

from dataclasses import dataclass

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import SEQUENCE, DerError, Node
from crypto.cms.signature_value import verify_value
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.path.context import VerificationContext
from crypto.report.report import SubIndication
from crypto.validation.step import ValidationStep, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate
from crypto.x509.general_names import general_names

__all__ = [
    "CertificateSelection",
    "check_signing_certificate",
    "is_certificate_named",
    "select_signing_certificate",
]

_ATTRIBUTES = (
    (oids.SIGNING_CERTIFICATE_V2, oids.SHA256),
    (oids.SIGNING_CERTIFICATE, oids.SHA1),
)
# Each is hashed or costs a signature; nobody honest brings two of one issuer and serial number.
_MAX_NAMESAKES = 16
_CRYPTO = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
_MISSING = SubIndication.NO_SIGNING_CERTIFICATE_FOUND
_MISMATCH = "signature.signing_certificate_mismatch"


@dataclass(frozen=True, slots=True)
class CertificateSelection:
    """The certificate, and what is to be said about the choice; None: the step says why."""

    certificate: Certificate | None
    step: ValidationStep | None


def select_signing_certificate(
    signed: SignedData, signer: SignerInfo, context: VerificationContext
) -> CertificateSelection:
    """Select the certificate of the message that the signer means (EN 319 102-1 5.2.3); DerError.

    A single one is returned whatever is signed about it: `check_signing_certificate` judges that.
    """
    matching = tuple({c.sha256: c for c in signed.certificates if signer.names(c)}.values())
    if len(matching) == 1:
        return CertificateSelection(matching[0], None)
    if not matching:
        if not signed.unreadable:
            return _refuse("signature.no_signing_certificate", "absent")
        # It may be the one that cannot be read: the customer did bring a certificate.
        detail = f"unreadable:{signed.unreadable}"
        return _refuse("signature.signing_certificate_unreadable", detail)
    said = warning("signing_certificate", f"namesakes:{len(matching)}")
    if len(matching) > _MAX_NAMESAKES:
        chosen: list[Certificate] = []
    elif is_certificate_named(signer):
        found = [(each, _match(signer, each, context)) for each in matching]
        chosen = [each for each, match in found if match == ""]
        if all(match == _MISMATCH for _, match in found):
            sub = SubIndication.SIG_CONSTRAINTS_FAILURE
            detail = f"none_of:{len(matching)}"
            return CertificateSelection(None, failed("signing_certificate", sub, _MISMATCH, detail))
    else:
        message = signer.signed_octets or signed.content
        chosen = [
            each
            for each in matching
            if message is not None and verify_value(signer, each, message, context).valid
        ]
    if len(chosen) == 1:
        return CertificateSelection(chosen[0], said)
    return _refuse("signature.signing_certificate_ambiguous", f"namesakes:{len(matching)}")


def is_certificate_named(signer: SignerInfo) -> bool:
    """Tell whether a signed attribute names the signer's certificate by digest; DerError."""
    return any(signer.single(oid) is not None for oid, _ in _ATTRIBUTES)


def check_signing_certificate(
    signer: SignerInfo, certificate: Certificate, context: VerificationContext
) -> list[ValidationStep]:
    """Check that signing-certificate (RFC 5035) names this one first, where it is there; DerError.

    Of an attribute in both versions both are checked.
    """
    if not is_certificate_named(signer):
        return [warning("signing_certificate", "absent")]
    match = _match(signer, certificate, context)
    if match == _MISMATCH:
        sub = SubIndication.SIG_CONSTRAINTS_FAILURE
        return [failed("signing_certificate", sub, _MISMATCH)]
    if match:
        reason = "signature.algorithm_not_supported"
        return [unsettled("signing_certificate", _CRYPTO, reason, match)]
    return [passed("signing_certificate")]


def _refuse(reason: str, detail: str) -> CertificateSelection:
    return CertificateSelection(None, unsettled("signing_certificate", _MISSING, reason, detail))


def _match(signer: SignerInfo, certificate: Certificate, context: VerificationContext) -> str:
    """Return empty when the attributes name it, the mismatch, or a digest that is unknown."""
    for oid, default in _ATTRIBUTES:
        node = signer.single(oid)
        if node is None:
            continue
        digest_oid, value, same = _read_identifier(node, oid, default, certificate)
        digest = context.registry.digest(digest_oid)
        if digest is None:
            return digest_oid
        if not same or digest.hash(certificate.raw) != value:
            return _MISMATCH
    return ""


def _read_identifier(
    node: Node, oid: str, default: str, certificate: Certificate
) -> tuple[str, bytes, bool]:
    """Read the first ESSCertID(v2): digest, value, and whether its issuerSerial agrees."""
    first = next(node.fields().take(SEQUENCE).children(), None)
    if first is None:
        raise DerError("signing_certificate_empty")
    fields = first.fields()
    digest_oid = default
    if oid == oids.SIGNING_CERTIFICATE_V2 and fields.peek() == SEQUENCE:
        digest_oid = AlgorithmIdentifier.read(fields.take(SEQUENCE)).oid
    value = v.octets(fields.any())
    same = True
    if (issuer_serial := fields.optional(SEQUENCE)) is not None:
        inner = issuer_serial.fields()
        names = general_names(inner.any(), SEQUENCE)
        serial = v.integer(inner.any())
        inner.end()
        issuers = {name.name for name in names}
        same = serial == certificate.serial and issuers == {certificate.issuer}
    fields.end()
    return digest_oid, value, same
