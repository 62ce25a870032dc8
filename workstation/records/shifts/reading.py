"""Entries of a log read as fast as they can be counted: proven, and parsed as far as asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from crypto.canonical_json import JsonValue
from crypto.log.file.view import TreeView
from workstation.records.journal import SHIFT_CLOSE
from workstation.records.shifts.count import ShiftTally
from workstation.records.shifts.facts import read_shift

__all__ = [
    "AT_ONCE",
    "CountingStopped",
    "ReadLine",
    "count_shift",
    "find_last_close",
    "read_cases",
    "read_lines",
]

AT_ONCE: Final = 512
"""Entries between two looks whether the counting is to end: 20 ms of a busy processor."""


class CountingStopped(Exception):
    """Whoever asked for the count does not want it any more."""


class _Line(msgspec.Struct):
    """The members of an entry; `data` unparsed."""

    seq: int
    t: int
    type: str
    data: msgspec.Raw
    actor: str = ""


_decode_line = msgspec.json.Decoder(_Line).decode
_decode_data = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One entry; `data` is parsed when it is asked for."""

    seq: int
    t_ms: int
    kind: str
    actor: str
    raw: msgspec.Raw

    @property
    def data(self) -> Mapping[str, JsonValue]:
        """Return the members of `data`."""
        return _decode_data(self.raw)


def read_lines(
    view: TreeView, start: int, stop: int, *, having: Sequence[bytes] = (b"",)
) -> Iterator[ReadLine]:
    """Yield the entries start..stop-1, each proven by the signed head; LogTampered.

    having  only those with one of these in their octets; somebody's words may have them, too
    """
    for body in view.bodies(start, stop):
        if not any(octets in body for octets in having):
            continue
        line = _decode_line(body[: body.index(b"\n")])
        yield ReadLine(line.seq, line.t, line.type, line.actor, line.data)


def read_cases(view: TreeView, numbers: Iterable[int]) -> dict[int, str]:
    """Return the ids of cases by the log indices of their first entries; LogTampered."""
    entries = (view.entry(number) for number in numbers if 0 <= number < view.size)
    return {each.seq: str(each.data.get("case", "")) for each in entries}


def count_shift(
    view: TreeView, *, cancelled: Callable[[], bool], progress: Callable[[int, int], None]
) -> ShiftTally:
    """Count the entries since the last end of a shift; where there was none, since the first.

    progress  is told how many of how many entries are counted
    Raises CountingStopped, LogTampered.
    """
    number = find_last_close(view)
    last = None if number is None else read_shift(view.entry(number).data)
    tally = ShiftTally() if last is None else ShiftTally(last.size, last.state)
    first = start = tally.size
    while start < view.size:
        if cancelled():
            raise CountingStopped
        stop = min(start + AT_ONCE, view.size)
        for line in read_lines(view, start, stop):
            tally.take(line)
        start = stop
        progress(start - first, view.size - first)
    return tally


def find_last_close(view: TreeView) -> int | None:
    """Return the log index of the newest end of a shift, None before the first; LogTampered."""
    octets = f'"type":"{SHIFT_CLOSE}"'.encode()
    for number in reversed(list(view.find(octets))):
        entry = view.entry(number)
        # The same octets may stand in somebody's words.
        if entry.kind == SHIFT_CLOSE and read_shift(entry.data) is not None:
            return number
    return None
