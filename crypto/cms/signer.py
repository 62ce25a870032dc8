"""Cryptographic verification of one SignerInfo (RFC 5652 5.4 to 5.6, RFC 5035, RFC 6211)."""

from dataclasses import dataclass, field

from crypto.algorithms.algorithm import DigestAlgorithm
from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.algorithms.registry import SignatureCheck, SignatureOutcome
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import SEQUENCE, SET, Node, context
from crypto.cms.line_ends import vary_line_ends
from crypto.cms.signature_value import verify_value
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signing_certificate import check_signing_certificate
from crypto.path.context import VerificationContext
from crypto.report.report import SubIndication
from crypto.validation.step import ValidationStep, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate

__all__ = ["SignatureSubject", "make_signature_step", "verify_signer"]

_FORMAT = SubIndication.FORMAT_FAILURE
_CRYPTO = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
_MAX_BARE_AGAIN = 1 << 20
_UNSUPPORTED = "signature.algorithm_not_supported"


@dataclass(frozen=True, slots=True)
class SignatureSubject:
    """A signature to verify: of whom, over what, with whose certificate.

    content  None: known to be another than expected, so it is not hashed, whatever its size
    content_type  that the message must have; None: of a counter-signature, which states none
    digests  of the content, by algorithm, shared by the signers of one message
    """

    signed_data: SignedData
    signer: SignerInfo
    certificate: Certificate
    content: bytes | None
    content_type: str | None
    digests: dict[str, bytes] = field(default_factory=dict)


def verify_signer(subject: SignatureSubject, context: VerificationContext) -> list[ValidationStep]:
    """Verify attributes, digest, signing-certificate attributes and the signature value.

    DerError when an attribute is malformed or repeated: the caller reports the whole as malformed.
    """
    signer = subject.signer
    if subject.content_type not in {None, subject.signed_data.content_type}:
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
        steps += check_signing_certificate(signer, subject.certificate, context)
    if message is not None:
        steps += _verify_signature(subject, message, context)
    return steps


def _check_bare(subject: SignatureSubject) -> ValidationStep:
    if subject.content_type is None:
        return warning("signed_attributes", "absent")
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
    counter = subject.content_type is None  # RFC 5652 11.4: it must not state a content type
    if claimed is None or (stated is None) is not counter:
        detail = "content_type_stated" if counter and stated else "incomplete"
        return [failed("signed_attributes", _FORMAT, "signature.malformed", detail)]
    if stated is not None and v.oid(stated) != subject.signed_data.content_type:
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
        reason = "signature.content_mismatch"
        if any(digest.hash(e) == v.octets(claimed) for e in vary_line_ends(subject.content)):
            reason = "signature.content_line_ends"
        steps.append(failed("message_digest", SubIndication.HASH_FAILURE, reason))
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


_REASONS = {
    SignatureOutcome.NOT_SUPPORTED: (_CRYPTO, _UNSUPPORTED),
    SignatureOutcome.KEY_REFUSED: (_CRYPTO, "signature.public_key_refused"),
    SignatureOutcome.WEAK: (_CRYPTO, "signature.algorithm_too_weak"),
}


def _verify_signature(
    subject: SignatureSubject, message: bytes, context: VerificationContext
) -> list[ValidationStep]:
    signer = subject.signer
    found = verify_value(signer, subject.certificate, message, context)
    steps: list[ValidationStep] = []
    if found.reordered:
        steps.append(warning("signed_attributes", "signed_in_der_order"))
    elif not signer.canonical:
        steps.append(warning("signed_attributes", "order_is_not_der"))
    if found.check.without_null:
        steps.append(warning("signature_encoding", "digest_info_without_null"))
    if found.check.outcome is SignatureOutcome.WRONG and signer.signed_octets is None:
        others = vary_line_ends(message)
        if any(verify_value(signer, subject.certificate, e, context).valid for e in others):
            sub, reason = SubIndication.HASH_FAILURE, "signature.content_line_ends"
            return [*steps, failed("signature_value", sub, reason)]
    return [*steps, make_signature_step(found.check)]


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
