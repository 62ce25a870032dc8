"""Who may take part besides the customer, as a policy file states it, and what is refused."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.table_fields import RuleId
from workstation.rules.checks import CheckId
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.rules.people.party import PartyRule
from workstation.settings.fields import Table

__all__ = ["PartyTable", "build_parties"]

_Age = Annotated[int, msgspec.Meta(ge=14, le=130)]

_RELATIONS: Final = {
    PartyRole.REPRESENTATIVE: CheckId.POWERS,
    PartyRole.GUARDIAN: CheckId.GUARDIANSHIP,
    PartyRole.SPOUSE: CheckId.MARRIAGE,
}
"""What has to be confirmed of somebody who says to be this."""

_MINORS: Final = (14, 17)
"""Whom a guardian signs with: the younger sign nothing, the older by themselves (A-01)."""


class PartyTable(Table, frozen=True):
    """One role in which a second person may take part."""

    role: Literal["representative", "guardian", "spouse"]
    presence: PartyPresence
    rule: RuleId
    asks: Literal["powers", "guardianship", "marriage"]
    answers: Literal["spouse_consent"] | None = None
    customer_ages: tuple[_Age, _Age] | None = None


def build_parties(tables: Sequence[PartyTable], place: str) -> tuple[PartyRule, ...]:
    """Return the rules; PolicyRefused for one that would let somebody act who may not."""
    parties: list[PartyRule] = []
    for index, table in enumerate(tables):
        role, at = PartyRole(table.role), f"{place}.parties[{index}]"
        party = PartyRule(
            role,
            table.presence,
            table.rule,
            CheckId(table.asks),
            None if table.answers is None else CheckId(table.answers),
            table.customer_ages,
        )
        if fault := _find_fault(party):
            raise PolicyRefused(f"{at}: {fault}")
        if party.roles in [each.roles for each in parties]:
            raise PolicyRefused(f"{at}: {role} is stated twice")
        parties.append(party)
    return tuple(parties)


def _find_fault(party: PartyRule) -> str:
    """Return why nobody may take part like this, empty when somebody may."""
    if party.asks != _RELATIONS[party.role]:
        return f"{party.role} is confirmed by {_RELATIONS[party.role]}"
    instead = party.presence is PartyPresence.INSTEAD
    if instead and party.role is not PartyRole.REPRESENTATIVE:
        return f"{party.role} acts for nobody who is not here"
    if party.answers is not None and party.role is not PartyRole.SPOUSE:
        return f"{party.role} answers nothing for a spouse"
    ages = party.customer_ages
    if ages is not None and ages[0] > ages[1]:
        return "customer_ages is the wrong way round"
    minors = ages is not None and _MINORS[0] <= ages[0] and ages[1] <= _MINORS[1]
    if party.role is PartyRole.GUARDIAN and not minors:
        return "a guardian signs with a minor of 14 to 17: customer_ages lies within"
    if party.role is not PartyRole.GUARDIAN and ages is not None and ages[0] <= _MINORS[1]:
        return f"{party.role} does not stand in for a minor's guardian"
    return ""
