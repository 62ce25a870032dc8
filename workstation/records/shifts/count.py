"""What a shift is counted by: one pass over the log's entries, the same for desk and audit.

A shift ends with an entry `shift.close` (docs/formats/log.md, section 2), which names where the
next one begins. So every entry is counted in exactly one shift, and what is open at the end of one
is where the next one starts from. Before a log's first such entry a shift begins with the day.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from crypto.canonical_json import JsonValue
from workstation.records.alarms import ACKNOWLEDGED, ALARM, list_acknowledged
from workstation.records.journal import SHIFT_CLOSE
from workstation.records.shifts.numbers import OpenAtEnd, OutcomeCount, ShiftCount, ShiftState
from workstation.rules.local_time import count_local_day
from workstation.session.decision import Outcome

__all__ = [
    "AT_DESK",
    "DRAWN",
    "LOOKED",
    "SHIFT_CLOSE",
    "Countable",
    "OpenAtEnd",
    "OutcomeCount",
    "ShiftCount",
    "ShiftState",
    "ShiftTally",
    "list_numbers",
    "read_shown_outcome",
]

DRAWN: Final = "review.drawn"
LOOKED: Final = "review.look"
AT_DESK: Final = "at_desk"
"""Why a case is open that waits for nobody: it is, or was when the process died, at the desk."""

_RESULT: Final = "verify.result"
_ORDER: Final = (Outcome.APPROVED.value, Outcome.REJECTED.value, Outcome.INDETERMINATE.value)


class Countable(Protocol):
    """An entry of the log as far as it is counted."""

    @property
    def seq(self) -> int: ...  # noqa: D102 - as in LogEntry
    @property
    def t_ms(self) -> int: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def data(self) -> Mapping[str, JsonValue]: ...  # noqa: D102


@dataclass(slots=True)
class _Numbers:
    """What is counted from the beginning of a shift on."""

    start: int
    since_ms: int = 0
    until_ms: int = 0
    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)


class ShiftTally:
    """Takes entries in order; owned by one thread.

    start   log index of the first entry to be counted
    before  what was open there; None before the first end of a shift: each day begins anew then
    """

    def __init__(self, start: int = 0, before: ShiftState | None = None) -> None:
        self._by_days = before is None
        self._day = -1
        state = before or ShiftState()
        self._open = {each.number: each for each in state.open}
        self._looks = set(state.looks)
        self._alarms = set(state.alarms)
        self._numbers = _Numbers(start)
        self.size = start

    def take(self, entry: Countable) -> None:
        """Count one entry, the one after the last."""
        if self._by_days and (day := count_local_day(entry.t_ms)) != self._day:
            self._day, self._numbers = day, _Numbers(entry.seq)
        numbers = self._numbers
        numbers.since_ms = numbers.since_ms or entry.t_ms
        numbers.until_ms = entry.t_ms
        self.size = entry.seq + 1
        if entry.kind.startswith("verify."):
            self._take_case(entry)
        else:
            self._take_other(entry)

    def count(self) -> ShiftCount:
        """Return the shift up to the last entry."""
        numbers, acts = self._numbers, self._numbers.acts
        return ShiftCount(
            start=numbers.start,
            size=self.size,
            since_ms=numbers.since_ms,
            until_ms=numbers.until_ms,
            outcomes=_sum("", numbers.outcomes),
            operations=tuple(_group(1, numbers.outcomes)),
            operators=tuple(_group(2, numbers.outcomes)),
            state=ShiftState(
                tuple(self._open[number] for number in sorted(self._open)),
                tuple(sorted(self._looks)),
                tuple(sorted(self._alarms)),
            ),
            overrides=acts["override"],
            overrides_refused=acts["override.refused"],
            handed_over=acts["handed_over"],
            suspicions=acts["suspicion"],
            sign_ins_failed=acts["sign_in.failed"],
            sign_ins_locked=acts["sign_in.locked"],
            permits=acts["permit"],
            boots=acts["boot"],
            clock_steps=acts["clock.step"],
        )

    def _take_case(self, entry: Countable) -> None:
        match entry.kind:
            case "verify.begin":
                self._open[entry.seq] = OpenAtEnd(entry.seq, AT_DESK, entry.t_ms)
            case "verify.step":
                self._take_step(entry)
            case "verify.result":
                self._open.pop(_number(entry.data.get("begin")), None)
                shown, kind = read_shown_outcome(entry.data), str(entry.data.get("operation", ""))
                self._numbers.outcomes[shown, kind, entry.actor] += 1
            case "verify.permit" | "verify.hold":
                self._numbers.acts["permit"] += 1
            case _:
                pass

    def _take_step(self, entry: Countable) -> None:
        data, step = entry.data, entry.data.get("step")
        if step in {"parked", "came_back"}:
            begin, why = _number(data.get("begin")), AT_DESK
            if step == "parked":
                why = str(data.get("waits_for", ""))
            if begin in self._open:
                self._open[begin] = OpenAtEnd(begin, why, entry.t_ms)
        elif step in {"handed_over", "suspicion"}:
            self._numbers.acts[str(step)] += 1

    def _take_other(self, entry: Countable) -> None:
        data, acts = entry.data, self._numbers.acts
        match entry.kind:
            case "review" if data.get("act") == "override":
                acts["override.refused" if data.get("refused") else "override"] += 1
            case "sign_in.failed" | "sign_in.locked" | "boot" | "clock.step":
                acts[entry.kind] += 1
            case kind if kind == ALARM and "first" not in data:
                self._alarms.add(entry.seq)
            case kind if kind == ACKNOWLEDGED:
                self._alarms.difference_update(list_acknowledged(data))
            case kind if kind == DRAWN:
                self._looks.update(list_numbers(data.get("drawn")))
            case kind if kind == LOOKED:
                self._looks.difference_update(list_numbers([data.get("result")]))
            case _:
                pass


def read_shown_outcome(data: Mapping[str, JsonValue]) -> str:
    """Return a result's outcome as it was shown: another count would betray who is not free."""
    hold = data.get("hold")
    return str((hold if isinstance(hold, Mapping) else {}).get("shown", data.get("outcome", "")))


def list_numbers(value: JsonValue) -> Iterator[int]:
    """Yield the numbers of results in a list that an entry states; none of what is no list."""
    for each in value if isinstance(value, list | tuple) else ():
        if isinstance(each, int):
            yield each


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


def _group(place: int, counted: Mapping[tuple[str, str, str], int]) -> Iterator[OutcomeCount]:
    for name in sorted({key[place] for key in counted}):
        yield _sum(name, {key: n for key, n in counted.items() if key[place] == name})


def _sum(name: str, counted: Mapping[tuple[str, str, str], int]) -> OutcomeCount:
    totals = [sum(n for key, n in counted.items() if key[0] == each) for each in _ORDER]
    return OutcomeCount(name, *totals)
