"""Who signed a revocation list when the certificate's own issuer did not (RFC 5280 6.3.3 f, g).

The signer may hold another certificate of the issuer's name, or be the issuer of indirect lists
that cRLIssuer names. Its path is built and validated like any other, to the anchor of the
certificate in question, out of the same budget. A key whose own status is still being established
signs nothing that could help to establish it.
"""

from crypto.path.validate import find_path
from crypto.revocation.context import ValidationContext
from crypto.revocation.crl import Crl
from crypto.revocation.crl_rules import check_crl_signature
from crypto.x509.certificate import Certificate

__all__ = ["NO_CRL_SIGNER", "find_crl_signer", "lists_itself"]

NO_CRL_SIGNER = "no_crl_signer"
_MAX_PENDING = 6


def find_crl_signer(item: Crl, context: ValidationContext) -> tuple[tuple[Certificate, ...], str]:
    """Return the validated path of a certificate that signed the CRL, or why there is none.

    The path runs from the signer to the anchor; the status of its certificates is for the caller
    to check. NO_CRL_SIGNER when no certificate of the CRL's issuer name is known.
    """
    if len(context.pending) > _MAX_PENDING:
        return (), "crl_signer_depth"
    refusal = NO_CRL_SIGNER
    for candidate in _find_candidates(item, context):
        if candidate.key.raw in context.pending and not lists_itself(candidate):
            refusal = "circular_crl_signer"
            continue
        if not context.budget.charge_signature():
            return (), "path_budget_spent"
        wrong = check_crl_signature(item, candidate, context)
        if wrong:
            refusal = wrong if refusal == NO_CRL_SIGNER else refusal
            continue
        chain, refusal = _validate_signer_path(candidate, context)
        if chain:
            return chain, ""
    return (), refusal


def _find_candidates(item: Crl, context: ValidationContext) -> list[Certificate]:
    known = (*context.trust.anchors, *context.trust.intermediates, *context.extra)
    return [c for c in dict.fromkeys(known) if c.subject == item.issuer]


def _validate_signer_path(
    candidate: Certificate, context: ValidationContext
) -> tuple[tuple[Certificate, ...], str]:
    found = find_path(candidate, context)
    if not found.valid:
        return (), f"crl_signer_path:{found.failures[0].code}"
    if any(above.key.raw in context.pending for above in found.chain[1:]):
        return (), "circular_crl_signer"
    return found.chain, ""


def lists_itself(signer: Certificate) -> bool:
    """Tell whether its CA made a list signer the only source about itself.

    Every distribution point of the certificate names the holder, and nobody else, as cRLIssuer:
    by the CA's signed word no other list can speak about it, as with id-pkix-ocsp-nocheck for a
    responder. Such a signer still falls when its list, or any other, names it.
    """
    points = signer.distribution_points
    return bool(points) and all(point.crl_issuers == (signer.subject,) for point in points)
