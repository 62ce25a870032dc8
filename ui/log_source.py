"""What the pages of the log need of whoever reads it."""

from collections.abc import Sequence
from typing import Protocol

from workstation.station.log_view import LogEntryView, LogMatches, LogQuery, LogRow

__all__ = ["LogPageSource"]


class LogPageSource(Protocol):
    """Who reads the log: called by one thread (ui.process.reading) and never by the GUI's."""

    def size(self) -> int:
        """Return how many entries there are."""
        ...

    def rows(self, start: int, count: int) -> Sequence[LogRow]:
        """Return at most `count` entries from index `start`, ascending."""
        ...

    def rows_of(self, seqs: Sequence[int]) -> Sequence[LogRow]:
        """Return the entries of these numbers, as far as there are such."""
        ...

    def find(self, query: LogQuery) -> LogMatches:
        """Return which entries answer."""
        ...

    def case_entries(self, case: str) -> Sequence[LogRow]:
        """Return all entries of a case, ascending."""
        ...

    def entry(self, seq: int) -> LogEntryView | None:
        """Return one entry with every member and its proof, None where there is none."""
        ...

    def interrupt(self) -> None:
        """End the search that runs, if one does; the one method that any thread may call."""
        ...
