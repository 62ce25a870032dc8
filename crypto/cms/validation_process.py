"""What has been found out about one signature, and the steps that need no keys."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from crypto.cms.countersignatures import CountersignatureBudget
from crypto.cms.embedded import Embedded
from crypto.cms.line_ends import equal_but_line_ends
from crypto.cms.signature_file import WrongFileKind, remove_padding
from crypto.cms.signed_data import SignedData, SignerInfo
from crypto.cms.signing_certificate import select_signing_certificate
from crypto.cms.token import TokenResult
from crypto.errors import CryptoError
from crypto.path.context import VerificationContext
from crypto.report.report import (
    EvidenceItem,
    MissingIssuer,
    SignatureReport,
    SubIndication,
    SubjectFacts,
    milliseconds,
)
from crypto.validation.step import ValidationStep, conclude, failed, passed, unsettled, warning
from crypto.x509.certificate import Certificate

__all__ = [
    "ValidationProcess",
    "check_format",
    "find_content",
    "identify_signing_certificate",
    "malformed",
    "read_message",
]


@dataclass(slots=True)
class ValidationProcess:
    """Steps and evidence so far.

    digests   of the one content, by algorithm: made once however many have signed it
    stamps    tokens over the document that the signature is a part of, already verified
    supplied  validation material of the document, which stands outside the message
    countersigned  the signature value that a counter-signature is over; None: no such signature
    countersigning  how many more counter-signatures are validated, of the whole document
    proven    when a stored signature is proven to have existed; None: unproven, or fresh
    """

    cms_sha256: str
    moment: datetime
    steps: list[ValidationStep] = field(default_factory=list)
    content_sha256: str = ""
    subject: SubjectFacts | None = None
    chain: tuple[str, ...] = ()
    claim_ms: int | None = None
    evidence: list[EvidenceItem] = field(default_factory=list)
    digests: dict[str, bytes] = field(default_factory=dict)
    stamps: tuple[TokenResult, ...] = ()
    supplied: Embedded | None = None
    proven: datetime | None = None
    missing_issuer: MissingIssuer | None = None
    countersigned: bytes | None = None
    countersigning: CountersignatureBudget = field(default_factory=CountersignatureBudget)
    countersignatures: tuple[SignatureReport, ...] = ()

    def branch(self) -> "ValidationProcess":
        """Return a process for one of several signatures, with the steps that hold for each."""
        steps = list(self.steps)
        return ValidationProcess(
            self.cms_sha256,
            self.moment,
            steps,
            digests=self.digests,
            countersigning=self.countersigning,
        )

    def branch_for(self, countersigned: bytes) -> "ValidationProcess":
        """Return a process for a counter-signature over this signature value."""
        return ValidationProcess(self.cms_sha256, self.moment, countersigned=countersigned)

    def report(self) -> SignatureReport:
        """Conclude: the first failure, else the first undecided step, else passed."""
        indication, sub, reason = conclude(self.steps, "signature.passed")
        return SignatureReport(
            indication=indication,
            sub_indication=sub,
            reason=reason,
            subject=self.subject,
            chain=self.chain,
            findings=tuple(step.finding for step in self.steps),
            evidence=tuple(self.evidence),
            cms_sha256=self.cms_sha256,
            content_sha256=self.content_sha256,
            validated_at_ms=milliseconds(self.moment),
            signed_at_claim_ms=self.claim_ms,
            proven_at_ms=None if self.proven is None else milliseconds(self.proven),
            missing_issuer=self.missing_issuer,
            countersignatures=self.countersignatures,
        )


def check_format(signed: SignedData, *, strict: bool) -> list[ValidationStep]:
    """Say how the message departs from DER and from RFC 5652, if it does.

    BER is allowed by the standard and only noted. Other departures change no meaning either, but
    nobody has a reason to show one in a signature made for us a moment ago.
    """
    steps = [
        failed("format", SubIndication.FORMAT_FAILURE, "signature.malformed", code)
        if strict
        else warning("format", code)
        for code in signed.irregular
    ]
    if signed.ber:
        steps.append(warning("format", "ber"))
    return steps or [passed("format")]


def read_message(process: ValidationProcess, octets: bytes) -> SignedData:
    """Read a message and name it in the report by what came out of its armour; DerError."""
    octets, padding = remove_padding(octets)
    process.cms_sha256 = hashlib.sha256(octets).hexdigest()
    if padding:
        process.steps.append(warning("format", padding))
    return SignedData.parse(octets)


def malformed(error: CryptoError) -> ValidationStep:
    """Say that a message, or a part of it that was signed, cannot be read."""
    detail = f"{error.code}:{error.detail}"
    if isinstance(error, WrongFileKind):
        reason = "signature.not_a_signature"
        return failed("format", SubIndication.FORMAT_FAILURE, reason, detail)
    return failed("format", SubIndication.FORMAT_FAILURE, "signature.malformed", detail)


def find_content(
    process: ValidationProcess, signed: SignedData, expected: bytes | None
) -> bytes | None:
    """Return the content that was signed, attached or given; None when there is none."""
    if process.countersigned is not None:
        process.content_sha256 = hashlib.sha256(process.countersigned).hexdigest()
        process.steps.append(passed("content", "countersigned"))
        return process.countersigned
    content = signed.content if signed.content is not None else expected
    if content is None:
        sub = SubIndication.SIGNED_DATA_NOT_FOUND
        process.steps.append(unsettled("content", sub, "signature.content_missing"))
        return None
    process.content_sha256 = hashlib.sha256(content).hexdigest()
    if expected is not None and content != expected:
        sub = SubIndication.HASH_FAILURE
        reason = "signature.content_mismatch"
        if equal_but_line_ends(content, expected):
            reason = "signature.content_line_ends"
        process.steps.append(failed("content", sub, reason, "attached"))
    else:
        detail = "detached" if signed.content is None else "attached"
        process.steps.append(
            passed("content", detail)
            if expected is not None
            else warning("content", "not_compared")
        )
    return content


def identify_signing_certificate(
    process: ValidationProcess,
    signed: SignedData,
    signer: SignerInfo,
    context: VerificationContext,
) -> Certificate | None:
    """Return the certificate of the message that the signer means; None when it is not settled."""
    found = select_signing_certificate(signed, signer, context)
    if found.step is not None:
        process.steps.append(found.step)
    return found.certificate
