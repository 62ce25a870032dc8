"""A shift's numbers as an entry `shift.close` states them, and read back from one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from crypto.canonical_json import JsonValue
from workstation.records.shifts.count import OpenAtEnd, OutcomeCount, ShiftCount, ShiftState

__all__ = ["ShiftStated", "read_shift", "require_room", "shift_facts"]

_MOST_OPEN: Final = 48
_MOST_LOOKS: Final = 256
_MOST_ALARMS: Final = 64
_MOST_NAMES: Final = 20
"""An entry holds 8 KiB; what does not fit is ended first, none of it is left out."""


class ShiftStated(msgspec.Struct, frozen=True):
    """The members of an entry `shift.close`; lists are `[name, approved, rejected, undecided]`.

    root  of the tree of `size` entries, in hex
    """

    start: int
    size: int
    since_ms: int
    until_ms: int
    root: str
    words: str
    operations: list[tuple[str, int, int, int]]
    operators: list[tuple[str, int, int, int]]
    open: list[tuple[int, str, int]]
    looks: list[int]
    alarms: list[int]
    overrides: int
    overrides_refused: int
    handed_over: int
    suspicions: int
    sign_ins_failed: int
    sign_ins_locked: int
    permits: int
    boots: int
    clock_steps: int

    @property
    def state(self) -> ShiftState:
        """Return what was open."""
        cases = tuple(OpenAtEnd(*each) for each in self.open)
        return ShiftState(cases, tuple(self.looks), tuple(self.alarms))

    @property
    def count(self) -> ShiftCount:
        """Return the numbers as they are counted."""
        operators = tuple(OutcomeCount(*each) for each in self.operators)
        results = OutcomeCount(
            "",
            sum(each.approved for each in operators),
            sum(each.rejected for each in operators),
            sum(each.undecided for each in operators),
        )
        return ShiftCount(
            start=self.start,
            size=self.size,
            since_ms=self.since_ms,
            until_ms=self.until_ms,
            outcomes=results,
            operations=tuple(OutcomeCount(*each) for each in self.operations),
            operators=operators,
            state=self.state,
            **{name: getattr(self, name) for name in _ACTS},
        )


_ACTS: Final = (
    "overrides",
    "overrides_refused",
    "handed_over",
    "suspicions",
    "sign_ins_failed",
    "sign_ins_locked",
    "permits",
    "boots",
    "clock_steps",
)


def shift_facts(count: ShiftCount, root: bytes, words: str) -> dict[str, JsonValue]:
    """Return what the entry states; `words` are the supervisor's."""
    stated = ShiftStated(
        start=count.start,
        size=count.size,
        since_ms=count.since_ms,
        until_ms=count.until_ms,
        root=root.hex(),
        words=words,
        operations=_rows(count.operations),
        operators=_rows(count.operators),
        open=[(each.number, each.why, each.since_ms) for each in count.state.open],
        looks=list(count.state.looks),
        alarms=list(count.state.alarms),
        **{name: getattr(count, name) for name in _ACTS},
    )
    facts: dict[str, Any] = msgspec.to_builtins(stated, builtin_types=(), str_keys=True)
    return {name: _lists(value) for name, value in facts.items()}


def require_room(count: ShiftCount) -> str:
    """Return the code of what an entry has no room for, empty where everything fits."""
    state = count.state
    if len(state.open) > _MOST_OPEN:
        return "shift.too_many_open"
    if len(state.looks) > _MOST_LOOKS or len(state.alarms) > _MOST_ALARMS:
        return "shift.too_many_looks"
    if max(len(count.operations), len(count.operators)) > _MOST_NAMES:
        return "shift.too_many_names"
    return ""


def read_shift(data: Mapping[str, JsonValue]) -> ShiftStated | None:
    """Return what an entry `shift.close` states, None for one that states no shift."""
    try:
        return msgspec.convert(_plain(data), ShiftStated)
    except msgspec.ValidationError:
        return None


def _rows(counts: Sequence[OutcomeCount]) -> list[tuple[str, int, int, int]]:
    return [(each.name, each.approved, each.rejected, each.undecided) for each in counts]


def _lists(value: Any) -> JsonValue:
    return [_lists(each) for each in value] if isinstance(value, list | tuple) else value


def _plain(value: object) -> object:
    """Return an entry's data as what it is converted from: entries are read-only all the way."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
