"""Scenarios of customers whom a number, an old number or the ИИН says less about than usual."""

from dataclasses import replace

from workstation.registries.gateways import Gateways
from workstation.sandbox.demo import DemoStation
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.scenarios.arranging import (
    APPROVED,
    edit_policy,
    left_open,
    refused,
    rejected,
)
from workstation.sandbox.scenarios.scenario import Scenario, Script

__all__ = ["CUSTOMERS"]

_UZBEK_NUMBER = (("new_phone", "+998 90 000 13 02"),)


def _remove_person_registry(demo: DemoStation) -> None:
    """Let the settings name no person registry."""
    gateways = demo.services.registries
    if isinstance(gateways, Gateways):
        demo.replace_services(registries=replace(gateways, persons=None))


_ALLOW_FOREIGN_NUMBERS = edit_policy(
    ('countries = ["KZ"]', 'countries = ["KZ", "UZ"]'),
    (
        'when = [{ fact = "resident", equals = false }]',
        'when = [{ fact = "foreign_number", equals = true }]',
    ),
)
"""Numbers of Uzbekistan count, and a second officer sees what their operator has written."""

CUSTOMERS: tuple[Scenario, ...] = (
    # The base of mobile citizens does not know a foreigner's number: a second officer confirms it.
    Scenario(
        "non_resident",
        APPROVED,
        customer=CustomerKey.NON_RESIDENT,
        script=Script.OVERRIDE_FINDING,
    ),
    Scenario(
        "non_resident_unconfirmed",
        rejected("phone_owner.not_registered"),
        customer=CustomerKey.NON_RESIDENT,
        script=Script.REFUSE_FINDING,
    ),
    # Without the operator's answer nobody vouches for the number.
    Scenario(
        "non_resident_unanswered",
        rejected("phone_owner.not_registered"),
        customer=CustomerKey.NON_RESIDENT,
        answers=(("operator_answer", False),),
    ),
    # Nobody says when the customer was born.
    Scenario(
        "non_resident_unknown",
        left_open("age.unknown"),
        customer=CustomerKey.NON_RESIDENT,
        prepare=_remove_person_registry,
    ),
    Scenario("no_old_number", APPROVED, customer=CustomerKey.NO_NUMBER),
    Scenario(
        "old_number_left_out",
        rejected("person.old_number_left_out"),
        typed=(("old_phone", ""),),
    ),
    Scenario(
        "foreign_number",
        APPROVED,
        script=Script.OVERRIDE_FINDING,
        typed=_UZBEK_NUMBER,
        prepare=_ALLOW_FOREIGN_NUMBERS,
    ),
    Scenario("foreign_number_refused", refused("phone.foreign"), typed=_UZBEK_NUMBER),
)
"""Who was refused once and must not be, and who must be."""
