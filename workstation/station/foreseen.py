"""What will be checked, foreseen while the form is filled: by the policy, before a case begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crypto.x509.iin import Iin, IinRefused, count_full_years
from workstation.errors import OperationRefused
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.catalogue.phones import is_foreign_number
from workstation.rules.catalogue.values import Money, parse_value, read_money
from workstation.rules.checks import CheckName
from workstation.rules.conditions import CaseFacts
from workstation.rules.parties import PartyPresence, PartyRole
from workstation.station.snapshot import OperationOffer, PersonView
from workstation.verification.case import OperationForm

__all__ = ["ForeseenCheck", "find_unanswered", "foresee_checks", "foresee_facts"]

_OLD_NUMBER = "old_phone"


@dataclass(frozen=True, slots=True)
class ForeseenCheck:
    """A check that the case will need.

    rule     id of the rule that demands it
    certain  what was typed and registered decides it; otherwise an answer that is still to come may
             yet make it unnecessary
    """

    check: CheckName
    rule: str
    certain: bool


def foresee_checks(
    offer: OperationOffer, form: OperationForm, person: PersonView | None, day: date
) -> tuple[ForeseenCheck, ...]:
    """Return the checks that the policy requires for this operation and these answers, in order.

    person  what the register says of the ИИН that is in the form, None while it says nothing

    What nobody knows yet is taken as the policy takes it: the check is required.
    """
    rules = offer.rules
    if rules is None:
        return ()
    facts = foresee_facts(offer, form, person, day)
    return tuple(
        ForeseenCheck(each.check, each.rule, all(one.is_known(facts) for one in each.when))
        for each in rules.required_for(facts, _list_roles(form))
    )


def find_unanswered(
    offer: OperationOffer, form: OperationForm, person: PersonView | None, day: date
) -> tuple[str, ...]:
    """Return the questions to the teller that this case needs for certain and have no answer."""
    needed = {each.check for each in foresee_checks(offer, form, person, day) if each.certain}
    given = dict(form.attestations)
    asked = (name for name, check in offer.asked_about if check in needed)
    return tuple(name for name in asked if name not in given)


def foresee_facts(
    offer: OperationOffer, form: OperationForm, person: PersonView | None, day: date
) -> CaseFacts:
    """Return the facts of the case as far as form and register tell them; None for the rest."""
    typed = dict(form.untrusted_values)
    money = _read_amount(offer, typed)
    asked = any(each.type is FieldType.MONEY for each in offer.definition.fields)
    number = _read(offer, typed, "new_phone")
    return CaseFacts(
        age=_find_age(form.untrusted_iin, person, day),
        amount_kzt=money.tenge if money is not None else (None if asked else 0),
        mci_kzt=dict(offer.indices).get(day.year),
        resident=None if person is None else person.resident,
        old_number=_has_old_number(typed, person),
        foreign_number=is_foreign_number(number) if number else None,
        currency=None if money is None else money.currency,
    )


def _list_roles(form: OperationForm) -> tuple[PartyRole, ...]:
    second = form.second
    if second is None:
        return (PartyRole.CUSTOMER,)
    alone = second.presence is PartyPresence.INSTEAD
    return (second.role,) if alone else (PartyRole.CUSTOMER, second.role)


def _read_amount(offer: OperationOffer, typed: Mapping[str, str]) -> Money | None:
    """Return the first amount, as `OperationDefinition.amount` takes it."""
    for each in offer.definition.fields:
        value = _read(offer, typed, each.name) if each.type is FieldType.MONEY else ""
        if value:
            return read_money(value)
    return None


def _read(offer: OperationOffer, typed: Mapping[str, str], name: str) -> str:
    """Return a parameter's value, empty while there is none."""
    field = offer.definition.field(name)
    try:
        return "" if field is None else parse_value(field, typed.get(name, ""))
    except OperationRefused:
        return ""


def _find_age(untrusted_iin: str, person: PersonView | None, day: date) -> int | None:
    """Return the full years: by the ИИН, or by the register where the ИИН does not say."""
    try:
        born = Iin.parse(untrusted_iin.strip()).birth_date
    except IinRefused:
        return None
    if born is None and person is not None:
        born = person.birth_date
    return None if born is None else count_full_years(born, day)


def _has_old_number(typed: Mapping[str, str], person: PersonView | None) -> bool | None:
    """Whether the bank has a number of the customer; None while nobody knows."""
    stated = typed.get(_OLD_NUMBER) or (person is not None and person.phone_masked)
    return True if stated else None
