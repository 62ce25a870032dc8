"""Status by an OCSP response (RFC 6960 3.2 and 4.2.2): who gave it, what about, how fresh.

All single responses about the certificate are considered, matched by the whole CertID; revoked
wins over anything else. A response that reached us and is wrong is never passed over in favour
of another source: only a responder that could not be heard is. Where the wrong one answers a
question of ours, what it gives away is named (`crypto.report.alarm`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from crypto.algorithms.registry import SignatureOutcome
from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.path.validate import verify_certificate
from crypto.report.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.revocation.alarms import find_answer_alarm
from crypto.revocation.context import ValidationContext
from crypto.revocation.crl_status import check_crls
from crypto.revocation.ocsp import (
    CertificateId,
    OcspResponse,
    OcspStatus,
    SingleResponse,
    build_request,
)
from crypto.revocation.sources import FetchFailed
from crypto.revocation.status import RevocationResult, RevocationStatus
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage

__all__ = ["NEVER_ISSUED", "OcspOutcome", "check_ocsp"]

NEVER_ISSUED = "never_issued"
"""Reason of a result about a serial number its CA does not know (extended revoke)."""

_KNOWN_CRITICAL = {
    oids.KEY_USAGE,
    oids.EXTENDED_KEY_USAGE,
    oids.BASIC_CONSTRAINTS,
    oids.CERTIFICATE_POLICIES,
    oids.OCSP_NO_CHECK,
}
_STATUS_UNKNOWN = "responder_status_unknown"
_NEVER_ISSUED_YEAR = 1970
_HOLD = 6


@dataclass(frozen=True, slots=True)
class _OcspCheck:
    """One certificate, and what a response about it is held against."""

    certificate: Certificate
    issuer: Certificate
    nonce: bytes | None
    context: ValidationContext


@dataclass(frozen=True, slots=True)
class OcspOutcome:
    """A result and whether the responder was heard at all; only then is the result final."""

    result: RevocationResult
    heard: bool


def check_ocsp(
    certificate: Certificate, issuer: Certificate, context: ValidationContext
) -> OcspOutcome:
    """Ask the responder and check its answer.

    Not heard: no transport, an unreadable answer, or an error status.

    An error status is not signed, so anyone on the way can send one: it means the same as silence.
    """
    identifier = CertificateId.compute(certificate, issuer, context.registry, oids.SHA256)
    if identifier is None:
        return OcspOutcome(_not_established("digest_not_supported", ()), heard=False)
    nonce = context.sources.nonce()
    try:
        source, untrusted = context.sources.ocsp(issuer, build_request(identifier, nonce))
    except FetchFailed as failed:
        item = EvidenceItem(
            EvidenceKind.OCSP, "", "", 0, used=False, reason=_describe_silence(failed)
        )
        return OcspOutcome(_not_established(failed.code, (item,)), heard=False)
    try:
        response = OcspResponse.parse(untrusted)
    except CryptoError as malformed:
        digest = sha256(untrusted).hexdigest()
        reason = f"unreadable:{malformed.detail}"
        item = EvidenceItem(EvidenceKind.OCSP, source, digest, 0, used=False, reason=reason)
        return OcspOutcome(_not_established("ocsp_unreadable", (item,)), heard=False)
    if response.error:
        item = _make_item(source, response, 0, response.error, used=False)
        return OcspOutcome(_not_established(f"ocsp_{response.error}", (item,)), heard=False)
    check = _OcspCheck(certificate, issuer, nonce, context)
    return OcspOutcome(_check_response(response, source, check), heard=True)


def _describe_silence(failed: FetchFailed) -> str:
    return f"{failed.code}:{failed.detail}" if failed.detail != failed.code else failed.code


def _check_response(response: OcspResponse, source: str, check: _OcspCheck) -> RevocationResult:
    refusal = _check_acceptable(response, check)
    about = [] if refusal else _select(response, check)
    if not refusal and not about:
        refusal = _explain_absence(response, check)
    if refusal:
        item = _make_item(source, response, 0, refusal, used=False)
        # Without a nonce nobody was asked: a stored answer is whoever brought it's to explain.
        alarm = None if check.nonce is None else find_answer_alarm(refusal)
        return replace(_not_established(refusal, (item,)), alarm=alarm)
    return _conclude(response, source, about, check)


def _check_acceptable(response: OcspResponse, check: _OcspCheck) -> str:
    """Return why an answer does not count, what gives somebody away first; empty when it does."""
    produced = response.produced_at
    if produced is None:
        return response.defect or "no_time"
    unsigned = _check_signer(response, produced, check)
    if find_answer_alarm(unsigned) is not None:
        return unsigned
    if check.nonce is not None and response.nonce != check.nonce:
        return "nonce_missing" if response.nonce is None else "nonce_differs"
    return response.defect or _check_age(produced, None, check) or unsigned


def _explain_absence(response: OcspResponse, check: _OcspCheck) -> str:
    """Return why no single response is about the certificate: it may be, by a digest unknown."""
    for single in response.singles:
        named = single.certificate
        unknown = check.context.registry.digest(named.digest_oid) is None
        if unknown and named.serial == check.certificate.serial:
            return "digest_not_supported"
    return "other_certificate"


def _check_signer(response: OcspResponse, produced: datetime, check: _OcspCheck) -> str:
    """Return why nobody who may answer has signed; empty when somebody has."""
    issuer, context = check.issuer, check.context
    refusals: list[str] = []
    outcomes: dict[bytes, str] = {}
    for signer in (issuer, *response.certificates):
        if not _is_responder(response, signer, context):
            continue
        own = signer.key == issuer.key and signer.subject == issuer.subject
        refusal = "" if own else _check_delegation(signer, produced, check)
        if not refusal:
            # A response may hold sixteen certificates of one key and a megabyte to hash for each.
            key = signer.key.raw
            if key not in outcomes:
                outcomes[key] = _check_signature(response, signer, context)
            refusal = outcomes[key] or ("" if own else _check_responder_status(signer, check))
        if not refusal:
            return ""
        refusals.append(refusal)
    if _STATUS_UNKNOWN in refusals:  # the signature is right: nobody is in the way
        return _STATUS_UNKNOWN
    alarms = (each for each in refusals if find_answer_alarm(each) is not None)
    return next(alarms, refusals[-1] if refusals else "responder_unknown")


def _check_signature(
    response: OcspResponse, signer: Certificate, context: ValidationContext
) -> str:
    verified = context.registry.verify(
        algorithm=response.algorithm,
        key=signer.key,
        message=response.tbs,
        signature=response.signature,
        policy=context.keys,
    )
    return "" if verified.outcome is SignatureOutcome.VALID else verified.outcome.value


def _is_responder(response: OcspResponse, signer: Certificate, context: ValidationContext) -> bool:
    if response.responder is not None:
        return response.responder == signer.subject
    digest = context.registry.digest(oids.SHA1)  # RFC 6960 4.2.1: KeyHash is SHA-1
    return digest is not None and digest.hash(signer.key.key) == response.responder_key


def _check_delegation(signer: Certificate, produced: datetime, check: _OcspCheck) -> str:
    """RFC 6960 4.2.2.2: certified directly by the certificate's own issuer, for this purpose.

    Its validity is checked as of when it signed: a responder's certificate lives a year, and an
    answer kept with a decision must still explain it when that year is over.
    """
    issuer, context = check.issuer, check.context
    if signer.issuer != issuer.subject:
        return "responder_of_another_issuer"
    if oids.OCSP_SIGNING not in signer.extended_key_usage:
        return "responder_not_authorised"
    if not signer.allows(KeyUsage.DIGITAL_SIGNATURE) or signer.critical() - _KNOWN_CRITICAL:
        return "responder_not_authorised"
    if not signer.not_before <= produced <= signer.not_after:
        return "responder_expired"
    verified = verify_certificate(signer, issuer, context.registry, context.keys)
    if verified.outcome is not SignatureOutcome.VALID:
        return f"responder_{verified.outcome.value}"
    return ""


def _check_responder_status(signer: Certificate, check: _OcspCheck) -> str:
    """Return why a delegated responder's certificate may be revoked; empty when it is not."""
    issuer, context = check.issuer, check.context
    if oids.OCSP_NO_CHECK in signer.extensions:
        return ""
    max_age = timedelta(seconds=context.policy.crl_max_age_s)
    result = check_crls(signer, issuer, context, max_age)
    if result.status is RevocationStatus.REVOKED:
        return "responder_revoked"
    return "" if result.status is RevocationStatus.GOOD else _STATUS_UNKNOWN


def _select(response: OcspResponse, check: _OcspCheck) -> list[SingleResponse]:
    certificate, issuer = check.certificate, check.issuer
    found: list[SingleResponse] = []
    for single in response.singles:
        theirs = single.certificate
        ours = CertificateId.compute(certificate, issuer, check.context.registry, theirs.digest_oid)
        if ours is not None and (ours.name_hash, ours.key_hash, ours.serial) == (
            theirs.name_hash,
            theirs.key_hash,
            theirs.serial,
        ):
            found.append(single)
    return found


def _check_age(this_update: datetime, next_update: datetime | None, check: _OcspCheck) -> str:
    moment = check.context.moment
    if check.context.lies_ahead(this_update):
        return "from_the_future"
    if moment - this_update > timedelta(seconds=check.context.policy.ocsp_max_age_s):
        return "too_old"
    if next_update is not None and moment > next_update:
        return "stale"
    return ""


def _conclude(
    response: OcspResponse,
    source: str,
    about: list[SingleResponse],
    check: _OcspCheck,
) -> RevocationResult:
    at = milliseconds(max(single.this_update for single in about))
    for single in about:
        if single.status is OcspStatus.REVOKED:
            reason = _find_reason(response, single)
            item = _make_item(source, response, at, reason, used=True)
            return RevocationResult(
                RevocationStatus.REVOKED, reason, single.revoked_at, single.reason, (item,)
            )
    for single in about:
        refusal = (
            single.defect
            or _check_age(single.this_update, single.next_update, check)
            or ("after_expiry" if single.this_update > check.certificate.not_after else "")
            or ("certificate_unknown" if single.status is OcspStatus.UNKNOWN else "")
        )
        if refusal:
            return _not_established(
                refusal, (_make_item(source, response, at, refusal, used=False),)
            )
    item = _make_item(
        source, response, at, "good_fractions" if response.fractions else "good", used=True
    )
    return RevocationResult(RevocationStatus.GOOD, "good", None, None, (item,))


def _find_reason(response: OcspResponse, single: SingleResponse) -> str:
    """RFC 6960 2.2: extended revoke answers for a serial number that was never issued."""
    never = (
        response.extended_revoke
        and single.reason == _HOLD
        and single.revoked_at is not None
        and single.revoked_at.year == _NEVER_ISSUED_YEAR
    )
    return NEVER_ISSUED if never else "revoked"


def _make_item(
    source: str, response: OcspResponse, at: int, reason: str, *, used: bool
) -> EvidenceItem:
    produced = milliseconds(response.produced_at) if response.produced_at else 0
    return EvidenceItem(EvidenceKind.OCSP, source, response.sha256, at or produced, used, reason)


def _not_established(reason: str, evidence: tuple[EvidenceItem, ...]) -> RevocationResult:
    return RevocationResult(RevocationStatus.NOT_ESTABLISHED, reason, None, None, evidence)
