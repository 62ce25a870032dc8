"""What no policy can do, whoever signed it: an operation that the law's checks do not guard.

Each demand is about what would be left out in effect: a check that others stand for, that depends
on something, or whose input is made up, guards nothing (docs/formats/policy.md).
"""

from typing import Final

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.checks import ALWAYS_HARD, CheckId, CheckName, Hardness
from workstation.rules.conditions import Fact
from workstation.rules.policy import OperationPolicy, Policy
from workstation.rules.reference import WITHOUT_ISSUER, UndecidedRule

__all__ = ["require_hard", "require_safeguards"]

_OLD_NUMBER: Final = "old_phone"
_NUMBERS: Final = ("new_phone", _OLD_NUMBER)
_UNKNOWN_TO_THE_BASE: Final = frozenset({Fact.RESIDENT, Fact.FOREIGN_NUMBER})
"""By what the base of mobile citizens does not know a number: non-residents', another country's."""


def require_safeguards(policy: Policy, operation: OperationPolicy, place: str) -> None:
    """Refuse an operation that leaves out what no policy may; PolicyRefused with the path."""
    for check in ALWAYS_HARD:
        require_hard(operation, check, place)
    _require_authority(policy, operation, place)
    _require_second_person(operation, place)
    _require_number_checks(operation, place)
    _require_one_amount(operation, place)
    _require_ways(policy, operation, place)


def require_hard(operation: OperationPolicy, check: CheckName, place: str) -> None:
    """Refuse an operation that does not demand a check firmly, of every case."""
    required = operation.requires(check)
    if required is None:
        raise PolicyRefused(f"{place}.required: {check} is missing")
    if required.hardness is not Hardness.HARD:
        raise PolicyRefused(f"{place}.required: {check} must be hard")
    if required.when:
        raise PolicyRefused(f"{place}.required: {check} must be unconditional")


def _require_authority(policy: Policy, operation: OperationPolicy, place: str) -> None:
    """Refuse an operation without the authority whose word the law or the policy wants (B-05)."""
    wanted = operation.kind in policy.idec_required
    if wanted or operation.undecided is UndecidedRule.AUTHORITY:
        require_hard(operation, CheckId.AUTHORITY, place)


def _require_number_checks(operation: OperationPolicy, place: str) -> None:
    """Refuse an operation that asks nobody about a number; PolicyRefused with the path.

    1. An old number that may be left out needs the person registry's hard word that there is none:
       a teller who helps a thief would leave it out.
    2. Numbers that the base of mobile citizens does not know need another way (P-01), not none.
    3. A number that is any text has many spellings: neither is it another one, nor of a country.
    """
    for name in _NUMBERS:
        field = operation.definition.field(name)
        if field is not None and field.type is not FieldType.PHONE:
            raise PolicyRefused(f"{place}.fields: {name} is no phone")
    old = operation.definition.field(_OLD_NUMBER)
    person = operation.requires(CheckId.PERSON)
    firm = person is not None and person.hardness is Hardness.HARD and not person.when
    if old is not None and old.optional and not firm:
        raise PolicyRefused(
            f"{place}.fields: {old.id} may be left out only where {CheckId.PERSON} is hard and"
            " unconditional"
        )
    owner = operation.requires(CheckId.PHONE_OWNER)
    for condition in () if owner is None else owner.when:
        if condition.fact in _UNKNOWN_TO_THE_BASE:
            raise PolicyRefused(
                f"{place}.required: {CheckId.PHONE_OWNER} may not depend on {condition.fact}: state"
                " another way in any_of"
            )


def _require_second_person(operation: OperationPolicy, place: str) -> None:
    """Refuse a photo that only the desk vouches for without somebody else's confirmation."""
    allowed = {each.source for each in operation.sources} & WITHOUT_ISSUER
    required = operation.requires(CheckId.REFERENCE_CONFIRMED)
    if not allowed:
        return
    if required is None:
        raise PolicyRefused(f"{place}.required: {CheckId.REFERENCE_CONFIRMED} is missing")
    for condition in required.when:
        by_source = condition.fact is Fact.REFERENCE_SOURCE
        left_out = allowed - set(condition.one_of) if by_source else allowed
        if left_out:
            raise PolicyRefused(
                f"{place}.required: {CheckId.REFERENCE_CONFIRMED} leaves {min(left_out)} out"
            )


def _require_one_amount(operation: OperationPolicy, place: str) -> None:
    """Refuse an amount that a teller could choose: the smaller of two, or none at all."""
    money = _list_money(operation.definition)
    if len(money) > 1:
        raise PolicyRefused(f"{place}.fields: {money[1]} is a second field of money")
    if not any(each.optional for each in operation.definition.fields if each.name in money):
        return
    demands = (*operation.required, *operation.effects)
    ways = (way for each in operation.required for way in each.any_of)
    for demand in (*demands, *ways):
        for condition in demand.when:
            if condition.fact in {Fact.AMOUNT_MCI, Fact.CURRENCY}:
                raise PolicyRefused(
                    f"{place}.fields: {money[0]} may not be left out: {condition.fact} is about it"
                )


def _list_money(definition: OperationDefinition) -> list[str]:
    return [each.name for each in definition.fields if each.type is FieldType.MONEY]


def _require_ways(policy: Policy, operation: OperationPolicy, place: str) -> None:
    """Refuse a way that anybody passes: by what is demanded anyway, or by the teller's word."""
    for required in operation.required:
        for way in required.any_of:
            for need in () if way.confirmed else way.needs:
                at = f"{place}.required.{required.check}.{way.id}"
                if operation.requires(need) is not None:
                    raise PolicyRefused(f"{at}: {need} is demanded anyway")
                if policy.question(need) is None:
                    raise PolicyRefused(f"{at}: {need} has to be confirmed")
