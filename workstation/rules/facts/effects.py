"""What an approval still waits for by the facts of its case: time, and the customer once more."""

from dataclasses import dataclass

from workstation.rules.conditions import CaseFacts, Condition

__all__ = ["SecondConfirmation", "Wait"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Hours for which an approved operation is not carried out yet, by which rule, and when.

    when  conditions that all have to hold; without any it always waits
    """

    hours: int
    rule: str
    when: tuple[Condition, ...] = ()

    def applies(self, facts: CaseFacts) -> bool:
        """Whether a case with these facts waits."""
        return all(condition.holds(facts) for condition in self.when)


@dataclass(frozen=True, slots=True)
class SecondConfirmation:
    """A rule by which the customer confirms once more after the wait, and when (L-02).

    when  conditions that all have to hold; without any it is always asked for
    """

    rule: str
    when: tuple[Condition, ...] = ()

    def applies(self, facts: CaseFacts) -> bool:
        """Whether a case with these facts is confirmed once more."""
        return all(condition.holds(facts) for condition in self.when)
