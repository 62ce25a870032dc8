"""Who signed a revocation list when the certificate's own issuer did not (RFC 5280 6.3.3 f, g).

The signer may hold another certificate of the issuer's name, or be the issuer of indirect lists
that cRLIssuer names. Its path is built and validated like any other, to the anchor of the
certificate judged, out of the same budget. A key whose own status is still being established
signs nothing that could help to establish it.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from crypto.path.inputs import PathInputs
from crypto.path.search import PathBudget
from crypto.path.trust import TrustStore
from crypto.path.validate import find_path
from crypto.revocation.crl import Crl
from crypto.revocation.crl_rules import Judging, signature_refusal
from crypto.revocation.sources import RevocationSources
from crypto.x509.certificate import Certificate

__all__ = ["NOBODY", "SignerSearch", "find_signer", "lists_itself"]

NOBODY = "no_crl_signer"
_MAX_OPEN = 6


@dataclass(frozen=True, slots=True)
class SignerSearch:
    """Where certificates of list signers are found, and what finding and judging them may cost.

    trust    the anchor of the path of the certificate judged, and the known intermediates
    extra    certificates that came with what is judged: hints
    budget   shared with the search for that path; every list verified is charged too
    sources  lists about the signers themselves
    max_age  of those lists
    open     keys (SubjectPublicKeyInfo) whose status is being established
    """

    trust: TrustStore
    extra: tuple[Certificate, ...]
    budget: PathBudget
    sources: RevocationSources
    max_age: timedelta
    open: tuple[bytes, ...] = ()

    def judging(self, certificate: Certificate) -> "SignerSearch":
        """Return the search while the status of `certificate` is being established."""
        return replace(self, open=(*self.open, certificate.key.raw))

    def charge(self) -> bool:
        """Pay for one signature; False when the budget is spent."""
        if self.budget.signatures <= 0:
            return False
        self.budget.signatures -= 1
        return True


def find_signer(
    item: Crl, search: SignerSearch, judging: Judging
) -> tuple[tuple[Certificate, ...], str]:
    """Return the validated path of a certificate that signed the list, or why there is none.

    The path runs from the signer to the anchor; the status of its certificates is for the caller
    to judge. NOBODY when no certificate of the list's issuer name is known.
    """
    if len(search.open) > _MAX_OPEN:
        return (), "crl_signer_depth"
    refusal = NOBODY
    for candidate in _candidates(item, search):
        if candidate.key.raw in search.open and not lists_itself(candidate):
            refusal = "circular_crl_signer"
            continue
        if not search.charge():
            return (), "path_budget_spent"
        wrong = signature_refusal(item, candidate, judging)
        if wrong:
            refusal = wrong if refusal == NOBODY else refusal
            continue
        chain, refusal = _path(candidate, search, judging)
        if chain:
            return chain, ""
    return (), refusal


def _candidates(item: Crl, search: SignerSearch) -> list[Certificate]:
    known = (*search.trust.anchors, *search.trust.intermediates, *search.extra)
    return [c for c in dict.fromkeys(known) if c.subject == item.issuer]


def _path(
    candidate: Certificate, search: SignerSearch, judging: Judging
) -> tuple[tuple[Certificate, ...], str]:
    found = find_path(
        candidate,
        trust=search.trust,
        extra=search.extra,
        inputs=PathInputs.any_policy(judging.moment),
        registry=judging.registry,
        keys=judging.keys,
        budget=search.budget,
    )
    if not found.valid:
        return (), f"crl_signer_path:{found.failures[0].code}"
    if any(above.key.raw in search.open for above in found.chain[1:]):
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
