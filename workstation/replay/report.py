"""Judgements counted by operation and rule: who would have been refused or let in."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from crypto.log.file.view import TreeView
from workstation.replay.draft import DraftPolicy
from workstation.replay.judgement import Cause, Change, Judgement, Replay
from workstation.replay.reading import CaseReader
from workstation.replay.stored_case import StoredCase
from workstation.rules.local_time import local_day

__all__ = ["ReplayReport", "ReplayRow", "Selection", "replay_log"]

MOST_EXAMPLES: Final = 3
"""Numbers of sessions that a row names, for whoever wants to look at one."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records are judged.

    operation   empty for all
    first, last  days in Kazakhstan of the result, both included; None: without end
    """

    operation: str = ""
    first: date | None = None
    last: date | None = None

    def takes(self, case: StoredCase) -> bool:
        """Whether a record is one of them."""
        if self.operation and case.begin.operation != self.operation:
            return False
        if self.first is None and self.last is None:
            return True
        day = local_day(datetime.fromtimestamp(case.decided_ms / 1000, UTC))
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(slots=True)
class ReplayRow:
    """Records of one operation to which one thing happens for one reason.

    check, rule, reason  that make the difference; empty where nothing does
    examples             numbers of the first sessions
    """

    operation: str
    change: Change
    cause: Cause
    check: str
    rule: str
    reason: str
    records: int = 0
    examples: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ReplayReport:
    """What a draft makes of a log.

    complete   whether every entry was read; else somebody stopped it, or the log has a fault
    fault, fault_at  what of the log does not verify, and where: nothing behind it was read
    records    that were judged; `broken` could not be read, `without_basis` are of before the basis
    """

    size: int
    complete: bool = False
    fault: str = ""
    fault_at: int | None = None
    records: int = 0
    broken: int = 0
    without_basis: int = 0
    rows: list[ReplayRow] = field(default_factory=list)

    def count(self, change: Change) -> int:
        """Return how many records a change happens to."""
        return sum(each.records for each in self.rows if each.change is change)


def replay_log(
    view: TreeView,
    draft: DraftPolicy,
    selection: Selection,
    *,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> ReplayReport:
    """Judge the records of a log by a draft; when cancelled, those that were read until then."""
    reader, replay = CaseReader(view, progress, cancelled), Replay(draft)
    report = _count(_judge_all(reader, replay, selection), view.size)
    report.complete, report.broken = reader.complete, reader.broken
    report.fault, report.fault_at = reader.fault, reader.fault_at
    return report


def _judge_all(
    reader: CaseReader, replay: Replay, selection: Selection
) -> Iterator[tuple[StoredCase, Judgement]]:
    """Yield each record with its judgement; one whose words or numbers are none is a broken one."""
    for case in reader.cases():
        if not selection.takes(case):
            continue
        try:
            judgement = replay.judge(case)
        except (msgspec.MsgspecError, ValueError):
            reader.broken += 1
            continue
        yield case, judgement


def _count(judged: Iterable[tuple[StoredCase, Judgement]], size: int) -> ReplayReport:
    report, rows = ReplayReport(size), dict[tuple[str, ...], ReplayRow]()
    for case, found in judged:
        result, kind = case.result, case.begin.operation
        key = (kind, found.change, found.cause, found.check, found.rule, found.reason)
        row = rows.get(key)
        if row is None:
            row = rows[key] = ReplayRow(
                kind, found.change, found.cause, found.check, found.rule, found.reason
            )
        row.records += 1
        report.records += 1
        if result is not None:
            report.without_basis += result.basis is None
            if len(row.examples) < MOST_EXAMPLES:
                row.examples.append(result.begin)
    order = list(Change)
    report.rows = sorted(
        rows.values(), key=lambda each: (each.operation, order.index(each.change), -each.records)
    )
    return report
