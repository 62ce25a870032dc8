"""Bands in which a record states age and amount: narrow enough to judge by, too wide to name one.

Cut at every bound that the law or a shipped policy uses and at those of the policy in force, so
that a record can always be judged by the policy it was made under (docs/threats.md).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from workstation.rules.conditions import Condition, Fact
from workstation.rules.policy import OperationPolicy, Policy

__all__ = [
    "AGE_CUTS",
    "AMOUNT_CUTS",
    "UNIT",
    "AgeBand",
    "AmountBand",
    "cut_ages",
    "cut_amounts",
    "find_age_cuts",
    "find_amount_cuts",
    "list_conditions",
]

AGE_CUTS: Final = (14, 16, 18, 21, 56, 121)
"""First ages of bands: A-01, A-02, L-04 and the greatest age that is no mistake."""

AMOUNT_CUTS: Final = (75, 150, 255, 1_000)
"""Monthly indices: L-02 of an MFO, L-02 and L-03, L-02, L-05."""

UNIT: Final = 2
"""Tenge of the index by which a band is judged: room for an amount between two whole indices."""

_OLDEST = 200


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Full years, both inclusive."""

    low: int
    high: int

    @classmethod
    def containing(cls, age: int, cuts: Collection[int]) -> "AgeBand":
        """Return the band between two cuts that the age lies in."""
        low = max((each for each in cuts if each <= age), default=0)
        above = min((each for each in cuts if each > age), default=_OLDEST + 1)
        return cls(low, above - 1)

    def ages(self, cuts: Collection[int]) -> tuple[int, ...]:
        """Return one age for each part that these cuts divide the band into: the part's first."""
        first = max((each for each in cuts if each <= self.low), default=0)
        return (first, *sorted(each for each in cuts if self.low < each <= self.high))


@dataclass(frozen=True, slots=True)
class AmountBand:
    """Monthly indices: between the two, neither included; exactly so many where both are one.

    high  None: without end
    """

    low: int
    high: int | None

    @classmethod
    def containing(cls, amount_kzt: int, mci_kzt: int, cuts: Collection[int]) -> "AmountBand":
        """Return the band that an amount lies in; 0 is exactly nothing."""
        edges = (0, *cuts)
        if exact := [each for each in edges if each * mci_kzt == amount_kzt]:
            return cls(exact[0], exact[0])
        low = max(each for each in edges if each * mci_kzt < amount_kzt)
        return cls(low, min((each for each in cuts if each * mci_kzt > amount_kzt), default=None))

    def amounts(self, cuts: Collection[int]) -> tuple[int, ...]:
        """Return an amount for each part that these cuts divide it into, at `UNIT` an index.

        Amounts that these cuts do not tell apart are one.
        """
        if self.low == self.high:
            below = max((each for each in cuts if each < self.low), default=0)
            return (self.low * UNIT if self.low in {0, *cuts} else below * UNIT + 1,)
        inside = sorted(
            each for each in cuts if self.low < each and (self.high is None or each < self.high)
        )
        parts = (amount for each in inside for amount in (each * UNIT, each * UNIT + 1))
        first = max((each for each in cuts if each <= self.low), default=0)
        return (first * UNIT + 1, *parts)


def find_age_cuts(policy: Policy) -> frozenset[int]:
    """Return the first age of every band that the policy tells apart."""
    stated = (cut_ages(each) for each in policy.operations)
    return frozenset({policy.minimum_age, policy.maximum_age + 1}).union(*stated)


def find_amount_cuts(policy: Policy) -> frozenset[int]:
    """Return every amount, in monthly indices, that the policy tells smaller and larger ones by."""
    return frozenset[int]().union(*(cut_amounts(each) for each in policy.operations))


def cut_ages(operation: OperationPolicy) -> frozenset[int]:
    """Return the first ages of the bands that an operation's conditions tell apart."""
    found = (each for each in list_conditions(operation) if each.fact is Fact.AGE)
    return frozenset(cut for each in found for cut in _age_cuts(each))


def cut_amounts(operation: OperationPolicy) -> frozenset[int]:
    """Return the amounts, in monthly indices, that an operation's conditions go by."""
    found = (each for each in list_conditions(operation) if each.fact is Fact.AMOUNT_MCI)
    bounds = ((each.above, each.at_least, *(each.outside or ())) for each in found)
    return frozenset(bound for each in bounds for bound in each if bound)


def list_conditions(operation: OperationPolicy) -> Iterator[Condition]:
    """Yield the conditions of an operation's checks and of what an approval waits for."""
    for required in operation.required:
        yield from required.when
    for effect in operation.effects:
        yield from effect.when


def _age_cuts(condition: Condition) -> Iterator[int]:
    if condition.above is not None:
        yield condition.above + 1
    if condition.at_least is not None:
        yield condition.at_least
    if condition.outside is not None:
        yield condition.outside[0]
        yield condition.outside[1] + 1
