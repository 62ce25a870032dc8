"""A stored signature judged as of the time at which it is proven to have existed.

EN 319 102-1 5.6.2, past validation. A signature that was made for us a moment ago has no past: any
expiry and any revocation refuses it, and no time-stamp helps. Of a stored one, what has ended since
a proven time is held against it no more, where everything that is needed to see that it was good at
that time is at hand and old enough.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from crypto.report.report import Indication, SubIndication
from crypto.revocation.check import find_end
from crypto.revocation.context import ValidationContext
from crypto.revocation.status import RevocationResult, find_compromise
from crypto.validation.certificate import CertificateResult, validate_certificate
from crypto.validation.step import ValidationStep, about, unsettled, warning
from crypto.x509.certificate import Certificate

__all__ = ["find_unproven", "judge_as_of", "judge_without_proof"]

_ENDED = {"signature.expired", "signature.algorithm_too_weak", "signature.chain_refused"}
_OF_TIME = {
    *_ENDED,
    "signature.revoked",
    "signature.ca_revoked",
    "signature.no_revocation_answer",
}
"""Reasons that an earlier moment may explain."""

_ABOUT_TIME = {"path", "revocation", "ca_revocation"}


def find_unproven(
    chain: tuple[Certificate, ...],
    statuses: tuple[RevocationResult, ...],
    context: ValidationContext,
    signed_at: datetime,
) -> str:
    """Return the SHA-256 of a certificate that may be younger than its issuer's end; or nothing.

    statuses   of the certificates below the anchor, as of the earlier moment
    signed_at  when the signature is proven to have existed that names the first one by digest

    The station's own certificates need no proof: an administrator has confirmed them.
    """
    known = {each.sha256 for each in (*context.trust.anchors, *context.trust.intermediates)}
    for certificate, status in zip(chain, statuses, strict=False):  # the anchor has no status
        if (stolen := find_compromise(status)) is not None:
            context = context.mark_stolen(certificate, stolen)
    for position, (subject, issuer) in enumerate(pairwise(chain)):
        end = find_end(issuer, context)
        if end is None or subject.sha256 in known or (position == 0 and signed_at <= end):
            continue
        if context.past is None or not context.past.is_proven(subject.sha256, end):
            return subject.sha256
    return ""


def judge_as_of(
    proven: datetime,
    found: CertificateResult,
    certificate: Certificate,
    context: ValidationContext,
    *,
    expected_iin: str | None,
    named: bool,
) -> CertificateResult:
    """Return what the signer's certificate was at a proven time, where today's outcome is of time.

    proven  when the signature existed already
    found   as of now: returned as it is unless it is explained by what has ended since
    named   the signature states the digest of its certificate, so that both are equally old

    1. As of then the path validates, and the status of everything on it is established
    2. What is only as old as it says is no proof: certificates beneath an issuer that has ended
       must be proven to be older than that; of answers and lists `crypto.revocation` sees to it
    3. What has ended since is warned of
    """
    if not any(step.reason in _OF_TIME for step in found.steps):
        return found
    hints = () if context.past is None else context.past.certificates
    then = validate_certificate(certificate, hints, context.at(proven), expected_iin=expected_iin)
    unproven = ""
    if then.chain:
        dated = proven if named else context.moment
        unproven = find_unproven(then.chain, then.statuses, context, dated)
    if not unproven and not any(step.indication for step in then.steps):
        return replace(then, steps=(*then.steps, *_warn_of_ends(found, certificate)))
    evidence = tuple(dict.fromkeys((*found.evidence, *then.evidence)))
    steps = tuple(_explain(found, then, certificate, proven, unproven))
    return replace(found, steps=steps, evidence=evidence)


def _warn_of_ends(found: CertificateResult, certificate: Certificate) -> Iterator[ValidationStep]:
    for step in found.steps:
        code, detail = step.finding.code, step.finding.detail
        if code == "path" and step.reason in _ENDED:
            yield about(certificate, warning(code, f"after_timestamp:{detail}"))
        elif step.reason == "signature.no_revocation_answer" and detail != "no_path":
            # In force, and nobody has said anything of it since then.
            silent = warning(code, f"after_timestamp:{detail}")
            yield replace(silent, finding=replace(silent.finding, about=step.finding.about))


def _explain(
    found: CertificateResult,
    then: CertificateResult,
    certificate: Certificate,
    proven: datetime,
    unproven: str,
) -> Iterator[ValidationStep]:
    """Yield the steps as of now, and why the proven time does not help."""
    about_time = [s for s in then.steps if s.finding.code in _ABOUT_TIME]
    refused = [s for s in about_time if s.indication is Indication.TOTAL_FAILED]
    open_then = [s for s in about_time if s.indication is Indication.INDETERMINATE]
    for step in found.steps:
        if step.reason == "signature.expired":
            if proven > certificate.not_after:
                yield _leave_open(step, "signature.stamped_too_late", step.finding.detail)
            elif refused:
                yield from refused
            else:
                open_ones = [s.finding.detail for s in open_then]
                if unproven:
                    open_ones.append(f"unproven:{unproven}")
                detail = ",".join(open_ones)
                yield _leave_open(step, "signature.past_status_unknown", detail)
        else:
            yield step


def judge_without_proof(found: CertificateResult, *, stamped: bool) -> CertificateResult:
    """Return the outcome of a stored signature whose time nothing proves.

    stamped  there are time-stamps, none of which counts

    An expiry is no failure then: it may have been signed before (5.2.6.4 and table 5).
    """
    reason = "signature.stamp_not_counted" if stamped else "signature.expired"
    steps = tuple(
        _leave_open(step, reason, step.finding.detail)
        if step.reason == "signature.expired"
        else step
        for step in found.steps
    )
    return replace(found, steps=steps)


def _leave_open(step: ValidationStep, reason: str, detail: str) -> ValidationStep:
    undecided = unsettled(step.finding.code, SubIndication.OUT_OF_BOUNDS_NO_POE, reason, detail)
    return replace(undecided, finding=replace(undecided.finding, about=step.finding.about))
