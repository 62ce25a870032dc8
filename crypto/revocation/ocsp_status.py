"""Judgement of an OCSP response (RFC 6960 3.2 and 4.2.2): whose it is, what about, how fresh.

All single responses about the certificate are considered, matched by the whole CertID; revoked
wins over anything else. A response that reached us and is wrong is never passed over in favour
of another source: only a responder that could not be heard is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from crypto.algorithms.registry import SignatureOutcome
from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.path.validate import verify_certificate
from crypto.report.report import EvidenceItem, EvidenceKind, milliseconds
from crypto.revocation.crl_signer import SignerSearch
from crypto.revocation.crl_status import Judging, judge_by_sources
from crypto.revocation.ocsp import (
    CertificateId,
    OcspResponse,
    OcspStatus,
    SingleResponse,
    build_request,
)
from crypto.revocation.sources import FetchFailed, RevocationSources
from crypto.revocation.status import RevocationStatus, RevocationVerdict
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import KeyUsage

__all__ = ["NEVER_ISSUED", "OcspBounds", "judge_by_ocsp"]

NEVER_ISSUED = "never_issued"
"""Reason of a verdict about a serial number its CA does not know (extended revoke)."""

_KNOWN_CRITICAL = {
    oids.KEY_USAGE,
    oids.EXTENDED_KEY_USAGE,
    oids.BASIC_CONSTRAINTS,
    oids.CERTIFICATE_POLICIES,
    oids.OCSP_NO_CHECK,
}
_NEVER_ISSUED_YEAR = 1970
_HOLD = 6


@dataclass(frozen=True, slots=True)
class OcspBounds:
    """max_age of thisUpdate and producedAt; list_max_age for a responder without nocheck."""

    max_age: timedelta
    list_max_age: timedelta


@dataclass(frozen=True, slots=True)
class _Question:
    """One certificate and everything a response about it is held against."""

    certificate: Certificate
    issuer: Certificate
    nonce: bytes | None
    sources: RevocationSources
    judging: Judging
    bounds: OcspBounds
    search: SignerSearch | None


@dataclass(frozen=True, slots=True)
class OcspOutcome:
    """A verdict and whether the responder was heard at all; only then is the verdict final."""

    verdict: RevocationVerdict
    heard: bool


def judge_by_ocsp(
    certificate: Certificate,
    issuer: Certificate,
    sources: RevocationSources,
    judging: Judging,
    bounds: OcspBounds,
    search: SignerSearch | None = None,
) -> OcspOutcome:
    """Ask and judge; `search` finds signers of the lists that speak about the responder.

    Not heard: no transport, an unreadable answer, or an error status.

    An error status is not signed, so anyone on the way can send one: it means the same as silence.
    """
    identifier = CertificateId.compute(certificate, issuer, judging.registry, oids.SHA256)
    if identifier is None:
        return OcspOutcome(_none("digest_not_supported", ()), heard=False)
    nonce = sources.nonce()
    try:
        source, untrusted = sources.ocsp(issuer, build_request(identifier, nonce))
    except FetchFailed as failed:
        item = EvidenceItem(EvidenceKind.OCSP, "", "", 0, used=False, reason=_unheard(failed))
        return OcspOutcome(_none(failed.code, (item,)), heard=False)
    try:
        response = OcspResponse.parse(untrusted)
    except CryptoError as malformed:
        digest = sha256(untrusted).hexdigest()
        reason = f"unreadable:{malformed.detail}"
        item = EvidenceItem(EvidenceKind.OCSP, source, digest, 0, used=False, reason=reason)
        return OcspOutcome(_none("ocsp_unreadable", (item,)), heard=False)
    if response.error:
        item = _item(source, response, 0, response.error, used=False)
        return OcspOutcome(_none(f"ocsp_{response.error}", (item,)), heard=False)
    question = _Question(certificate, issuer, nonce, sources, judging, bounds, search)
    return OcspOutcome(_judge(response, source, question), heard=True)


def _unheard(failed: FetchFailed) -> str:
    return f"{failed.code}:{failed.detail}" if failed.detail != failed.code else failed.code


def _judge(response: OcspResponse, source: str, question: _Question) -> RevocationVerdict:
    refusal = _refusal(response, question)
    about = [] if refusal else _about(response, question)
    if not refusal and not about:
        refusal = "other_certificate"
    if refusal:
        return _none(refusal, (_item(source, response, 0, refusal, used=False),))
    return _verdict(response, source, about, question)


def _refusal(response: OcspResponse, question: _Question) -> str:
    if response.defect:
        return response.defect
    if question.nonce is not None and response.nonce != question.nonce:
        return "nonce_missing" if response.nonce is None else "nonce_differs"
    produced = response.produced_at
    if produced is None:
        return "no_time"
    late = _age(produced, None, question)
    return late or _signer_refusal(response, produced, question)


def _signer_refusal(response: OcspResponse, produced: datetime, question: _Question) -> str:
    issuer, judging = question.issuer, question.judging
    refusal = "responder_unknown"
    tried: set[bytes] = set()
    for signer in (issuer, *response.certificates):
        if signer.key.raw in tried or not _names(response, signer, judging):
            continue
        own = signer.key == issuer.key and signer.subject == issuer.subject
        refusal = "" if own else _delegation_refusal(signer, produced, question)
        if refusal:
            continue
        # A response may hold sixteen certificates of one key and a megabyte to hash for each.
        tried.add(signer.key.raw)
        check = judging.registry.verify(
            algorithm=response.algorithm,
            key=signer.key,
            message=response.tbs,
            signature=response.signature,
            policy=judging.keys,
        )
        if check.outcome is SignatureOutcome.VALID:
            return ""
        refusal = check.outcome.value
    return refusal


def _names(response: OcspResponse, signer: Certificate, judging: Judging) -> bool:
    if response.responder is not None:
        return response.responder == signer.subject
    digest = judging.registry.digest(oids.SHA1)  # RFC 6960 4.2.1: KeyHash is SHA-1
    return digest is not None and digest.hash(signer.key.key) == response.responder_key


def _delegation_refusal(signer: Certificate, produced: datetime, question: _Question) -> str:
    """RFC 6960 4.2.2.2: certified directly by the certificate's own issuer, for this purpose.

    Its validity is judged when it signed: a responder's certificate lives a year, and an answer
    kept with a decision must still explain it when that year is over.
    """
    issuer, judging = question.issuer, question.judging
    if signer.issuer != issuer.subject:
        return "responder_of_another_issuer"
    if oids.OCSP_SIGNING not in signer.extended_key_usage:
        return "responder_not_authorised"
    if not signer.allows(KeyUsage.DIGITAL_SIGNATURE) or signer.critical() - _KNOWN_CRITICAL:
        return "responder_not_authorised"
    if not signer.not_before <= produced <= signer.not_after:
        return "responder_expired"
    check = verify_certificate(signer, issuer, judging.registry, judging.keys)
    if check.outcome is not SignatureOutcome.VALID:
        return f"responder_{check.outcome.value}"
    if oids.OCSP_NO_CHECK in signer.extensions:
        return ""
    max_age = question.bounds.list_max_age
    verdict = judge_by_sources(signer, issuer, question.sources, judging, max_age, question.search)
    return "" if verdict.status is RevocationStatus.GOOD else "responder_status_unknown"


def _about(response: OcspResponse, question: _Question) -> list[SingleResponse]:
    certificate, issuer = question.certificate, question.issuer
    found: list[SingleResponse] = []
    for single in response.singles:
        theirs = single.certificate
        ours = CertificateId.compute(
            certificate, issuer, question.judging.registry, theirs.digest_oid
        )
        if ours is not None and (ours.name_hash, ours.key_hash, ours.serial) == (
            theirs.name_hash,
            theirs.key_hash,
            theirs.serial,
        ):
            found.append(single)
    return found


def _age(this_update: datetime, next_update: datetime | None, question: _Question) -> str:
    moment = question.judging.moment
    if this_update > moment + question.judging.clock_tolerance:
        return "from_the_future"
    if moment - this_update > question.bounds.max_age:
        return "too_old"
    if next_update is not None and moment > next_update:
        return "stale"
    return ""


def _verdict(
    response: OcspResponse,
    source: str,
    about: list[SingleResponse],
    question: _Question,
) -> RevocationVerdict:
    at = milliseconds(max(single.this_update for single in about))
    for single in about:
        if single.status is OcspStatus.REVOKED:
            reason = _revocation_reason(response, single)
            item = _item(source, response, at, reason, used=True)
            return RevocationVerdict(
                RevocationStatus.REVOKED, reason, single.revoked_at, single.reason, (item,)
            )
    for single in about:
        refusal = (
            single.defect
            or _age(single.this_update, single.next_update, question)
            or ("certificate_unknown" if single.status is OcspStatus.UNKNOWN else "")
        )
        if refusal:
            return _none(refusal, (_item(source, response, at, refusal, used=False),))
    item = _item(
        source, response, at, "good_fractions" if response.fractions else "good", used=True
    )
    return RevocationVerdict(RevocationStatus.GOOD, "good", None, None, (item,))


def _revocation_reason(response: OcspResponse, single: SingleResponse) -> str:
    """RFC 6960 2.2: extended revoke answers for a serial number that was never issued."""
    never = (
        response.extended_revoke
        and single.reason == _HOLD
        and single.revoked_at is not None
        and single.revoked_at.year == _NEVER_ISSUED_YEAR
    )
    return NEVER_ISSUED if never else "revoked"


def _item(source: str, response: OcspResponse, at: int, reason: str, *, used: bool) -> EvidenceItem:
    produced = milliseconds(response.produced_at) if response.produced_at else 0
    return EvidenceItem(EvidenceKind.OCSP, source, response.sha256, at or produced, used, reason)


def _none(reason: str, evidence: tuple[EvidenceItem, ...]) -> RevocationVerdict:
    return RevocationVerdict(RevocationStatus.NOT_ESTABLISHED, reason, None, None, evidence)
