"""What the facts of an operation's cases can be: refuses conditions that none can ever meet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from workstation.errors import PolicyRefused
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.fields import FieldDefinition, FieldType
from workstation.rules.catalogue.phones import HOME_COUNTRY
from workstation.rules.catalogue.values import HOME_CURRENCY
from workstation.rules.checks import CheckId, CheckName
from workstation.rules.conditions import Channel, Condition, Fact
from workstation.rules.reference import ReferenceSource

__all__ = ["ANY_AGE", "PossibleFacts"]

_Words = frozenset[str | bool]
_YES_OR_NO: Final[_Words] = frozenset({True, False})

Range = tuple[int, int]
"""Whole numbers from the first to the second, both included."""

ANY_AGE: Final[Range] = (0, 130)
"""Full years of a customer whom no check of the age stops."""


@dataclass(frozen=True, slots=True)
class PossibleFacts:
    """What the facts of an operation's cases can be.

    words    values of a fact that is a word or yes and no; what is not there is never known
    amounts  whole tenge; None without a field of money
    indices  monthly indices of the years, in tenge
    foreign_amounts  whether an amount may be in another currency, so that it has no tenge
    ages     full years of the customers who are served
    """

    words: Mapping[Fact, _Words]
    amounts: Range | None
    indices: tuple[int, ...]
    foreign_amounts: bool
    ages: Range = ANY_AGE

    @classmethod
    def of_operation(
        cls,
        definition: OperationDefinition,
        sources: Iterable[ReferenceSource],
        checks: Iterable[CheckName],
        indices: tuple[int, ...],
        ages: Range = ANY_AGE,
    ) -> Self:
        """Return what can be of an operation with these fields, sources of a photo and checks."""
        money = [each for each in definition.fields if each.type is FieldType.MONEY]
        currencies = {name for each in money for name in each.currencies}
        words: dict[Fact, _Words] = {
            Fact.REFERENCE_SOURCE: frozenset(each.value for each in sources),
            Fact.CHANNEL: frozenset(each.value for each in Channel),
        }
        if money:
            words[Fact.CURRENCY] = frozenset(currencies)
        if CheckId.PERSON in checks:
            known = (Fact.RESIDENT, Fact.FIRST_LOAN, Fact.MARRIED, Fact.OLD_NUMBER)
            words |= dict.fromkeys(known, _YES_OR_NO)
        if (phone := definition.field("new_phone")) is not None:
            words[Fact.FOREIGN_NUMBER] = _find_origins(phone)
        amounts = None
        if money:
            amounts = (min(each.least for each in money), max(each.most for each in money))
        return cls(words, amounts, indices, bool(currencies - {HOME_CURRENCY}), ages)

    def require(self, conditions: tuple[Condition, ...], place: str) -> None:
        """Refuse conditions that cannot all be true of one case."""
        for fact in dict.fromkeys(each.fact for each in conditions):
            about = [each for each in conditions if each.fact is fact]
            if fact is Fact.AGE:
                possible = _meets(about, self.ages, 1)
            elif fact is Fact.AMOUNT_MCI:
                possible = self._meets_amount(about, place)
            else:
                possible = self._meets_words(about, fact, place)
            if not possible:
                raise PolicyRefused(f"{place}.{fact}: it can never be true")

    def _meets_amount(self, about: list[Condition], place: str) -> bool:
        if self.amounts is None:
            raise PolicyRefused(f"{place}.{Fact.AMOUNT_MCI}: no field says it")
        amounts = self.amounts
        return self.foreign_amounts or any(_meets(about, amounts, each) for each in self.indices)

    def _meets_words(self, about: list[Condition], fact: Fact, place: str) -> bool:
        if fact not in self.words:
            raise PolicyRefused(f"{place}.{fact}: nobody says it in this operation")
        left = self.words[fact]
        for each in about:
            left &= {each.equals} if each.equals is not None else frozenset(each.one_of)
        return bool(left)


def _find_origins(phone: FieldDefinition) -> _Words:
    """Return whether a number may be of another country, and whether it may be of this one."""
    if not phone.countries:
        return _YES_OR_NO
    others = set(phone.countries) - {HOME_COUNTRY}
    return frozenset([True] * bool(others) + [False] * (HOME_COUNTRY in phone.countries))


def _meets(conditions: list[Condition], whole: Range, unit: int) -> bool:
    """Whether any number of the range meets all bounds, each of which is in units."""
    left = [whole]
    for each in conditions:
        left = [
            (max(low, first), min(high, last))
            for low, high in left
            for first, last in _ranges(each, whole, unit)
            if max(low, first) <= min(high, last)
        ]
    return bool(left)


def _ranges(condition: Condition, whole: Range, unit: int) -> tuple[Range, ...]:
    """Return the ranges that meet one bound."""
    if condition.above is not None:
        return ((condition.above * unit + 1, whole[1]),)
    if condition.at_least is not None:
        return ((condition.at_least * unit, whole[1]),)
    low, high = condition.outside or whole
    return (whole[0], low * unit - 1), (high * unit + 1, whole[1])
