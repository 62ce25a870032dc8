"""Revocation status along a path: three-valued, never good because nothing was found.

The signer: OCSP first, fresh CRLs only when the responder could not be heard. Every CA between
the signer and the anchor: the CRL of the CA above it. The anchor itself has no revocation but its
removal from the trust store.

A stored signature may bring answers and lists along (EN 319 122-1 5.5). They count where the
workstation's own sources establish nothing, and together with these where a status is asked for as
of an earlier moment (EN 319 102-1 5.6.2): what is as fresh as the policy wants at that moment, or
was issued after it and before the certificate's end. Where the issuer has expired or its algorithm
is retired, only what is proven to be older than that counts.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from crypto.algorithms.key_policy import KeyPolicy
from crypto.errors import CryptoError
from crypto.report.policy import RevocationRule
from crypto.revocation.context import ValidationContext
from crypto.revocation.crl import Crl
from crypto.revocation.crl_status import check_crls, evaluate_crls
from crypto.revocation.ocsp import OcspResponse
from crypto.revocation.ocsp_status import check_ocsp
from crypto.revocation.past_evidence import GivenResponse, PastEvidence
from crypto.revocation.sources import crl_issuers
from crypto.revocation.status import (
    BENIGN_REASONS,
    RevocationResult,
    RevocationStatus,
    was_good_at,
)
from crypto.x509.certificate import Certificate

__all__ = ["check_authority_revocation", "check_signer_revocation", "find_end"]

_NOT_CHECKED = RevocationResult(RevocationStatus.NOT_ESTABLISHED, "not_checked", None, None, ())
_MAX_RESPONSES = 8
_UNPROVEN = "unproven"
_Sourced = tuple[str, Crl]


def check_signer_revocation(
    certificate: Certificate, issuer: Certificate, context: ValidationContext
) -> RevocationResult:
    """Return the status of the signer's certificate, established as the policy wants it."""
    max_age = timedelta(seconds=context.policy.crl_max_age_s)
    own = _check_signer_by_sources(certificate, issuer, context, max_age)
    return _add_past(own, certificate, issuer, context, max_age)


def check_authority_revocation(
    certificate: Certificate, issuer: Certificate, context: ValidationContext
) -> RevocationResult:
    """Return the status of an intermediate CA by the CRL of the CA above it."""
    max_age = timedelta(seconds=context.policy.ca_crl_max_age_s)
    if context.policy.revocation is RevocationRule.NOT_CHECKED:
        own = _NOT_CHECKED
    else:
        own = check_crls(certificate, issuer, context, max_age)
    return _add_past(own, certificate, issuer, context, max_age)


def _check_signer_by_sources(
    certificate: Certificate, issuer: Certificate, context: ValidationContext, max_age: timedelta
) -> RevocationResult:
    policy = context.policy
    if policy.revocation is RevocationRule.NOT_CHECKED:
        return _NOT_CHECKED
    if policy.revocation is RevocationRule.CRL_ONLY:
        return check_crls(certificate, issuer, context, max_age)
    answered = check_ocsp(certificate, issuer, context)
    if answered.heard:
        return answered.result
    listed = check_crls(certificate, issuer, context, max_age)
    reason = listed.reason
    if listed.status is RevocationStatus.NOT_ESTABLISHED:
        reason = f"{answered.result.reason}+{listed.reason}"
    return RevocationResult(
        listed.status,
        reason,
        listed.revoked_at,
        listed.crl_reason,
        (*answered.result.evidence, *listed.evidence),
    )


def find_end(authority: Certificate, context: ValidationContext) -> datetime | None:
    """Return when what a key has signed ceased to prove its own age; None: it has not.

    That is the end of its certificate or of its algorithm, or its compromise, where that is over by
    now: later its key may be anybody's, and what it signed can be made today with any date.
    """
    if context.past is None:
        return None
    now = context.past.now
    ends = [authority.not_after]
    ends += [since for key, since in context.past.stolen if key == authority.key.raw]
    for family, last in context.policy.last_moments:
        if context.registry.key_refusal(authority.key, KeyPolicy({}, {family: last}, now)):
            ends.append(last)
    end = min(ends)
    return end if end < now else None


def _add_past(
    own: RevocationResult,
    certificate: Certificate,
    issuer: Certificate,
    context: ValidationContext,
    max_age: timedelta,
) -> RevocationResult:
    """Return the own status; by what came along too where it is open or asked for as of then."""
    past = context.past
    if past is None or own.alarm is not None:  # nothing is passed over that gives somebody away
        return own
    earlier = context.moment < past.now
    if not earlier and own.status is not RevocationStatus.NOT_ESTABLISHED:
        return own
    context = context.for_evidence()
    end = find_end(issuer, context)
    lists = list(_collect_lists(certificate, context, past))
    proven = [each for each in lists if past.is_proven(each[1].sha256, end)]
    by_lists = [evaluate_crls(certificate, issuer, lists, context, max_age)]
    if proven != lists:
        by_lists.append(evaluate_crls(certificate, issuer, proven, context, max_age))
    results = [own, *_check_responses(certificate, issuer, context, past), *by_lists]
    # What a list said before a revocation is asked apart: a newer list has superseded it.
    ends = (each.revoked_at for each in results if each.revoked_at is not None)
    for at in dict.fromkeys(ends):
        known = [each for each in proven if past.is_proven(each[1].sha256, at)]
        results.append(evaluate_crls(certificate, issuer, known, context, max_age))
    own, *results = [_require_proof(each, past, end) for each in results]
    return _conclude(own, results, certificate, context)


def _collect_lists(
    certificate: Certificate, context: ValidationContext, past: PastEvidence
) -> Iterator[_Sourced]:
    if context.policy.revocation is not RevocationRule.NOT_CHECKED:
        with suppress(CryptoError):  # a store that fails is a list that is missing
            yield from context.sources.crls(certificate)
    names = crl_issuers(certificate)
    yield from (("signature", item) for item in past.lists if item.issuer in names)


def _check_responses(
    certificate: Certificate,
    issuer: Certificate,
    context: ValidationContext,
    past: PastEvidence,
) -> Iterator[RevocationResult]:
    """Check each response that came along by itself: nobody offered it as the only answer."""
    looked_at = 0
    for raw in past.responses:
        try:
            response = OcspResponse.parse(raw)
        except CryptoError:
            continue
        about = {single.certificate.serial for single in response.singles}
        if certificate.serial not in about or looked_at >= _MAX_RESPONSES:
            continue
        looked_at += 1
        given = replace(context, sources=GivenResponse(raw, context.sources))
        # A delegated responder's certificate ends long before its issuer's.
        ends = (each.not_after for each in response.certificates if each.not_after < past.now)
        result = check_ocsp(certificate, issuer, given).result
        yield _require_proof(result, past, min(ends, default=None))


def _require_proof(
    result: RevocationResult, past: PastEvidence, end: datetime | None
) -> RevocationResult:
    """Return a status that may be relied on: good only by what is proven to be of before `end`."""
    if result.status is not RevocationStatus.GOOD or _is_proven(result, past, end):
        return result
    evidence = tuple(
        replace(each, used=False, reason=_UNPROVEN) if each.used else each
        for each in result.evidence
    )
    return RevocationResult(RevocationStatus.NOT_ESTABLISHED, _UNPROVEN, None, None, evidence)


def _is_proven(result: RevocationResult, past: PastEvidence, end: datetime | None) -> bool:
    return all(past.is_proven(item.sha256, end) for item in result.evidence if item.used)


def _conclude(
    own: RevocationResult,
    others: list[RevocationResult],
    certificate: Certificate,
    context: ValidationContext,
) -> RevocationResult:
    """Return a revocation that nothing excuses, else the status as of the moment."""
    results = (own, *others)
    evidence = tuple(dict.fromkeys(item for each in results for item in each.evidence))
    good = [each for each in results if each.status is RevocationStatus.GOOD]
    excused: list[RevocationResult] = []
    for each in results:
        # No CA revokes what has expired: a later date says nothing about the time before.
        dated = each.revoked_at is None or each.revoked_at <= certificate.not_after
        if each.status is not RevocationStatus.REVOKED or not dated:
            continue
        if not _is_excused(each, good, context):
            return replace(each, evidence=evidence)
        excused.append(each)
    if excused:
        # The gravest of them says what else the key may have been used for since.
        gravest = min(excused, key=lambda each: each.crl_reason in BENIGN_REASONS)
        return replace(gravest, status=RevocationStatus.GOOD, evidence=evidence)
    if good:
        return replace(good[0], evidence=evidence)
    open_ones = (e.reason for e in results if e.status is RevocationStatus.NOT_ESTABLISHED)
    reason = next(open_ones, "after_expiry")
    return RevocationResult(
        RevocationStatus.NOT_ESTABLISHED, reason, None, None, evidence, own.alarm
    )


def _is_excused(
    revoked: RevocationResult, good: list[RevocationResult], context: ValidationContext
) -> bool:
    """Tell whether a revocation leaves the status at an earlier moment alone.

    By its reason; or because the status of then is proven to have been stated before it (5.6.2.2).
    """
    past, at = context.past, revoked.revoked_at
    if past is None or at is None or not context.moment < at or context.moment >= past.now:
        return False
    return was_good_at(context.moment, revoked) or any(_is_proven(e, past, at) for e in good)
