"""The rules that records are judged by again, with what of them is asked for every record."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from vision.matching.settings import MatchSettings
from workstation.replay.demand import OperationDemand, find_demands
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.catalogue.values import HOME_CURRENCY
from workstation.rules.checks import CheckName
from workstation.rules.operation import CriticalOperation
from workstation.rules.policy import Policy
from workstation.rules.questions.definition import Attestation
from workstation.session.basis import digest_liveness, digest_signature

__all__ = ["DraftPolicy"]

_FOREIGN: Final = "1 XXX"
"""An amount in no currency (ISO 4217): how many tenge it is nobody says."""


@dataclass(frozen=True)
class DraftPolicy:
    """A policy, not necessarily one that was ever in force.

    known  earlier policies by their digest: by them a record of before the basis is compared
    """

    policy: Policy
    known: Mapping[str, Policy]

    @cached_property
    def demands(self) -> Mapping[str, OperationDemand]:
        """Return what each of its operations asks for, by kind."""
        return find_demands(self.policy)

    @cached_property
    def attestations(self) -> Mapping[CheckName, Attestation]:
        """Return what its tellers are asked, by the check that they answer."""
        return {each.check: each for each in self.policy.attestations}

    @cached_property
    def liveness(self) -> str:
        """Return the digest of what its attempts would go by."""
        return digest_liveness(self.policy)

    @cached_property
    def signature(self) -> str:
        """Return the digest of what its signatures would be validated by."""
        return digest_signature(self.policy)

    @cached_property
    def known_liveness(self) -> Mapping[str, str]:
        """Return what the attempts of earlier policies went by, by their digests."""
        return {sha256: digest_liveness(each) for sha256, each in self.known.items()}

    @cached_property
    def known_signature(self) -> Mapping[str, str]:
        """Return what the signatures of earlier policies were validated by, by their digests."""
        return {sha256: digest_signature(each) for sha256, each in self.known.items()}

    @cached_property
    def match(self) -> MatchSettings:
        """Return the thresholds of its comparison."""
        return MatchSettings(**dict(self.policy.match))

    def sign(self, kind: str, amount_kzt: int | None) -> CriticalOperation:
        """Return an operation of such an amount; None: in another currency."""
        fields = self.policy.operation(kind).definition.fields
        name = next((each.name for each in fields if each.type is FieldType.MONEY), "")
        if not name or amount_kzt == 0:
            return CriticalOperation(kind, ())
        value = _FOREIGN if amount_kzt is None else f"{amount_kzt} {HOME_CURRENCY}"
        return CriticalOperation(kind, ((name, value),))

    @cached_property
    def bounds(self) -> Mapping[str, int]:
        """Return its thresholds of liveness by name."""
        return dict(self.policy.liveness)
