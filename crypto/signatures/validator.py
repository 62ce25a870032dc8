"""Signatures validated from bytes to report (order of checks: eds.md 10, EN 319 102-1 5.3).

Every check that can still be made is made: a report that stops at the first failure helps
nobody to mend anything. Nothing here raises on what it was given to judge.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.cms.examination import Bench, Question, judge_signature
from crypto.cms.signature_file import FileKind, open_signature_file
from crypto.cms.signed_data import SignedData
from crypto.cms.terms import ValidationTerms
from crypto.cms.validation_process import ValidationProcess, check_format, malformed
from crypto.errors import CryptoError
from crypto.path.trust import TrustRefused, TrustStore
from crypto.report.policy import ChecksumRule, Environment, ValidationPolicy
from crypto.report.report import SignatureReport, SubIndication
from crypto.revocation.sources import RevocationSources
from crypto.signatures.document import DocumentReport
from crypto.validation.step import failed

__all__ = ["SignatureValidator", "ValidationPolicy"]

_FORMAT = SubIndication.FORMAT_FAILURE
_DOCUMENTS = (FileKind.SIGNED_CMS, FileKind.XML_SIGNATURE)


class SignatureValidator:
    """Validates CMS signatures of persons against one trust store and one policy.

    timestamp_trust  anchors for time-stamping authorities; the signer's own when not given. They
                     differ in the test environment, whose signatures carry production time-stamps.
    registry         algorithms; the built-in ones when not given

    Raises TrustRefused when policy and trust belong to different environments, or when a
    production policy would let an ИИН pass that was never issued.
    """

    def __init__(
        self,
        *,
        trust: TrustStore,
        policy: ValidationPolicy,
        revocation: RevocationSources,
        timestamp_trust: TrustStore | None = None,
        registry: AlgorithmRegistry | None = None,
    ) -> None:
        if trust.environment is not policy.environment:
            raise TrustRefused("environment_differs")
        if policy.environment is Environment.PROD:
            if policy.iin_checksum is not ChecksumRule.STRICT:
                raise TrustRefused("checksum_not_strict")
            if timestamp_trust is not None and timestamp_trust.environment is Environment.TEST:
                raise TrustRefused("environment_differs")
        self._bench = Bench(
            trust,
            timestamp_trust or trust,
            policy,
            revocation,
            registry or default_registry(),
            policy.keys(),
        )

    @property
    def terms(self) -> ValidationTerms:
        """Whom and what this validator judges by."""
        return ValidationTerms(self._bench.trust, self._bench.timestamp_trust, self._bench.policy)

    def asking(
        self, wrap: Callable[[RevocationSources], RevocationSources]
    ) -> "SignatureValidator":
        """Return a validator of the same terms whose sources are wrapped, to record them."""
        return SignatureValidator(
            trust=self._bench.trust,
            policy=self._bench.policy,
            revocation=wrap(self._bench.sources),
            timestamp_trust=self._bench.timestamp_trust,
            registry=self._bench.registry,
        )

    def validate(
        self,
        untrusted_cms: bytes,
        *,
        expected_content: bytes | None,
        expected_iin: str | None,
        moment: datetime,
    ) -> SignatureReport:
        """Validate a signature made for us just now: a message with exactly one signer.

        untrusted_cms     PEM, base64, DER or BER of a ContentInfo
        expected_content  the very octets that were given to sign; required when detached
        expected_iin      twelve digits the certificate must state; None asks no such question
        moment            aware; every validity and freshness is judged at it
        """
        process = ValidationProcess(_sha256(untrusted_cms), moment)
        try:
            _, octets = open_signature_file(untrusted_cms)
            signed = _read_message(process, octets)
        except CryptoError as error:
            process.steps.append(malformed(error))
            return process.report()
        process.steps += check_format(signed, strict=True)
        if len(signed.signers) != 1:
            detail = str(len(signed.signers))
            process.steps.append(failed("signers", _FORMAT, "signature.malformed", detail))
            return process.report()
        question = Question(expected_content, expected_iin, fresh=True)
        return judge_signature(process, signed, signed.signers[0], question, self._bench)

    def validate_document(
        self, untrusted_cms: bytes, *, content: bytes | None, moment: datetime
    ) -> DocumentReport:
        """Validate a document signed earlier, by one or more people: each signature by itself.

        content  what was signed; required when detached, compared when attached (in XML with the
                 canonical octets of the document without its signature)

        Unlike `validate`, departures from RFC 5652 that change no meaning are findings, and a
        time-stamp that was verified proves that a signature came before a benign revocation.
        Nobody's ИИН is asked for, and nothing binds the document to a session. A document with
        an XML signature over the whole of it is taken too (XmlNotInstalled without its library).
        """
        process = ValidationProcess(_sha256(untrusted_cms), moment)
        try:
            kind, octets = open_signature_file(untrusted_cms, _DOCUMENTS)
            signed = _read_message(process, octets) if kind is FileKind.SIGNED_CMS else None
        except CryptoError as error:
            process.steps.append(malformed(error))
            return DocumentReport(process.cms_sha256, (process.report(),))
        if signed is None:
            # Not imported with the module: a PC without lxml still validates messages.
            from crypto.xmldsig.validate import validate_xml_signature

            report = validate_xml_signature(octets, self._bench, moment, content)
            return DocumentReport(report.cms_sha256, (report,))
        process.steps += check_format(signed, strict=False)
        if not signed.signers:
            process.steps.append(failed("signers", _FORMAT, "signature.malformed", "0"))
            return DocumentReport(process.cms_sha256, (process.report(),))
        question = Question(content, None, fresh=False)
        reports = [
            judge_signature(process.branch(), signed, signer, question, self._bench)
            for signer in signed.signers
        ]
        return DocumentReport(process.cms_sha256, tuple(reports))


def _read_message(process: ValidationProcess, octets: bytes) -> SignedData:
    """Read a message and name it in the report by what came out of its armour; DerError."""
    process.cms_sha256 = _sha256(octets)
    return SignedData.parse(octets)


def _sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
