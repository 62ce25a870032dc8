"""Who may take part in an operation besides the customer, as the policy states it."""

from dataclasses import dataclass
from typing import Final

from workstation.rules.checks import CheckId, CheckName
from workstation.rules.parties import PartyPresence, PartyRole

__all__ = ["OF_EVERYONE", "PartyRule", "find_roles_of"]

OF_EVERYONE: Final[frozenset[CheckName]] = frozenset(
    {CheckId.IIN, CheckId.AGE, CheckId.COOL_DOWN, CheckId.PERSON, CheckId.NOT_STAFF}
    | {CheckId.ANTIFRAUD}
)
"""What is looked up about each person, here or not."""

_OF_THOSE_HERE: Final = frozenset(
    {
        CheckId.CONSENT,
        CheckId.REFERENCE,
        CheckId.REFERENCE_CONFIRMED,
        CheckId.DOCUMENT_NAME,
        CheckId.LIVENESS,
        CheckId.MATCH,
        CheckId.NOT_STAFF_FACE,
        CheckId.ONE_IDENTITY,
        CheckId.AUTHORITY,
        CheckId.SIGNATURE,
        CheckId.NAME,
        CheckId.KEY_AGE,
    }
)
"""What a face or a key says: of each person who is here, and of nobody in another's place."""


@dataclass(frozen=True, slots=True)
class PartyRule:
    """One role in which a second person may take part in an operation, and by which rule.

    asks           check that confirms the relation: a registry answers it before anything is done
    answers        check that this person's own consent, face and ЭЦП answer in a registry's place;
                   empty for none
    customer_ages  full years of the customer, both inclusive; None: whom the policy serves alone
    """

    role: PartyRole
    presence: PartyPresence
    rule: str
    asks: CheckName
    answers: CheckName | None = None
    customer_ages: tuple[int, int] | None = None

    @property
    def roles(self) -> tuple[PartyRole, ...]:
        """Return who sits at the desk, in the order in which they are looked at."""
        if self.presence is PartyPresence.INSTEAD:
            return (self.role,)
        return (PartyRole.CUSTOMER, self.role)

    def is_allowed(self, age: int | None) -> bool:
        """Whether a customer of this age may have this person; an unknown age is none."""
        if self.customer_ages is None:
            return True
        least, most = self.customer_ages
        return age is not None and least <= age <= most


def find_roles_of(
    check: CheckName, here: tuple[PartyRole, ...], asks: CheckName | None = None
) -> tuple[PartyRole, ...]:
    """Return whom a check is about, the customer first.

    here  who sits at the desk; asks  the check that confirms how the second person is related
    """
    if check in _OF_THOSE_HERE:
        return here
    if check in {CheckId.DIFFERENT_PEOPLE, asks}:
        return here[-1:]
    if check in OF_EVERYONE:
        return tuple(dict.fromkeys((PartyRole.CUSTOMER, *here)))
    return (PartyRole.CUSTOMER,)
