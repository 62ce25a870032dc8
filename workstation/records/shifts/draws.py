"""Second looks as the log states them: which decisions were drawn, and what waits for a look.

A draw passes over every decision since the one before; its entry names the range and what was drawn
of it. Who reads the log's size or the clock learns nothing of one decision: nothing is written, and
no file goes, when it is made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.log.file.store import LogStore
from crypto.log.format.entry import LogEntry
from crypto.log.format.merkle import TILE_WIDTH
from workstation.records.shifts.count import DRAWN, LOOKED, SHIFT_CLOSE, list_numbers
from workstation.rules.parties import person_key

__all__ = ["DrawnDecisions", "list_people", "read_decision", "record_draw"]

_RESULT: Final = "verify.result"
_LOG: Final = "log"
_FURTHEST: Final = 10_000
"""Entries that are read back for the newest draw and end of shift; a day has some thousands."""

_AT_ONCE: Final = 500
"""Decisions of one entry, which holds 8 KiB."""


@dataclass(frozen=True, slots=True)
class DrawnDecisions:
    """Where the next draw begins, and the indexes of the results that wait for a look."""

    start: int
    waiting: tuple[int, ...]

    @classmethod
    def read(cls, log: LogStore) -> "DrawnDecisions":
        """Read the log back to the newest draw and the newest end of shift, which states the rest.

        Without either it reads back 10,000 entries, and what is older is never drawn.
        """
        looked: set[int] = set()
        waiting: set[int] = set()
        start, last, closed = None, log.size, False
        for entry in _read_back(log):
            last = entry.seq
            if entry.kind == LOOKED:
                looked |= set(list_numbers([entry.data.get("result")]))
            elif entry.kind == DRAWN:
                waiting |= set(list_numbers(entry.data.get("drawn")))
                start = _read_size(entry) if start is None else start
            elif entry.kind == SHIFT_CLOSE and not closed:
                closed = True
                waiting |= set(list_numbers(entry.data.get("looks")))
            if (closed and start is not None) or log.size - last >= _FURTHEST:
                break
        return cls(last if start is None else start, tuple(sorted(waiting - looked)))


def record_draw(log: LogStore, start: int, draw: Callable[[], bool]) -> DrawnDecisions:
    """Draw of every decision from an entry on, in order, and write what was drawn; LogError.

    What the log's own key ended is nobody's decision. Without a decision nothing is written.
    """
    size = log.size
    found = [each.seq for each in log.entries(start, size) if _is_decision(each)]
    drawn: list[int] = []
    for first in range(0, len(found), _AT_ONCE):
        part = found[first : first + _AT_ONCE]
        picked = [each for each in part if draw()]
        end = size if first + _AT_ONCE >= len(found) else part[-1] + 1
        data: dict[str, JsonValue] = {
            "start": start,
            "size": end,
            "results": len(part),
            "drawn": list(picked),
        }
        log.append(DRAWN, data, actor=_LOG)
        drawn += picked
        start = end
    return DrawnDecisions(size, tuple(drawn))


def read_decision(log: LogStore, number: int) -> LogEntry | None:
    """Return a result that somebody decided, None for an index of anything else."""
    if not 0 <= number < log.size:
        return None
    entry = log.entry(number)
    return entry if _is_decision(entry) else None


def list_people(log: LogStore, result: LogEntry) -> frozenset[str]:
    """Return who has taken part in a decided case, the teller and second persons (person_key)."""
    begin, case = result.data.get("begin"), result.data.get("case")
    start = begin if isinstance(begin, int) and 0 <= begin <= result.seq else result.seq
    acts = (each for each in log.entries(start, result.seq + 1) if each.data.get("case") == case)
    return frozenset(person_key(each.actor) for each in acts if each.actor != _LOG)


def _is_decision(entry: LogEntry) -> bool:
    return entry.kind == _RESULT and entry.actor != _LOG


def _read_size(entry: LogEntry) -> int:
    size = entry.data.get("size")
    return size if isinstance(size, int) and 0 <= size <= entry.seq else entry.seq


def _read_back(log: LogStore) -> Iterator[LogEntry]:
    stop = log.size
    while stop:
        start = (stop - 1) // TILE_WIDTH * TILE_WIDTH
        yield from reversed(list(log.entries(start, stop)))
        stop = start
