"""Scenarios in which two people take part: representative, guardian, spouse."""

from collections.abc import Callable
from dataclasses import replace

from vision.camera.simulated import SimulatedPerson, SimulatedVariant
from workstation.rules.parties import PartyRole
from workstation.sandbox.people import CustomerKey
from workstation.sandbox.scenarios.arranging import APPROVED, rejected
from workstation.sandbox.scenarios.scenario import Companion, Scenario, person
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour
from workstation.sandbox.world import Sandbox

__all__ = ["TWO_PEOPLE"]

_POWER = "0417-2026"
_LARGE = (("amount", "5 000 000"),)
"""Above 1 000 monthly indices: a spouse has to consent (L-05)."""

_REPRESENTATIVE = Companion(PartyRole.REPRESENTATIVE, number=_POWER)
_GUARDIAN = Companion(PartyRole.GUARDIAN)
_SPOUSE = Companion(PartyRole.SPOUSE)


def _relate(
    check: str,
    word: str = "confirmed",
    *,
    customer: CustomerKey = CustomerKey.GOOD,
    faces: tuple[SimulatedPerson, ...] = (SimulatedPerson.HOPPER,),
) -> Callable[[Sandbox], None]:
    """Let the register say this of the customer and the companion, who has this portrait."""

    def arrange(sandbox: Sandbox) -> None:
        first, other = person(customer).iin, person(CustomerKey.RSA).iin
        number = _POWER if check == "powers" else ""
        sandbox.registries.relate(check, first, other, word, number=number)
        for iin, changes in ((first, {"married": True}), (other, {"faces": faces})):
            record = sandbox.persons.record(iin)
            if record is not None:
                sandbox.persons.put(iin, replace(record, **changes))

    return arrange


def _sign_for_both(sandbox: Sandbox) -> None:
    """Let the guardian's key answer whoever is to sign."""
    _relate("guardianship", customer=CustomerKey.MINOR)(sandbox)
    sandbox.ncalayer.behaviour = NcaLayerBehaviour(key=CustomerKey.RSA)


TWO_PEOPLE = (
    Scenario("poa_two_signatures", APPROVED, companion=_REPRESENTATIVE, arrange=_relate("powers")),
    *(
        Scenario(
            f"power_{word}",
            rejected(f"powers.{word}"),
            companion=_REPRESENTATIVE,
            arrange=_relate("powers", word),
        )
        for word in ("revoked", "expired", "out_of_scope")
    ),
    Scenario(
        "one_face_for_two",
        rejected("different_people.one_person"),
        companion=replace(_REPRESENTATIVE, camera=SimulatedVariant.GENUINE),
        arrange=_relate("powers", faces=(SimulatedPerson.ASTRONAUT,)),
    ),
    Scenario(
        "guardian_and_minor",
        APPROVED,
        customer=CustomerKey.MINOR,
        companion=_GUARDIAN,
        arrange=_relate("guardianship", customer=CustomerKey.MINOR),
    ),
    Scenario(
        "guardian_signs_for_both",
        rejected("signature.iin_mismatch"),
        customer=CustomerKey.MINOR,
        companion=_GUARDIAN,
        arrange=_sign_for_both,
    ),
    Scenario(
        "guardian_of_an_adult",
        rejected("second_person.not_admitted"),
        companion=_GUARDIAN,
        arrange=_relate("guardianship"),
    ),
    Scenario("minor_alone", rejected("age.too_young"), customer=CustomerKey.MINOR),
    Scenario(
        "spouse_consents",
        replace(APPROVED, wait_hours=24),
        kind="loan_issue",
        typed=_LARGE,
        companion=_SPOUSE,
        arrange=_relate("marriage"),
    ),
    Scenario(
        "spouse_is_another",
        rejected("marriage.not_related"),
        kind="loan_issue",
        typed=_LARGE,
        companion=_SPOUSE,
        arrange=_relate("marriage", "not_related"),
    ),
)
