"""What a teller has done in a period, apart from the counting: a screen needs no log for it."""

from dataclasses import dataclass

__all__ = ["TellerFigures"]


@dataclass(frozen=True, slots=True)
class TellerFigures:
    """One teller of a period; tuples of numbers are log indices of cases' first entries.

    median_s     from the form to the result, seconds; 0 without a result
    worked_hours clock hours in which cases were begun; busiest: most begun within 60 minutes
    """

    operator: str
    sessions: int
    approved: int
    rejected: int
    undecided: int
    median_s: int
    attempts: int
    worked_hours: int
    busiest: int
    overridden: tuple[int, ...]
    override_refused: tuple[int, ...]
    handed_over: tuple[int, ...]
    suspected: tuple[int, ...]
    aborted: tuple[int, ...]
    reasons: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    file: tuple[int, ...]
    shared: tuple[int, ...]
    silent: tuple[int, ...]
    returned: tuple[int, ...]
    after_hours: tuple[int, ...]
    busiest_cases: tuple[int, ...] = ()

    @property
    def ended(self) -> int:
        """Return how many results there are."""
        return self.approved + self.rejected + self.undecided
