"""What the screens see of a shift and of the tellers of a period."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workstation.records.shifts.numbers import ShiftCount
from workstation.shift.figures import TellerFigures
from workstation.shift.risk import RiskRow

__all__ = ["ClosedView", "ShiftView", "StatisticsView"]


@dataclass(frozen=True, slots=True)
class ClosedView:
    """The end of a shift that is in the log.

    number   log index of its entry
    size, root_base64  the head of the log that covers it
    head, report  the files that left with it, None where one could not be written; `trouble` is
             the code of why
    """

    number: int
    closed_ms: int
    size: int
    root_base64: str
    head: Path | None = None
    report: Path | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ShiftView:
    """The shift since its beginning.

    running  it is being counted, or its files are being written
    count    its numbers as they were counted last; None before that
    permits_waiting  permits that lie where core banking takes them from
    closed   the shift that was ended just now
    cases    ids of the open cases, by the log index of the first entry
    """

    running: bool = False
    count: ShiftCount | None = None
    permits_waiting: int = 0
    closed: ClosedView | None = None
    cases: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """The tellers of a period.

    since_ms, until_ms  the period, whole days, the second of them outside
    running  they are being counted: `done` of `total` entries
    tellers  by personnel number
    risks    what is worth a look, the gravest first
    cases    ids of the cases that they name, by the log index of the first entry
    saved    code of how the last order to save the table came out, empty before
    """

    since_ms: int
    until_ms: int
    running: bool = False
    done: int = 0
    total: int = 0
    tellers: tuple[TellerFigures, ...] = ()
    risks: tuple[RiskRow, ...] = ()
    cases: Mapping[int, str] = field(default_factory=dict)
    saved: str = ""
