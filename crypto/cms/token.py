"""Verification of an RFC 3161 token: imprint, signature, authority, time (RFC 3161 2.4.2).

A token is an unsigned attribute: anybody can add one to a signature of somebody else, so one that
does not hold proves no time and nothing else (EN 319 102-1 5.6.3). Reasons why it does not count:

token_unreadable        no token, or one with an extension that must be understood and is not
other_signature         made over other octets than these
token_signers           signed by nobody, or by several
no_certificate          the authority's certificate is not in it
certificate_not_named   it does not state which certificate signed it (RFC 3161 2.4.2)
token_refused           its attributes, digest or signature value do not verify
algorithm_*             of its imprint: too weak, or unknown here
authority_purpose       its signer's key is for other purposes than time-stamping (RFC 3161 2.3)
clock_ahead             its time is ahead of this computer's clock, by so many seconds
authority_not_in_force  its time is outside the validity of the authority's certificate
authority_path          no path to an authority that is trusted
authority_revoked       the authority's certificate, or one above, is revoked
authority_status        whether they are revoked is not established
"""

from dataclasses import dataclass
from datetime import datetime

from crypto.asn1 import oids
from crypto.cms.proof_of_existence import was_good_at
from crypto.cms.signed_data import SignedData
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.cms.signing_certificate import select_signing_certificate
from crypto.cms.timestamp import TimestampInfo, extract_token, hash_token
from crypto.errors import CryptoError
from crypto.report.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.revocation.context import ValidationContext
from crypto.revocation.status import RevocationStatus
from crypto.validation.chain import validate_chain
from crypto.x509.certificate import Certificate

__all__ = ["TokenResult", "verify_token"]


@dataclass(frozen=True, slots=True)
class TokenResult:
    """time  genTime, only when everything held; otherwise `evidence.reason` says what did not."""

    time: datetime | None
    evidence: EvidenceItem


def verify_token(
    token: bytes, stamped: bytes, context: ValidationContext, *, fresh: bool
) -> TokenResult:
    """Verify a token, bare or in its response, over `stamped`; never raises on foreign input.

    fresh  what is stamped was made for us just now. Otherwise an authority revoked later, for a
           reason that leaves its key its own, has stamped well (RFC 3161 clause 4)
    """
    context = context.for_timestamps()
    at = 0
    try:
        signed = SignedData.parse(extract_token(token))
        info = TimestampInfo.parse(signed.content or b"")
        at = milliseconds(info.moment)
        reason = _check_token(signed, info, stamped, context, fresh=fresh)
        moment = None if reason else info.moment
    except CryptoError as malformed:
        reason, moment = f"token_unreadable:{malformed.detail}", None
    item = EvidenceItem(
        EvidenceKind.TST,
        "signature",
        hash_token(token),
        at,
        used=moment is not None,
        reason=reason or "counted",
    )
    return TokenResult(moment, item)


def _check_token(
    signed: SignedData,
    info: TimestampInfo,
    stamped: bytes,
    context: ValidationContext,
    *,
    fresh: bool,
) -> str:
    """Return why a token gives no time; empty when it does."""
    digest = context.registry.digest(info.digest_oid)
    if digest is None:
        return f"algorithm_not_supported:{info.digest_oid}"
    if not digest.strong:
        return f"algorithm_too_weak:{digest.name}"
    if digest.hash(stamped) != info.imprint:
        return "other_signature"
    if len(signed.signers) != 1:
        return f"token_signers:{len(signed.signers)}"
    signer = signed.signers[0]
    authority = select_signing_certificate(signed, signer, context).certificate
    if authority is None:
        return "no_certificate"
    if signer.single(oids.SIGNING_CERTIFICATE) is None and (
        signer.single(oids.SIGNING_CERTIFICATE_V2) is None
    ):
        return "certificate_not_named"
    subject = SignatureSubject(signed, signer, authority, signed.content or b"", oids.TST_INFO)
    for step in verify_signer(subject, context):
        if step.indication is not None:
            return f"token_refused:{step.finding.code}:{step.finding.detail}"
    return _check_authority(authority, signed, info, context, fresh=fresh)


def _check_authority(
    authority: Certificate,
    signed: SignedData,
    info: TimestampInfo,
    context: ValidationContext,
    *,
    fresh: bool,
) -> str:
    # RFC 3161 2.3: one extended key usage, critical, and no other.
    if authority.extended_key_usage != (oids.TIME_STAMPING,) or (
        oids.EXTENDED_KEY_USAGE not in authority.critical()
    ):
        return "authority_purpose"
    if context.lies_ahead(info.moment):
        ahead = info.moment - context.moment
        return f"clock_ahead:{int(ahead.total_seconds())}"
    if not authority.not_before <= info.moment <= authority.not_after:
        return "authority_not_in_force"
    found = validate_chain(authority, signed.certificates, context)
    if not found.path.valid:
        return f"authority_path:{found.path.failures[0].code}"
    for position, result in enumerate(found.statuses):
        if result.status is RevocationStatus.REVOKED:
            if position == 0 and not fresh and was_good_at(info.moment, result):
                continue
            return "authority_revoked"
        if result.status is not RevocationStatus.GOOD:
            return f"authority_status:{result.reason}"
    return ""
