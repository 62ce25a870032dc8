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
    OLD_NUMBER = "old_number"
    FOREIGN_NUMBER = "foreign_number"
    CURRENCY = "currency"
    MARRIED = "married"
    REFERENCE_SOURCE = "reference_source"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The facts of one case; None: not known.

    age          full years on the day of the session
    amount_kzt   whole tenge, 0 for an operation without an amount; None: in another currency
    mci_kzt      monthly calculation index of the day's year
    old_number   whether the bank has a number of the customer on file
    foreign_number  whether the new number is of another country
    currency     of the amount, ISO 4217
    """

    age: int | None
    amount_kzt: int | None
    mci_kzt: int | None
    resident: bool | None = None
    first_loan: bool | None = None
    married: bool | None = None
    reference_source: ReferenceSource | None = None
    channel: Channel = Channel.BRANCH
    old_number: bool | None = None
    foreign_number: bool | None = None
    currency: str | None = None


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
        if self.fact is Fact.AMOUNT_MCI:
            return self._weigh_amount(facts)
        # Every other fact is the member of its name.
        value: int | str | None = getattr(facts, self.fact.value)
        if value is None:
            return True
        if isinstance(value, bool):
            return self.equals is None or value is self.equals
        return value in self.one_of if isinstance(value, str) else self._bounds(value, 1)

    def is_known(self, facts: CaseFacts) -> bool:
        """Whether the facts say for certain that it holds: what is unknown allows nothing."""
        if self.fact is Fact.AMOUNT_MCI:
            known = facts.amount_kzt is not None and facts.mci_kzt is not None
        else:
            known = getattr(facts, self.fact.value) is not None
        return known and self.holds(facts)

    def _weigh_amount(self, facts: CaseFacts) -> bool:
        amount, unit = facts.amount_kzt, facts.mci_kzt
        if amount is None or unit is None:
            return amount != 0
        return self._bounds(amount, unit)

    def _bounds(self, value: int, unit: int) -> bool:
        if self.above is not None:
            return value > self.above * unit
        if self.at_least is not None:
            return value >= self.at_least * unit
        if self.outside is not None:
            return value < self.outside[0] * unit or value > self.outside[1] * unit
        return True
