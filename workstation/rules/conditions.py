"""When a check is required: conditions on the facts of one case, as the policy states them.

A fact that is not known meets every condition on it: the check is then required.
"""

from dataclasses import dataclass
from enum import StrEnum

from workstation.rules.reference import ReferenceSource

__all__ = ["CaseFacts", "Channel", "Condition", "Fact"]


class Channel(StrEnum):
    """Where the customer is; this station serves those who came in person."""

    BRANCH = "branch"


class Fact(StrEnum):
    """What a condition may look at."""

    AMOUNT_MCI = "amount_mci"
    AGE = "age"
    RESIDENT = "resident"
    FIRST_LOAN = "first_loan"
    MARRIED = "married"
    REFERENCE_SOURCE = "reference_source"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The facts of one case; None: not known.

    age          full years on the day of the session
    amount_kzt   whole tenge, 0 for an operation without an amount; None: in another currency
    mci_kzt      monthly calculation index of the day's year
    """

    age: int | None
    amount_kzt: int | None
    mci_kzt: int | None
    resident: bool | None = None
    first_loan: bool | None = None
    married: bool | None = None
    reference_source: ReferenceSource | None = None
    channel: Channel = Channel.BRANCH


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; exactly one of its demands is stated.

    above, at_least  bound below: of an amount in monthly indices, to the tenge
    outside          below the first or above the second
    equals           yes or no
    one_of           the value is one of these words
    """

    fact: Fact
    above: int | None = None
    at_least: int | None = None
    outside: tuple[int, int] | None = None
    equals: bool | None = None
    one_of: tuple[str, ...] = ()

    def holds(self, facts: CaseFacts) -> bool:
        """Whether the facts meet it."""
        match self.fact:
            case Fact.AMOUNT_MCI:
                amount, unit = facts.amount_kzt, facts.mci_kzt
                unknown = amount is None or unit is None
                return amount != 0 if unknown else self._bounds(amount or 0, unit or 1)
            case Fact.AGE:
                return facts.age is None or self._bounds(facts.age, 1)
            case Fact.RESIDENT:
                return self._equals(facts.resident)
            case Fact.FIRST_LOAN:
                return self._equals(facts.first_loan)
            case Fact.MARRIED:
                return self._equals(facts.married)
            case Fact.REFERENCE_SOURCE:
                return facts.reference_source is None or facts.reference_source in self.one_of
            case Fact.CHANNEL:
                return facts.channel in self.one_of

    def _bounds(self, value: int, unit: int) -> bool:
        if self.above is not None:
            return value > self.above * unit
        if self.at_least is not None:
            return value >= self.at_least * unit
        if self.outside is not None:
            return value < self.outside[0] * unit or value > self.outside[1] * unit
        return True

    def _equals(self, value: bool | None) -> bool:  # noqa: FBT001 - a fact, not a switch
        return value is None or self.equals is None or value is self.equals
