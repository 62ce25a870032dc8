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
authority_expired       the authority's certificate, or one above, has expired since, and nothing
                        proves that the token is older than that
authority_unproven      nothing proves that a certificate of the path is as old as it says
"""

from dataclasses import dataclass, replace
from datetime import datetime

from crypto.asn1 import oids
from crypto.cms.proof_of_existence import find_unproven
from crypto.cms.signed_data import SignedData
from crypto.cms.signer import SignatureSubject, verify_signer
from crypto.cms.signing_certificate import is_certificate_named, select_signing_certificate
from crypto.cms.timestamp import TimestampInfo, extract_token, hash_token
from crypto.errors import CryptoError
from crypto.report.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.revocation.check import find_end
from crypto.revocation.context import ValidationContext
from crypto.revocation.status import BENIGN_REASONS, RevocationResult, RevocationStatus
from crypto.validation.chain import ChainResult, validate_chain
from crypto.x509.certificate import Certificate

__all__ = ["TokenResult", "verify_token"]

_OF_TIME = ("authority_path:", "authority_status:", "authority_revoked", "token_refused:signature")
"""How reasons begin that what time has brought may explain."""


@dataclass(frozen=True, slots=True)
class TokenResult:
    """time  genTime, only when everything held; otherwise `evidence.reason` says what did not."""

    time: datetime | None
    evidence: EvidenceItem


@dataclass(frozen=True, slots=True)
class _Token:
    """A token as read, what it must have been made over, and what is known of its age.

    existed  when the token is proven to have existed already; None: it is judged as of now
    """

    raw: bytes
    signed: SignedData
    info: TimestampInfo
    stamped: bytes
    fresh: bool
    existed: datetime | None = None


def verify_token(
    token: bytes, stamped: bytes, context: ValidationContext, *, fresh: bool
) -> TokenResult:
    """Verify a token, bare or in its response, over `stamped`; never raises on foreign input.

    fresh  what is stamped was made for us just now. Otherwise an authority revoked later, for a
           reason that leaves its key its own, has stamped well (RFC 3161 clause 4); and where the
           context brings proofs that the token existed, its authority is judged as of its time
           (EN 319 102-1 5.6.2): what has expired or was retired since then does not unprove it
    """
    context = context.for_timestamps()
    at = 0
    try:
        signed = SignedData.parse(extract_token(token))
        info = TimestampInfo.parse(signed.content or b"")
        at = milliseconds(info.moment)
        reason = _judge(_Token(token, signed, info, stamped, fresh), context)
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


def _judge(token: _Token, context: ValidationContext) -> str:
    """Return why a token gives no time, as of now and as of its own; empty when it does."""
    reason = _check_token(token, context)
    if token.fresh or context.past is None or not reason.startswith(_OF_TIME):
        return reason
    existed = context.past.proofs.find(hash_token(token.raw))
    if existed is None or token.info.moment > existed + context.clock_tolerance:
        return "authority_expired" if reason == "authority_path:expired" else reason
    return _check_token(replace(token, existed=existed), context.at(token.info.moment))


def _check_token(token: _Token, context: ValidationContext) -> str:
    signed, info = token.signed, token.info
    digest = context.registry.digest(info.digest_oid)
    if digest is None:
        return f"algorithm_not_supported:{info.digest_oid}"
    if not digest.strong:
        return f"algorithm_too_weak:{digest.name}"
    if digest.hash(token.stamped) != info.imprint:
        return "other_signature"
    if len(signed.signers) != 1:
        return f"token_signers:{len(signed.signers)}"
    signer = signed.signers[0]
    authority = select_signing_certificate(signed, signer, context).certificate
    if authority is None:
        return "no_certificate"
    if not is_certificate_named(signer):
        return "certificate_not_named"
    subject = SignatureSubject(signed, signer, authority, signed.content or b"", oids.TST_INFO)
    for step in verify_signer(subject, context):
        if step.indication is not None:
            return f"token_refused:{step.finding.code}:{step.finding.detail}"
    return _check_authority(authority, token, context)


def _check_authority(authority: Certificate, token: _Token, context: ValidationContext) -> str:
    # RFC 3161 2.3: one extended key usage, critical, and no other.
    if authority.extended_key_usage != (oids.TIME_STAMPING,) or (
        oids.EXTENDED_KEY_USAGE not in authority.critical()
    ):
        return "authority_purpose"
    info = token.info
    if context.lies_ahead(info.moment):
        ahead = info.moment - context.moment
        return f"clock_ahead:{int(ahead.total_seconds())}"
    if not authority.not_before <= info.moment <= authority.not_after:
        return "authority_not_in_force"
    brought = () if context.past is None else context.past.certificates
    found = validate_chain(authority, (*token.signed.certificates, *brought), context)
    if not found.path.valid:
        return f"authority_path:{found.path.failures[0].code}"
    return _check_statuses(token, found) or _check_age(token, found, context)


def _check_statuses(token: _Token, found: ChainResult) -> str:
    for position, result in enumerate(found.statuses):
        if result.status is RevocationStatus.REVOKED:
            if position == 0 and not token.fresh and _is_older(token, result):
                continue
            return "authority_revoked"
        if result.status is not RevocationStatus.GOOD:
            return f"authority_status:{result.reason}"
        if result.revoked_at is not None and not _is_older(token, result):
            return "authority_revoked"  # good as of a time that only the stolen key vouches for
    return ""


def _is_older(token: _Token, revoked: RevocationResult) -> bool:
    """Tell whether the authority was revoked after the token was made.

    For a reason that leaves its key its own its word is enough; for any other the token has to be
    proven older (5.6.2.2): its time is what whoever has the key likes.
    """
    at = revoked.revoked_at
    if revoked.crl_reason in BENIGN_REASONS and at is not None and token.info.moment < at:
        return True
    return token.existed is not None and at is not None and token.existed < at


def _check_age(token: _Token, found: ChainResult, context: ValidationContext) -> str:
    """Return what is not proven to be as old as it says, where the path is of the past."""
    if token.existed is None:
        return ""
    end = find_end(found.path.chain[0], context)
    if end is not None and token.existed > end:
        return "authority_expired"
    unproven = find_unproven(found.path.chain, found.statuses, context, token.existed)
    return "authority_unproven" if unproven else ""
