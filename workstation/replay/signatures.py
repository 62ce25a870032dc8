"""The signature of a stored session: its report as found, or what it might be by other rules."""

from crypto.report.report import Indication, SignatureReport
from workstation.replay.draft import DraftPolicy
from workstation.replay.stored_case import StoredCase, StoredCheck, StoredResult

__all__ = ["find_signatures"]


def find_signatures(
    case: StoredCase, result: StoredResult, check: StoredCheck | None, draft: DraftPolicy
) -> tuple[SignatureReport | None, ...]:
    """Return the report as found, and another where the draft validates by other settings."""
    if check is None or check.reason == "signature.missing":
        return (None,)
    stated = str(check.facts.get("indication", ""))
    indication = Indication(stated) if stated else Indication.INDETERMINATE
    found = _build_report(indication, check.reason)
    if _is_comparable(case, result, draft):
        return (found,)
    if indication is Indication.TOTAL_PASSED:
        return found, _build_report(Indication.TOTAL_FAILED, check.reason)
    return found, _build_report(Indication.TOTAL_PASSED, check.reason)


def _is_comparable(case: StoredCase, result: StoredResult, draft: DraftPolicy) -> bool:
    """Whether the signature was validated by what the draft would validate it by."""
    if case.begin.policy_sha256 == draft.policy.sha256:
        return True
    if result.basis is not None:
        return result.basis.signature == draft.signature
    return draft.known_signature.get(case.begin.policy_sha256) == draft.signature


def _build_report(indication: Indication, reason: str) -> SignatureReport:
    """Return a report of a text that was issued at 0 and expired then."""
    return SignatureReport(
        indication=indication,
        sub_indication=None,
        reason=reason,
        subject=None,
        chain=(),
        findings=(),
        evidence=(),
        cms_sha256="",
        content_sha256="other" if reason == "signature.content_mismatch" else "",
        validated_at_ms=1 if reason == "signature.stale_nonce" else 0,
        signed_at_claim_ms=None,
    )
