"""The ways of meeting a hard check as a policy file states them, and which are refused."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

import msgspec

from workstation.errors import PolicyRefused
from workstation.rules.alternatives import Alternative, LivenessWay
from workstation.rules.catalogue.table_fields import Name, RuleId
from workstation.rules.checks import CheckId
from workstation.rules.facts.conditions_file import ConditionTable, build_conditions
from workstation.settings.fields import Table

__all__ = ["AlternativeTable", "WayNames", "build_alternatives", "select_ways"]

_ASKED: Final = frozenset(
    {
        CheckId.PHONE_OWNER,
        CheckId.OLD_PHONE_OWNER,
        CheckId.SPOUSE_CONSENT,
        CheckId.OLD_NUMBER_CALLED,
    }
)
"""Of the program's own checks those that are a question which somebody else may answer as well.

A hit of the centre against fraud, an active refusal of loans, an age or a blocked person is a fact:
another answer beside it changes nothing (F-01, L-01).
"""
_NOT_REPLACED: Final = frozenset(CheckId) - _ASKED
_NO_REPLACEMENT: Final = _NOT_REPLACED - {CheckId.QUESTIONNAIRE}

WayNames = Annotated[list[Name], msgspec.Meta(max_length=10)]


class AlternativeTable(Table, frozen=True):
    """One way of meeting a check; without `needs` it is the check's own."""

    id: Name
    check: Name
    rule: RuleId
    needs: Annotated[list[Name], msgspec.Meta(max_length=5)] = msgspec.field(default_factory=list)
    confirmed: bool = False
    when: Annotated[list[ConditionTable], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )


def build_alternatives(tables: Sequence[AlternativeTable]) -> dict[str, Alternative]:
    """Return the ways by id; PolicyRefused for one that is no way of its check."""
    found: dict[str, Alternative] = {}
    for index, table in enumerate(tables):
        place = f"$.alternatives[{index}]"
        if table.id in found:
            raise PolicyRefused(f"{place}: {table.id} is stated twice")
        found[table.id] = way = Alternative(
            table.id,
            table.check,
            table.rule,
            tuple(table.needs),
            table.confirmed,
            build_conditions(table.when, place),
        )
        if fault := _find_fault(way):
            raise PolicyRefused(f"{place}: {fault}")
    return found


def _find_fault(way: Alternative) -> str:
    """Return why this is no way of its check, empty when it is one."""
    if way.when and not way.needs:
        return "the check's own way is everybody's"
    if way.check == CheckId.LIVENESS:
        if way.id not in set(LivenessWay):
            return f"{way.id} is no way of establishing liveness"
        return "the ways of liveness need no other check" if way.needs or way.confirmed else ""
    if way.check in _NOT_REPLACED:
        return f"nothing stands in the place of {way.check}"
    if way.confirmed and not way.needs:
        return "confirmed without needs"
    if len(set(way.needs)) < len(way.needs):
        return "a check is needed twice"
    barred = {way.check, *_NO_REPLACEMENT} & set(way.needs)
    return f"{min(barred)} cannot stand in the place of {way.check}" if barred else ""


def select_ways(
    names: Iterable[str], check: str, stated: dict[str, Alternative]
) -> tuple[Alternative, ...]:
    """Return the ways that an operation offers for a check; PolicyRefused names what is wrong.

    The usual way is always one of them: who can do it is not sent another way.
    """
    place = f"{check}.any_of"
    ways: list[Alternative] = []
    for name in names:
        way = stated.get(name)
        if way is None or way.check != check:
            raise PolicyRefused(f"{place}: {name} is no alternative of {check}")
        if way in ways:
            raise PolicyRefused(f"{place}: {name} is stated twice")
        ways.append(way)
    if not ways:
        return ()
    usual = LivenessWay.COMMANDS.value if check == CheckId.LIVENESS else ""
    if usual and usual not in {way.id for way in ways}:
        raise PolicyRefused(f"{place}: {usual} is missing")
    if all(way.needs for way in ways):
        raise PolicyRefused(f"{place}: the way of {check} itself is missing")
    return tuple(ways)
