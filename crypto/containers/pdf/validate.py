"""Signatures of a PDF validated like any message, over what they cover (ETSI EN 319 142-1).

The report says of each which revision it covers and what came after. A signature whose document
was changed afterwards does not pass: what is shown is then something else than what was signed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from crypto.cms.embedded import Embedded
from crypto.cms.signed_data import SignedData
from crypto.cms.signing_certificate import is_certificate_named
from crypto.cms.validate import validate_signature
from crypto.cms.validation_process import ValidationProcess, check_format, malformed
from crypto.cms.validation_request import ValidationRequest
from crypto.containers.errors import ContainerMalformed, ContainerUnsupported
from crypto.containers.pdf.attachments import find_embedded_files
from crypto.containers.pdf.card import summarise_files, validate_embedded
from crypto.containers.pdf.changes import (
    DOCUMENT_TIMESTAMP,
    compare_revisions,
    index_references,
)
from crypto.containers.pdf.contents import read_contents
from crypto.containers.pdf.coverage import Coverage, check_coverage, count_pages
from crypto.containers.pdf.cross_reference import CrossReferences
from crypto.containers.pdf.dates import read_date
from crypto.containers.pdf.document_timestamps import (
    DocumentTimes,
    verify_document_timestamps,
)
from crypto.containers.pdf.revision import Revision
from crypto.containers.pdf.security_store import collect_material, list_material
from crypto.containers.pdf.signature_fields import (
    PdfSignature,
    count_byte_ranges,
    find_signatures,
)
from crypto.containers.result import ContainerResult, refuse, state_refusal
from crypto.errors import CryptoError
from crypto.report.container import ContainerSummary
from crypto.report.proof_of_existence import ProofsOfExistence
from crypto.report.report import (
    SignatureReport,
    SubIndication,
    milliseconds,
)
from crypto.revocation.context import ValidationContext
from crypto.validation.step import ValidationStep, failed, passed, unsettled

__all__ = ["validate_pdf"]

_CADES, _PKCS7 = "ETSI.CAdES.detached", "adbe.pkcs7.detached"
_KNOWN = ("adbe.pkcs7.sha1", "adbe.x509.rsa_sha1", "ETSI.CAdES.attached")
_CONSTRAINTS = SubIndication.SIG_CONSTRAINTS_FAILURE


def validate_pdf(request: ValidationRequest, context: ValidationContext) -> ContainerResult:
    """Validate every signature of a PDF, and every message among its embedded files.

    Document time-stamps date the signatures they cover and are no signatures themselves.
    Never raises on foreign input.
    """
    octets = request.cms
    process = ValidationProcess(_sha256(octets), context.moment)
    references = CrossReferences(octets)
    try:
        whole = Revision.open(references, len(octets))
        found = find_signatures(whole)
        files = find_embedded_files(whole)
        pages = count_pages(whole)
    except CryptoError as error:
        step = state_refusal(error)
        if not count_byte_ranges(octets) and isinstance(error, ContainerMalformed):
            step = _state_unsigned(f"{error.code}:{error.detail}")
        return ContainerResult((refuse(process, step),), None)
    stamps = [each for each in found if each.sub_filter == DOCUMENT_TIMESTAMP]
    signatures = [each for each in found if each.sub_filter != DOCUMENT_TIMESTAMP]
    material = collect_material(whole)
    about_file = request.proofs.select(process.cms_sha256)
    everything = () if material is None else list_material(material)
    proofs = request.proofs.extend(map(_sha256, everything), *about_file)
    times = verify_document_timestamps(stamps, references, material, proofs, context)
    document = _Document(references, whole, found, request, context)
    reports = [document.validate(each, material, times) for each in signatures]
    embedded, signed = validate_embedded(
        process, files, whole, request, context, pages_signed=bool(signatures)
    )
    reports += embedded
    if not reports:
        reports = [refuse(process, _state_no_signature(octets, stamps))]
    summary = ContainerSummary("pdf", pages, summarise_files(files, signed))
    return ContainerResult(tuple(reports), summary)


def _state_no_signature(octets: bytes, stamps: Sequence[PdfSignature]) -> ValidationStep:
    if count_byte_ranges(octets) > len(stamps):
        reason = "signature.changed_after_signing"
        return unsettled("later_changes", _CONSTRAINTS, reason, "signature_not_in_form")
    return _state_unsigned("timestamps_only" if stamps else "none")


def _state_unsigned(detail: str) -> ValidationStep:
    return unsettled("format", _CONSTRAINTS, "signature.pdf_not_signed", detail)


class _Document:
    """A PDF that holds signatures."""

    def __init__(
        self,
        references: CrossReferences,
        whole: Revision,
        signatures: tuple[PdfSignature, ...],
        request: ValidationRequest,
        context: ValidationContext,
    ) -> None:
        self._references = references
        self._whole = whole
        self._signatures = signatures
        self._request = request
        self._context = context
        self._index = index_references(whole, signatures)

    def validate(
        self, found: PdfSignature, material: Embedded | None, times: DocumentTimes
    ) -> SignatureReport:
        """Validate one signature."""
        process = ValidationProcess(_sha256(found.contents), self._context.moment)
        process.stamps, process.supplied = times.select(found.end), material
        if found.sub_filter not in {_CADES, _PKCS7}:
            # The name is foreign: only those that the standard knows are repeated.
            name = found.sub_filter if found.sub_filter in _KNOWN else "unknown"
            step = state_refusal(ContainerUnsupported(f"sub_filter:{name}"))
            return refuse(process, step)
        process.steps.append(passed("container", "pdf"))
        try:
            coverage = check_coverage(self._references, found)
        except ContainerUnsupported as error:
            return refuse(process, state_refusal(error))
        except CryptoError as error:
            sub, reason = SubIndication.FORMAT_FAILURE, "signature.coverage_wrong"
            return refuse(process, failed("coverage", sub, reason, error.detail))
        process.steps.append(passed("coverage", coverage.describe()))
        process.steps.append(self._compare(coverage))
        return self._validate_message(process, found, coverage, times)

    def _compare(self, coverage: Coverage) -> ValidationStep:
        try:
            changes = compare_revisions(
                coverage.revision, self._whole, self._signatures, self._index
            )
        except CryptoError as error:
            other: tuple[str, ...] = (f"{error.code}:{error.detail}",)
        else:
            other = changes.other
            if not other:
                return passed("later_changes", ",".join(changes.permitted) or "none")
        reason = "signature.changed_after_signing"
        return unsettled("later_changes", _CONSTRAINTS, reason, ",".join(other))

    def _validate_message(
        self,
        process: ValidationProcess,
        found: PdfSignature,
        coverage: Coverage,
        times: DocumentTimes,
    ) -> SignatureReport:
        try:
            message = read_contents(found.contents)
            process.cms_sha256 = _sha256(message)
            signed = SignedData.parse(message)
            if signed.content is not None:
                raise ContainerMalformed("content_attached")
            if len(signed.signers) != 1:  # EN 319 142-1 5.3
                raise ContainerMalformed(f"signers:{len(signed.signers)}")
            signer = signed.signers[0]
            named = is_certificate_named(signer)
        except CryptoError as error:
            return refuse(process, malformed(error))
        process.steps += check_format(signed, strict=False)
        if not named:
            # EN 319 142-1 6.3 demands it: without it the certificate can be swapped for another
            # of the same key.
            reason = "signature.signing_certificate_missing"
            process.steps.append(unsettled("signing_certificate", _CONSTRAINTS, reason))
        covered = coverage.read()
        process.steps += self._compare_content(coverage, covered)
        request = replace(
            self._request,
            cms=message,
            content=covered,
            iin=None,
            fresh=False,
            proofs=self._prove(times.prove(found.end, signed, signer), message),
        )
        report = validate_signature(process, signed, signer, request, self._context)
        claimed = read_date(found.dictionary.get("M"))
        if report.signed_at_claim_ms is None and claimed is not None:
            report = replace(report, signed_at_claim_ms=milliseconds(claimed))
        return report

    def _prove(self, proofs: ProofsOfExistence, message: bytes) -> ProofsOfExistence:
        """Return the proofs with those about the document, which are about the message in it."""
        about_file = self._request.proofs.select(_sha256(self._request.cms))
        return proofs.extend([_sha256(message)], *about_file)

    def _compare_content(self, coverage: Coverage, covered: bytes) -> list[ValidationStep]:
        expected = self._request.content
        revision = self._whole.octets[: coverage.revision.end] if expected is not None else b""
        if expected is None or expected in {covered, revision}:
            return []
        sub = SubIndication.HASH_FAILURE
        return [failed("content", sub, "signature.content_mismatch", "attached")]


def _sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
