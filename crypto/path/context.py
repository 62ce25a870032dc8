"""What signatures are verified and certification paths validated with, filled once and handed down.

A function takes its subject and the context, and nobody takes a context apart to pack another: one
that must differ is derived from the one at hand. See docs/decisions/0008-one-validation-context.md.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import AlgorithmRegistry
from crypto.path.budget import PathBudget
from crypto.path.inputs import PathInputs
from crypto.path.trust import TrustStore
from crypto.x509.certificate import Certificate

__all__ = ["PathContext", "VerificationContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationContext:
    """What a signed object is verified with when its signer is known.

    registry         algorithms
    keys             bounds on keys, at the moment
    moment           aware; every validity and freshness is checked at it
    clock_tolerance  how far a peer's clock may run ahead of ours
    """

    registry: AlgorithmRegistry
    keys: KeyPolicy
    moment: datetime
    clock_tolerance: timedelta

    def lies_ahead(self, stated: datetime) -> bool:
        """Tell whether a stated time is of the future, whatever clock stated it."""
        return stated > self.moment + self.clock_tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class PathContext(VerificationContext):
    """What the path of a certificate is found and validated with (RFC 5280 6.1.1).

    trust   anchors (d), and intermediates known beforehand
    extra   certificates that came with the subject: hints, nothing is trusted because it is here
    inputs  what is asked of policies (c, e, f, g)
    budget  of the certificate validated, shared by the searches that it needs
    validity_tolerance  how far the start of the subject's own validity may lie ahead
    """

    trust: TrustStore
    extra: tuple[Certificate, ...] = ()
    inputs: PathInputs = field(default_factory=PathInputs)
    budget: PathBudget = field(default_factory=PathBudget)
    validity_tolerance: timedelta = timedelta(0)
