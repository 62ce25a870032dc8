"""What a proven time is worth once a certificate has ended (EN 319 102-1 5.5, RFC 3161 clause 4).

Only for documents signed earlier and time-stamped by an authority that was verified. A signature
made for us a moment ago has no past: any revocation refuses it, and no time-stamp helps.
"""

from datetime import datetime

from crypto.report.report import SubIndication
from crypto.revocation.status import BENIGN_REASONS, RevocationResult, RevocationStatus
from crypto.validation.certificate import CertificateResult
from crypto.validation.step import ValidationStep, about, unsettled, warning
from crypto.x509.certificate import Certificate

__all__ = ["apply_proof_of_existence", "was_good_at"]


def was_good_at(proven: datetime, result: RevocationResult) -> bool:
    """Tell whether a certificate, revoked by now, was still good at a proven time."""
    return (
        result.status is RevocationStatus.REVOKED
        and result.crl_reason in BENIGN_REASONS
        and result.revoked_at is not None
        and proven < result.revoked_at
    )


def apply_proof_of_existence(
    found: CertificateResult, certificate: Certificate, proven: datetime
) -> list[ValidationStep]:
    """Return the steps of the signer's certificate with what a proven time changes in them.

    A benign revocation after the proven time becomes a warning. An expiry after it is no longer
    a failure, yet nothing tells whether the certificate was revoked before it expired: lists drop
    expired certificates. So it stays undecided.
    """
    status = found.signer_status
    changed: list[ValidationStep] = []
    for step in found.steps:
        if step.reason == "signature.revoked" and status and was_good_at(proven, status):
            later = warning("revocation", f"after_timestamp:{step.finding.detail}")
            changed.append(about(certificate, later))
        elif step.reason == "signature.expired" and proven <= certificate.not_after:
            detail = f"after_timestamp:{step.finding.detail}"
            sub = SubIndication.OUT_OF_BOUNDS_NO_POE
            undecided = unsettled("path", sub, "signature.expired", detail)
            changed.append(about(certificate, undecided))
        else:
            changed.append(step)
    return changed
