"""Whose signature a policy accepts, by what the certificate says of its holder."""

from dataclasses import dataclass
from typing import Final

from crypto.asn1 import oids
from crypto.report.policy import Environment

__all__ = ["SIGNER_OF_BEFORE", "SignerRules"]


@dataclass(frozen=True, slots=True)
class SignerRules:
    """Demands on the certificate of whoever signs at the counter.

    roles               identifiers (extended key usage), one of which it must state
    policies            certificate policies, one of which it must state; empty: any
    authority_policies  what a centre's own certificate may state in the place of one of these
    test_authority_policies  the same of the test world alone, beside the others
    certificate_named   the signature must name its certificate by digest (RFC 5035)
    start_tolerance_s   how far its validity may begin ahead of this computer's clock
    """

    roles: tuple[str, ...]
    policies: tuple[str, ...]
    authority_policies: tuple[str, ...]
    test_authority_policies: tuple[str, ...]
    certificate_named: bool
    start_tolerance_s: int

    def find_authority_policies(self, world: Environment) -> frozenset[str]:
        """Return what a centre of a world may state of itself."""
        test = self.test_authority_policies if world is Environment.TEST else ()
        return frozenset({*self.authority_policies, *test})


SIGNER_OF_BEFORE: Final = SignerRules(
    roles=(oids.KZ_INDIVIDUAL,),
    policies=(),
    authority_policies=(),
    test_authority_policies=(),
    certificate_named=False,
    start_tolerance_s=0,
)
"""What held while no policy stated any of it."""
