"""An XML signature validated like a message: the same steps, the same report, one signature."""

import hashlib

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.cms.proof_of_existence import judge_without_proof
from crypto.cms.signer import make_signature_step
from crypto.cms.validation_process import ValidationProcess, malformed
from crypto.errors import CryptoError
from crypto.report.report import SignatureReport, SubIndication
from crypto.revocation.context import ValidationContext
from crypto.validation.certificate import validate_certificate
from crypto.validation.step import ValidationStep, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate
from crypto.x509.profile import subject_facts
from crypto.xmldsig.errors import XmlFormUnsupported, XmlNotInstalled
from crypto.xmldsig.reader import SignedXml, read_signed_xml
from crypto.xmldsig.uris import DIGESTS, SIGNATURES

__all__ = ["validate_xml_signature"]

_CRYPTO = SubIndication.CRYPTO_CONSTRAINTS_FAILURE
_UNSUPPORTED = "signature.algorithm_not_supported"


def validate_xml_signature(
    untrusted: bytes, content: bytes | None, context: ValidationContext
) -> SignatureReport:
    """Validate an enveloped signature over a whole document.

    content  canonical octets the document must have; None asks no such question

    XmlNotInstalled when the library for canonical XML is missing; nothing else is raised.
    """
    process = ValidationProcess(hashlib.sha256(untrusted).hexdigest(), context.moment)
    try:
        found = read_signed_xml(untrusted)
    except XmlNotInstalled:
        raise
    except XmlFormUnsupported as other:
        sub, reason = SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.xml_form_not_supported"
        process.steps.append(unsettled("format", sub, reason, other.detail))
    except CryptoError as error:
        process.steps.append(malformed(error))
    else:
        _validate(process, found, content, context)
    return process.report()


def _validate(
    process: ValidationProcess, found: SignedXml, content: bytes | None, context: ValidationContext
) -> None:
    process.content_sha256 = hashlib.sha256(found.content).hexdigest()
    process.steps += (passed("format", "xmldsig"), passed("signers", "1"))
    process.steps.append(_check_content(found, content))
    process.steps.append(warning("signing_time", "absent"))
    process.steps.append(_check_digest(found, context))
    certificates = _parse_readable(found.certificates)
    if not found.certificates or not certificates or certificates[0].raw != found.certificates[0]:
        sub = SubIndication.NO_SIGNING_CERTIFICATE_FOUND
        process.steps.append(
            unsettled("signing_certificate", sub, "signature.no_signing_certificate", "absent")
        )
        return
    signer = certificates[0]
    process.subject = subject_facts(signer)
    # KeyInfo is not signed: which certificate of the key was meant is not proven.
    process.steps.append(warning("signing_certificate", "absent"))
    process.steps.append(_verify_signature(found, signer, context))
    found_now = validate_certificate(signer, certificates[1:], context, expected_iin=None)
    result = judge_without_proof(found_now, stamped=False)  # an XML signature brings no time-stamp
    process.chain = tuple(item.sha256 for item in result.chain)
    process.steps += result.steps
    process.evidence += result.evidence


def _check_content(found: SignedXml, expected: bytes | None) -> ValidationStep:
    if expected is not None and expected != found.content:
        sub = SubIndication.HASH_FAILURE
        return failed("content", sub, "signature.content_mismatch", "enveloped")
    if found.comments:
        return warning("content", "comments_not_signed")
    return passed("content", "enveloped")


def _parse_readable(ders: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    found: list[Certificate] = []
    for der in ders:
        try:
            found.append(Certificate.parse(der))
        except CryptoError:
            continue
    return tuple(found)


def _check_digest(found: SignedXml, context: ValidationContext) -> ValidationStep:
    digest = context.registry.digest(DIGESTS.get(found.digest_uri, ""))
    if digest is None:
        return unsettled("message_digest", _CRYPTO, _UNSUPPORTED, found.digest_uri[:120])
    if not digest.strong:
        weak = "signature.algorithm_too_weak"
        return unsettled("message_digest", _CRYPTO, weak, digest.name)
    if digest.hash(found.content) != found.digest:
        sub = SubIndication.HASH_FAILURE
        return failed("message_digest", sub, "signature.content_mismatch")
    return passed("message_digest", digest.name)


def _verify_signature(
    found: SignedXml, signer: Certificate, context: ValidationContext
) -> ValidationStep:
    oid = SIGNATURES.get(found.signature_uri)
    if oid is None:
        return unsettled("signature_value", _CRYPTO, _UNSUPPORTED, found.signature_uri[:120])
    check = context.registry.verify(
        algorithm=AlgorithmIdentifier(oid, None),
        key=signer.key,
        message=found.signed_info,
        signature=found.signature,
        policy=context.keys,
    )
    return make_signature_step(check)
