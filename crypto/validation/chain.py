"""A certificate with its whole path: RFC 5280 6.1, then the status of everything below the anchor.

The one public entrance that answers "is this certificate good now"; purpose and holder are the
matter of `crypto.validation.certificate`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise

from crypto.path.validate import PathResult, find_valid_paths
from crypto.revocation.check import check_authority_revocation, check_signer_revocation
from crypto.revocation.context import ValidationContext
from crypto.revocation.status import RevocationResult, RevocationStatus, find_compromise
from crypto.x509.certificate import Certificate

__all__ = ["ChainResult", "validate_chain"]

_MAX_PATHS = 4
_Link = tuple[str, bytes, str]  # certificate, its issuer's key, the anchor it leads to


@dataclass(frozen=True, slots=True)
class ChainResult:
    """A path and what is known of the status of its certificates.

    statuses  one per certificate below the anchor, the subject first; empty when no path
              validates: without an issuer nobody can answer, and nobody is asked
    """

    path: PathResult
    statuses: tuple[RevocationResult, ...]

    @property
    def good(self) -> bool:
        """Whether a path validates and the status of everything on it is established as good."""
        return self.path.valid and all(s.status is RevocationStatus.GOOD for s in self.statuses)


def validate_chain(
    certificate: Certificate, extra: Iterable[Certificate], context: ValidationContext
) -> ChainResult:
    """Validate by the first path whose certificates are all good, of at most four that validate.

    extra  certificates that came with it: hints for building paths

    When there is none the first path that validates explains; a certificate whose own issuer
    calls it revoked is not saved by another path.
    """
    context = context.for_certificate(extra)
    tried: list[ChainResult] = []
    known: dict[_Link, RevocationResult] = {}
    for path in islice(find_valid_paths(certificate, context), _MAX_PATHS):
        tried.append(ChainResult(path, _check_statuses(path, context, known)))
        statuses = tried[-1].statuses
        if tried[-1].good or (statuses and statuses[0].status is RevocationStatus.REVOKED):
            return tried[-1]
    return tried[0]


def _check_statuses(
    path: PathResult, context: ValidationContext, known: dict[_Link, RevocationResult]
) -> tuple[RevocationResult, ...]:
    """Check every certificate below the anchor; what another path settled is not asked again."""
    if not path.valid:
        return ()
    context = context.for_crl_signers(path.chain[-1])
    links = list(enumerate(pairwise(path.chain)))
    if context.past is not None:
        links.reverse()  # what an authority's key is worth is known before what it has stated
    statuses: dict[int, RevocationResult] = {}
    for position, (subject, issuer) in links:
        link = (subject.sha256, issuer.key.raw, path.chain[-1].sha256)
        if link not in known:
            check = check_authority_revocation if position else check_signer_revocation
            known[link] = check(subject, issuer, context)
        statuses[position] = known[link]
        if (stolen := find_compromise(known[link])) is not None:
            context = context.mark_stolen(subject, stolen)
    return tuple(statuses[position] for position in sorted(statuses))
