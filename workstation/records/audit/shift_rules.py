"""Whether an entry `shift.close` says what the log says: counted again from its first entry."""

from collections import deque
from enum import StrEnum
from typing import Final

from crypto.log.format.entry import LogEntry
from crypto.log.format.merkle import Frontier
from workstation.records.shifts.count import SHIFT_CLOSE, ShiftTally
from workstation.records.shifts.facts import read_shift

__all__ = ["ShiftRule", "ShiftRules"]

_BETWEEN: Final = frozenset({"session.open", "clock.step"})
"""What may stand between the last entry that is counted and the one that counts."""

_WAITING: Final = 8
"""Entries that are not counted yet, so that a count that ends before them can be compared."""


class ShiftRule(StrEnum):
    """What may be wrong with the end of a shift."""

    FORM = "rule.shift"
    COUNT = "rule.shift_count"
    HEAD = "rule.shift_head"


class ShiftRules:
    """One pass over a log's entries in order."""

    def __init__(self) -> None:
        self._tally = ShiftTally()
        self._frontier = Frontier()
        self._waiting: deque[LogEntry] = deque()

    def take(self, entry: LogEntry) -> ShiftRule | None:
        """Count an entry; return what is wrong with it when it ends a shift."""
        breach = self._check(entry) if entry.kind == SHIFT_CLOSE else None
        self._waiting.append(entry)
        if len(self._waiting) > _WAITING:
            self._count(self._waiting.popleft())
        return breach

    def _check(self, entry: LogEntry) -> ShiftRule | None:
        stated = read_shift(entry.data)
        if stated is None or not self._tally.size <= stated.size <= entry.seq:
            return ShiftRule.FORM
        while self._waiting and self._waiting[0].seq < stated.size:
            self._count(self._waiting.popleft())
        if any(each.kind not in _BETWEEN for each in self._waiting):
            return ShiftRule.COUNT
        counted, root = self._tally.count(), self._frontier.root().hex()
        self._tally = ShiftTally(stated.size, counted.state)
        if stated.count != counted:
            return ShiftRule.COUNT
        return None if stated.root == root else ShiftRule.HEAD

    def _count(self, entry: LogEntry) -> None:
        self._tally.take(entry)
        self._frontier, _ = self._frontier.push(entry.leaf)
