"""Today's results, counted from this station's log: read back once, then only what is new."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Final

from crypto.log.file.store import LogStore
from crypto.log.format.entry import LogEntry
from workstation.records.shifts.count import read_shown_outcome
from workstation.rules.local_time import KAZAKHSTAN, local_day
from workstation.session.decision import Outcome
from workstation.station.home_view import DayTotals

__all__ = ["DayCount"]

_RESULT: Final = "verify.result"
_AT_ONCE: Final = 256
"""Entries: as many as one path of hashes proves."""


class DayCount:
    """Owned by the station's thread."""

    def __init__(self, log: LogStore, now: Callable[[], datetime]) -> None:
        self._log = log
        self._now = now
        self._day: date | None = None
        self._size = 0
        self._counted: Counter[str] = Counter()

    def read(self) -> DayTotals:
        """Return today's totals; the first time of a day the log is read back to midnight."""
        today, size = local_day(self._now()), self._log.size
        if today != self._day or size < self._size:
            self._counted = Counter(_find_outcomes(self._read_back(today, size)))
            self._day = today
        elif size > self._size:
            self._counted.update(_find_outcomes(self._log.entries(self._size, size)))
        self._size = size
        return DayTotals(
            approved=self._counted[Outcome.APPROVED],
            rejected=self._counted[Outcome.REJECTED],
            undecided=self._counted[Outcome.INDETERMINATE],
        )

    def _read_back(self, today: date, stop: int) -> Iterator[LogEntry]:
        midnight = datetime.combine(today, time(), KAZAKHSTAN)
        since_ms = int(midnight.timestamp() * 1000)
        while stop:
            start = max(stop - _AT_ONCE, 0)
            found = list(self._log.entries(start, stop))
            yield from (each for each in found if each.t_ms >= since_ms)
            stop = start if found[0].t_ms >= since_ms else 0


def _find_outcomes(entries: Iterator[LogEntry]) -> Iterator[str]:
    return (read_shown_outcome(each.data) for each in entries if each.kind == _RESULT)
