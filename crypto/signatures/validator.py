"""Signatures validated from bytes to report (EN 319 102-1 5.3).

Every check that can still be made is made: a report that stops at the first failure helps
nobody to mend anything. Nothing here raises on what it was given to validate.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Self

from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.cms.signature_constraints import SignatureConstraints
from crypto.cms.signature_file import FileKind, open_signature_file
from crypto.cms.validate import validate_signature
from crypto.cms.validation_process import (
    ValidationProcess,
    check_format,
    malformed,
    read_message,
)
from crypto.cms.validation_request import ValidationRequest
from crypto.containers.asic.validate import validate_asic
from crypto.containers.pdf.validate import validate_pdf
from crypto.errors import CryptoError
from crypto.path.trust import TrustRefused, TrustStore
from crypto.report.policy import ChecksumRule, Environment, ValidationPolicy
from crypto.report.report import SignatureReport, SubIndication
from crypto.revocation.context import ValidationContext
from crypto.revocation.sources import RevocationSources
from crypto.signatures.document import DocumentReport
from crypto.validation.step import failed

__all__ = ["SignatureValidator", "ValidationPolicy"]

_FORMAT = SubIndication.FORMAT_FAILURE
_DOCUMENTS = (FileKind.SIGNED_CMS, FileKind.XML_SIGNATURE, FileKind.PDF, FileKind.ASIC)


class SignatureValidator:
    """Validates CMS signatures of persons against one trust store and one policy.

    timestamp_trust  anchors for time-stamping authorities; the signer's own when not given
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
        self.constraints = SignatureConstraints(trust, timestamp_trust or trust, policy)
        self._sources = revocation
        self._registry = registry or default_registry()

    @classmethod
    def under(
        cls,
        constraints: SignatureConstraints,
        sources: RevocationSources,
        registry: AlgorithmRegistry | None = None,
    ) -> Self:
        """Make a validator under these constraints; TrustRefused."""
        return cls(
            trust=constraints.trust,
            policy=constraints.policy,
            revocation=sources,
            timestamp_trust=constraints.timestamp_trust,
            registry=registry,
        )

    def create_context(self, moment: datetime) -> ValidationContext:
        """Return the context of a validation at a moment, for what is verified beside one."""
        return ValidationContext.create(
            self.constraints.policy,
            trust=self.constraints.trust,
            timestamp_trust=self.constraints.timestamp_trust,
            sources=self._sources,
            registry=self._registry,
            moment=moment,
        )

    def wrap_sources(self, wrap: Callable[[RevocationSources], RevocationSources]) -> Self:
        """Return a validator under the same constraints whose sources are wrapped, to record."""
        return self.under(self.constraints, wrap(self._sources), self._registry)

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
        moment            aware; every validity and freshness is checked at it
        """
        return self._validate_fresh(
            ValidationRequest(
                untrusted_cms, expected_content, expected_iin, fresh=True, moment=moment
            )
        )

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
        return self._validate_document(
            ValidationRequest(untrusted_cms, content, None, fresh=False, moment=moment)
        )

    def validate_request(self, request: ValidationRequest) -> DocumentReport:
        """Validate as a fresh signature of one signer, or every signature of a document."""
        if not request.fresh:
            return self._validate_document(request)
        report = self._validate_fresh(request)
        return DocumentReport(report.cms_sha256, (report,))

    def _validate_fresh(self, request: ValidationRequest) -> SignatureReport:
        process = ValidationProcess(_sha256(request.cms), request.moment)
        try:
            _, octets = open_signature_file(request.cms)
            signed = read_message(process, octets)
        except CryptoError as error:
            process.steps.append(malformed(error))
            return process.report()
        process.steps += check_format(signed, strict=True)  # 5.2.2
        if len(signed.signers) != 1:
            detail = str(len(signed.signers))
            reason = "signature.not_one_signer" if signed.signers else "signature.no_signers"
            process.steps.append(failed("signers", _FORMAT, reason, detail))
            return process.report()
        context = self.create_context(request.moment)  # 5.2.4
        return validate_signature(process, signed, signed.signers[0], request, context)

    def _validate_document(self, request: ValidationRequest) -> DocumentReport:
        process = ValidationProcess(_sha256(request.cms), request.moment)
        try:
            kind, octets = open_signature_file(request.cms, _DOCUMENTS)
            signed = read_message(process, octets) if kind is FileKind.SIGNED_CMS else None
        except CryptoError as error:
            process.steps.append(malformed(error))
            return DocumentReport(process.cms_sha256, (process.report(),))
        context = self.create_context(request.moment)  # 5.2.4
        if kind in {FileKind.PDF, FileKind.ASIC}:
            validate = validate_pdf if kind is FileKind.PDF else validate_asic
            result = validate(request, context)
            return DocumentReport(process.cms_sha256, result.signatures, result.summary)
        if signed is None:
            # Not imported with the module: a PC without lxml still validates messages.
            from crypto.xmldsig.validate import validate_xml_signature

            report = validate_xml_signature(octets, request.content, context)
            return DocumentReport(report.cms_sha256, (report,))
        process.steps += check_format(signed, strict=False)  # 5.2.2
        if not signed.signers:
            process.steps.append(failed("signers", _FORMAT, "signature.no_signers", "0"))
            return DocumentReport(process.cms_sha256, (process.report(),))
        reports = [
            validate_signature(process.branch(), signed, signer, request, context)
            for signer in signed.signers
        ]
        return DocumentReport(process.cms_sha256, tuple(reports))


def _sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
