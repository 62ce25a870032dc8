"""A certificate with its whole path: RFC 5280 6.1, then the status of everything below the anchor.

The one public entrance that answers "is this certificate good now"; purpose and holder are
judged by `certificate_check`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from crypto.path.inputs import PathInputs
from crypto.path.search import PathBudget
from crypto.path.trust import TrustStore
from crypto.path.validate import PathResult, valid_paths
from crypto.revocation.check import RevocationJudge
from crypto.revocation.status import RevocationStatus, RevocationVerdict
from crypto.x509.certificate import Certificate

__all__ = ["ChainVerdict", "judge_chain"]

_MAX_PATHS = 4
_Link = tuple[str, bytes, str]  # certificate, its issuer's key, the anchor it leads to


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """A path and what is known of the status of its certificates.

    statuses  one per certificate below the anchor, the certificate asked about first; empty when
              no path validates: without an issuer nobody can answer, and nobody is asked
    """

    path: PathResult
    statuses: tuple[RevocationVerdict, ...]

    @property
    def good(self) -> bool:
        """Whether a path validates and the status of everything on it is established as good."""
        return self.path.valid and all(s.status is RevocationStatus.GOOD for s in self.statuses)


def judge_chain(
    target: Certificate,
    *,
    trust: TrustStore,
    extra: Sequence[Certificate],
    inputs: PathInputs,
    judge: RevocationJudge,
    budget: PathBudget,
) -> ChainVerdict:
    """Judge by the first path whose certificates are all good, of at most four that validate.

    When there is none the first path that validates explains; a certificate whose own issuer
    calls it revoked is not saved by another path.
    """
    tried: list[ChainVerdict] = []
    known: dict[_Link, RevocationVerdict] = {}
    for path in islice(
        valid_paths(
            target,
            trust=trust,
            extra=extra,
            inputs=inputs,
            registry=judge.judging.registry,
            keys=judge.judging.keys,
            budget=budget,
        ),
        _MAX_PATHS,
    ):
        able = judge.along(path.chain, trust, tuple(extra), budget)
        tried.append(ChainVerdict(path, _statuses(path, able, known)))
        statuses = tried[-1].statuses
        if tried[-1].good or (statuses and statuses[0].status is RevocationStatus.REVOKED):
            return tried[-1]
    return tried[0]


def _statuses(
    path: PathResult, able: RevocationJudge, known: dict[_Link, RevocationVerdict]
) -> tuple[RevocationVerdict, ...]:
    """Judge every certificate below the anchor; what another path settled is not asked again."""
    if not path.valid:
        return ()
    statuses: list[RevocationVerdict] = []
    for position, (subject, issuer) in enumerate(pairwise(path.chain)):
        link = (subject.sha256, issuer.key.raw, path.chain[-1].sha256)
        if link not in known:
            of = able.of_authority if position else able.of_signer
            known[link] = of(subject, issuer)
        statuses.append(known[link])
    return tuple(statuses)
