"""A report read as one about a stored signature (EN 319 102-1 5.6): what time has left of it.

A fresh signature answers a nonce, which proves that it is younger than the challenge: there an
expiry or a revocation is final. Of a stored one nothing proves when it was made, unless a verified
time-stamp does; what ended since then leaves it undecided, with the sub-indication that says what
proof of existence (POE) is missing.
"""

from dataclasses import dataclass

from crypto.report.report import (
    EvidenceKind,
    Finding,
    FindingStatus,
    Indication,
    SignatureReport,
    SubIndication,
)

__all__ = ["StoredView", "view_as_stored"]

_LATE = {"stale", "too_old"}


@dataclass(frozen=True, slots=True)
class StoredView:
    """The outcome for an archive; `sub_indication` None exactly when TOTAL_PASSED."""

    indication: Indication
    sub_indication: SubIndication | None


def view_as_stored(report: SignatureReport) -> StoredView:
    """Return the outcome of a stored signature; passed only where the report passed."""
    missing = _find_missing_proof(report)
    if missing is None:
        return StoredView(report.indication, report.sub_indication)
    return StoredView(Indication.INDETERMINATE, missing)


def _find_missing_proof(report: SignatureReport) -> SubIndication | None:
    """Name the proof that would settle it; None when no proof could, or none is needed."""
    reason = report.reason
    if reason == "signature.expired":
        bounded = _find_status(report, "revocation") is FindingStatus.PASSED and _is_dated(report)
        return (
            SubIndication.OUT_OF_BOUNDS_NOT_REVOKED
            if bounded
            else SubIndication.OUT_OF_BOUNDS_NO_POE
        )
    if reason == "signature.revoked":
        # Not signature.never_issued: such a certificate could sign nothing at any time.
        return SubIndication.REVOKED_NO_POE
    if reason == "signature.ca_revoked":
        return SubIndication.REVOKED_CA_NO_POE
    if reason == "signature.algorithm_too_weak":
        return SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
    if reason == "signature.chain_refused" and _is_only_expired(report):
        return SubIndication.NO_CERTIFICATE_CHAIN_FOUND_NO_POE
    if reason == "signature.no_revocation_answer" and _is_answer_too_old(report):
        return SubIndication.REVOCATION_OUT_OF_BOUNDS_NO_POE
    return None


def _find(report: SignatureReport, code: str) -> Finding | None:
    return next((each for each in report.findings if each.code == code), None)


def _find_status(report: SignatureReport, code: str) -> FindingStatus | None:
    found = _find(report, code)
    return None if found is None else found.status


def _is_dated(report: SignatureReport) -> bool:
    return any(f.code == "timestamp" and f.status is FindingStatus.PASSED for f in report.findings)


def _is_only_expired(report: SignatureReport) -> bool:
    found = _find(report, "path")
    return found is not None and all(
        each.startswith("expired@") for each in found.detail.split(",")
    )


def _is_answer_too_old(report: SignatureReport) -> bool:
    return any(e.kind is not EvidenceKind.TST and e.reason in _LATE for e in report.evidence)
