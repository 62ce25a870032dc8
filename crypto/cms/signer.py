"""Cryptographic verification of one SignerInfo (RFC 5652 5.4 to 5.6, RFC 5035, RFC 6211)."""

from dataclasses import dataclass, field

from crypto.algorithms.algorithm import DigestAlgorithm
from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import SignatureCheck, SignatureOutcome
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import SEQUENCE, SET, DerError, Node, context
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.path.context import VerificationContext
from crypto.report.report import SubIndication
from crypto.validation.step import ValidationStep, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate
from crypto.x509.general_names import general_names

__all__ = ["SignatureSubject", "make_signature_step", "verify_signer"]

_FORMAT = SubIndication.FORMAT_FAILURE
_CRYPTO = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
_MAX_BARE_AGAIN = 1 << 20
_UNSUPPORTED = "signature.algorithm_not_supported"


@dataclass(frozen=True, slots=True)
class SignatureSubject:
    """A signature to verify: of whom, over what, with whose certificate.

    content  None: known to be another than expected, so it is not hashed, whatever its size
    digests  of the content, by algorithm, shared by the signers of one message
    """

    signed_data: SignedData
    signer: SignerInfo
    certificate: Certificate
    content: bytes | None
    content_type: str
    digests: dict[str, bytes] = field(default_factory=dict)


def verify_signer(subject: SignatureSubject, context: VerificationContext) -> list[ValidationStep]:
    """Verify attributes, digest, signing-certificate attributes and the signature value.

    DerError when an attribute is malformed or repeated: the caller reports the whole as malformed.
    """
    signer = subject.signer
    if subject.signed_data.content_type != subject.content_type:
        return [failed("content_type", _FORMAT, "signature.malformed", "unexpected_content_type")]
    digest = context.registry.digest(signer.digest.oid)
    if digest is not None and not digest.accepts(signer.digest.parameters):
        return [failed("message_digest", _FORMAT, "signature.malformed", "digest_parameters")]
    steps: list[ValidationStep] = []
    message = signer.signed_octets
    if message is None:
        message = subject.content
        steps.append(_check_bare(subject))
        if message is not None and len(message) > _MAX_BARE_AGAIN and not _is_first_bare(subject):
            # Each of them would be hashed anew; nobody makes such documents.
            return [failed("signed_attributes", _FORMAT, "signature.malformed", "absent_again")]
    else:
        steps += _check_attributes(subject, digest)
        steps += _check_signing_certificate(subject, context)
    if message is not None:
        steps += _verify_signature(subject, message, context)
    return steps


def _check_bare(subject: SignatureSubject) -> ValidationStep:
    if subject.content_type != oids.DATA:
        return failed("signed_attributes", _FORMAT, "signature.malformed", "absent")
    if subject.content is not None and subject.content[:1] == bytes((SET,)):
        # Without attributes the content is signed directly, so the attributes of another
        # signature, offered as content, would verify.
        return failed("signed_attributes", _FORMAT, "signature.malformed", "content_is_attributes")
    return warning("signed_attributes", "absent")


def _check_attributes(
    subject: SignatureSubject, digest: DigestAlgorithm | None
) -> list[ValidationStep]:
    signer = subject.signer
    stated = signer.single(oids.CONTENT_TYPE)
    claimed = signer.single(oids.MESSAGE_DIGEST)
    if stated is None or claimed is None:
        return [failed("signed_attributes", _FORMAT, "signature.malformed", "incomplete")]
    if v.oid(stated) != subject.signed_data.content_type:
        return [failed("signed_attributes", _FORMAT, "signature.malformed", "content_type")]
    steps = [passed("signed_attributes")] if signer.canonical else []
    protection = signer.single(oids.CMS_ALGORITHM_PROTECTION)
    if protection is not None and not _is_protected(protection, signer):
        steps.append(failed("algorithm_protection", _FORMAT, "signature.malformed"))
    if subject.content is None:
        return steps
    if digest is None:
        steps.append(unsettled("message_digest", _CRYPTO, _UNSUPPORTED, signer.digest.oid))
    elif _hash_content(subject.content, digest, subject.digests) != v.octets(claimed):
        hash_failure = SubIndication.HASH_FAILURE
        steps.append(failed("message_digest", hash_failure, "signature.content_mismatch"))
    else:
        steps.append(passed("message_digest", digest.name))
    return steps


def _hash_content(content: bytes, digest: DigestAlgorithm, known: dict[str, bytes]) -> bytes:
    value = known.get(digest.name)
    if value is None:
        value = known[digest.name] = digest.hash(content)
    return value


def _is_first_bare(subject: SignatureSubject) -> bool:
    """Tell whether this is the first signer without attributes."""
    bare = (each for each in subject.signed_data.signers if each.signed_octets is None)
    return next(bare, None) is subject.signer


def _is_protected(node: Node, signer: SignerInfo) -> bool:
    fields = node.fields()
    digest = AlgorithmIdentifier.read(fields.take(SEQUENCE))
    algorithm = fields.optional(context(1))
    fields.end()
    if algorithm is None or digest != signer.digest:
        return False
    return _retag(algorithm) == signer.algorithm


def _retag(node: Node) -> AlgorithmIdentifier:
    encoded = bytes((SEQUENCE,)) + node.raw[1:]
    return AlgorithmIdentifier.read(Node.at(encoded, 0, len(encoded)))


def _check_signing_certificate(
    subject: SignatureSubject, context: VerificationContext
) -> list[ValidationStep]:
    """RFC 5035: the first certificate named by the attribute must be the signer's."""
    found = False
    for oid, default in (
        (oids.SIGNING_CERTIFICATE_V2, oids.SHA256),
        (oids.SIGNING_CERTIFICATE, oids.SHA1),
    ):
        node = subject.signer.single(oid)
        if node is None:
            continue
        found = True
        digest_oid, value, same = _read_ess_identifier(node, oid, default, subject.certificate)
        digest = context.registry.digest(digest_oid)
        if digest is None:
            return [unsettled("signing_certificate", _CRYPTO, _UNSUPPORTED, digest_oid)]
        if not same or digest.hash(subject.certificate.raw) != value:
            reason = "signature.signing_certificate_mismatch"
            return [failed("signing_certificate", SubIndication.SIG_CONSTRAINTS_FAILURE, reason)]
    return [passed("signing_certificate") if found else warning("signing_certificate", "absent")]


def _read_ess_identifier(
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


_REASONS = {
    SignatureOutcome.NOT_SUPPORTED: (_CRYPTO, _UNSUPPORTED),
    SignatureOutcome.KEY_REFUSED: (_CRYPTO, "signature.public_key_refused"),
    SignatureOutcome.WEAK: (_CRYPTO, "signature.algorithm_too_weak"),
}


def _verify_signature(
    subject: SignatureSubject, message: bytes, context: VerificationContext
) -> list[ValidationStep]:
    """Verify over the octets as found, else over signed attributes brought to DER.

    RFC 5652 5.4: what is signed is the DER encoding, in whatever order the attributes were sent.
    Many signers hash what they send instead, so that is tried first.
    """
    signer = subject.signer
    steps: list[ValidationStep] = []
    check = _check_value(subject, message, context)
    if check.outcome is SignatureOutcome.WRONG:
        others = (_check_value(subject, each, context) for each in signer.reordered_octets())
        again = next((each for each in others if each.outcome is SignatureOutcome.VALID), None)
        reordered, check = again is not None, again or check
    else:
        reordered = False
    if reordered:
        steps.append(warning("signed_attributes", "signed_in_der_order"))
    elif not signer.canonical:
        steps.append(warning("signed_attributes", "order_is_not_der"))
    if check.without_null:
        steps.append(warning("signature_encoding", "digest_info_without_null"))
    return [*steps, make_signature_step(check)]


def _check_value(
    subject: SignatureSubject, message: bytes, context: VerificationContext
) -> SignatureCheck:
    signer = subject.signer
    return context.registry.verify(
        algorithm=signer.algorithm,
        key=subject.certificate.key,
        message=message,
        signature=signer.signature,
        policy=context.keys,
        digest_oid=signer.digest.oid,
        without_null=True,
    )


def make_signature_step(check: SignatureCheck) -> ValidationStep:
    """Say what one verification of a signature value means."""
    if check.outcome is SignatureOutcome.VALID:
        return passed("signature_value", check.detail)
    if check.outcome in _REASONS:
        sub, reason = _REASONS[check.outcome]
        return unsettled("signature_value", sub, reason, f"{check.outcome.value}:{check.detail}")
    return failed(
        "signature_value",
        SubIndication.SIG_CRYPTO_FAILURE,
        "signature.crypto_failure",
        f"{check.outcome.value}:{check.detail}",
    )
