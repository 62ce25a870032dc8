"""Revocation status along a path: three-valued, never good because nothing was found.

The signer: OCSP first, fresh CRLs only when the responder could not be heard. Every CA between
the signer and the anchor: the CRL of the CA above it. The anchor itself has no revocation but its
removal from the trust store.
"""

from datetime import timedelta

from crypto.report.policy import RevocationRule
from crypto.revocation.context import ValidationContext
from crypto.revocation.crl_status import check_crls
from crypto.revocation.ocsp_status import check_ocsp
from crypto.revocation.status import RevocationResult, RevocationStatus
from crypto.x509.certificate import Certificate

__all__ = ["check_authority_revocation", "check_signer_revocation"]

_NOT_CHECKED = RevocationResult(RevocationStatus.NOT_ESTABLISHED, "not_checked", None, None, ())


def check_signer_revocation(
    certificate: Certificate, issuer: Certificate, context: ValidationContext
) -> RevocationResult:
    """Return the status of the signer's certificate, established as the policy wants it."""
    policy = context.policy
    max_age = timedelta(seconds=policy.crl_max_age_s)
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


def check_authority_revocation(
    certificate: Certificate, issuer: Certificate, context: ValidationContext
) -> RevocationResult:
    """Return the status of an intermediate CA by the CRL of the CA above it."""
    if context.policy.revocation is RevocationRule.NOT_CHECKED:
        return _NOT_CHECKED
    max_age = timedelta(seconds=context.policy.ca_crl_max_age_s)
    return check_crls(certificate, issuer, context, max_age)
