"""What the screens are shown of an operation before a case: what may begin, and what it needs."""

from dataclasses import dataclass

from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.checks import CheckName
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.rules.policy import OperationPolicy
from workstation.rules.questions.definition import AttestationQuestion

__all__ = ["OperationOffer"]


@dataclass(frozen=True, slots=True)
class OperationOffer:
    """An operation that the policy in force has, and what the teller is asked about it.

    for_non_residents  questions that are asked about those only
    parties  as whom a second person may take part, and whether with the customer or instead
    asked_about  (question to the teller, the check that it answers)
    rules    what the policy requires of it, without the checks that are silent; None: not told
    indices  (year, tenge) of the monthly index that amounts are weighed by
    """

    definition: OperationDefinition
    attested: tuple[AttestationQuestion, ...]
    for_non_residents: frozenset[str] = frozenset()
    parties: tuple[tuple[PartyRole, PartyPresence], ...] = ()
    asked_about: tuple[tuple[str, CheckName], ...] = ()
    rules: OperationPolicy | None = None
    indices: tuple[tuple[int, int], ...] = ()
