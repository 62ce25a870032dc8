"""The conditions of a policy file: the table as it is written, and what is built of it."""

from typing import Annotated, Final

import msgspec

from workstation.errors import PolicyRefused
from workstation.rules.conditions import Channel, Condition, Fact
from workstation.rules.reference import ReferenceSource
from workstation.settings.fields import Table

__all__ = ["ConditionTable", "build_conditions"]

_Bound = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_Word = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}\Z")]

_BOUNDS: Final = ("above", "at_least", "outside")
_NUMBERS: Final = (Fact.AMOUNT_MCI, Fact.AGE)
_WORDS: Final = (Fact.REFERENCE_SOURCE, Fact.CHANNEL, Fact.CURRENCY)


class ConditionTable(Table, frozen=True):
    """Exactly one demand beside the fact, of the kind that the fact can meet."""

    fact: Fact
    above: _Bound | None = None
    at_least: _Bound | None = None
    outside: tuple[_Bound, _Bound] | None = None
    equals: bool | None = None
    one_of: Annotated[list[_Word], msgspec.Meta(min_length=1, max_length=20)] | None = None


def build_conditions(tables: list[ConditionTable], place: str) -> tuple[Condition, ...]:
    """Return conditions; PolicyRefused unless each makes one demand that its fact can meet."""
    return tuple(_condition(each, f"{place}.when.{each.fact}") for each in tables)


def _condition(table: ConditionTable, place: str) -> Condition:
    demands = {
        "above": table.above,
        "at_least": table.at_least,
        "outside": table.outside,
        "equals": table.equals,
        "one_of": table.one_of,
    }
    stated = [name for name, value in demands.items() if value is not None]
    wanted = _BOUNDS if table.fact in _NUMBERS else ("equals",)
    wanted = ("one_of",) if table.fact in _WORDS else wanted
    if len(stated) != 1 or stated[0] not in wanted:
        raise PolicyRefused(f"{place}: one of {', '.join(wanted)} is wanted")
    words = tuple(table.one_of or ())
    known = {Fact.REFERENCE_SOURCE: ReferenceSource, Fact.CHANNEL: Channel}.get(table.fact)
    if known is not None and (unknown := set(words) - {each.value for each in known}):
        raise PolicyRefused(f"{place}: {min(unknown)} is unknown")
    if table.outside is not None and table.outside[0] > table.outside[1]:
        raise PolicyRefused(f"{place}: outside is the wrong way round")
    return Condition(table.fact, table.above, table.at_least, table.outside, table.equals, words)
