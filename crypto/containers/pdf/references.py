"""Where the octets of a revision refer to an object, found without trusting its structure."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

__all__ = ["ReferenceIndex", "find_reference_keys"]

_BLANK = rb"[\x00\t\n\f\r ]"
# Readers differ: some take 60.0, 6E1 and even 6-0 for 60, and 0R for 0 R.
_NUMBER = rb"(?<![0-9+\-.eE])[0-9+\-.eE]++"
_REFERENCE = re.compile(rb"(" + _NUMBER + rb")" + _BLANK + rb"++" + _NUMBER + _BLANK + rb"*+R")
_KEY = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]+)" + _BLANK + rb"+\Z")
_LOOKED_BACK = 160

# A comment may stand between the parts of a reference. It ends with its line, so what follows one
# begins a line: looked for from the end upwards, which is linear where a pattern is quadratic.
_END_OF_REFERENCE = re.compile(rb"R(?![^\x00\t\n\f\r ()<>\[\]{}/%])")
_BLANKS, _DIGITS, _SIGNS = b"\x00\t\n\f\r ", b"0123456789+-.eE", b"+-"
_WINDOW = 96
_BOTH_NUMBERS = re.compile(rb"(" + _NUMBER + rb")" + _BLANK + rb"++" + _NUMBER + _BLANK + rb"*+%")
_FIRST_NUMBER = re.compile(rb"(" + _NUMBER + rb")" + _BLANK + rb"*+%")
_SECOND_NUMBER = re.compile(_BLANK + rb"*+" + _NUMBER + _BLANK + rb"*+%")
_ONLY_COMMENT = re.compile(_BLANK + rb"*+(?:%.*)?\Z", re.DOTALL)
_MAX_LINES = 64
_MAX_CANDIDATES = 20_000


@dataclass(slots=True, repr=False)
class ReferenceIndex:
    """References to some objects in a file; its octets are searched once, for all revisions."""

    octets: bytes
    wanted: Collection[int]
    _first: dict[tuple[int, str], int] | None = None
    _streams: dict[int, dict[int, set[str]]] = field(default_factory=dict)

    def find(self, end: int, streams: Iterable[tuple[int, bytes]]) -> dict[int, set[str]]:
        """Return, for every wanted number, the names right before references to it.

        end      of the revision that is asked about
        streams  its object streams: where each begins in the file, and its octets decoded

        The name is empty for a reference in an array, or wherever no name stands before it. What
        only looks like a reference counts too: the answer errs to the side of too many.
        """
        found: dict[int, set[str]] = {}
        if not self.wanted:
            return found
        if self._first is None:
            self._first = {}
            for number, name, at in _find_references(self.octets, self.wanted):
                key = (number, name)
                self._first[key] = min(at, self._first.get(key, at))
        for (number, name), at in self._first.items():
            if at < end:
                found.setdefault(number, set()).add(name)
        for start, octets in streams:
            if start not in self._streams:
                self._streams[start] = find_reference_keys(octets, self.wanted)
            for number, names in self._streams[start].items():
                found.setdefault(number, set()).update(names)
        return found


def find_reference_keys(octets: bytes, wanted: Collection[int]) -> dict[int, set[str]]:
    """Return, for every wanted number that octets refer to, the names right before that."""
    found: dict[int, set[str]] = {}
    for number, name, _ in _find_references(octets, wanted):
        found.setdefault(number, set()).add(name)
    return found


def _find_references(octets: bytes, wanted: Collection[int]) -> Iterator[tuple[int, str, int]]:
    """Yield number, name before it and place; 0 where the place is not told."""
    for each in _REFERENCE.finditer(octets):
        number = _read_number(each[1])
        if number in wanted:
            before = octets[max(0, each.start() - _LOOKED_BACK) : each.start()]
            yield number, _read_key(before), each.start()
    for number in _find_commented(octets, wanted):
        if number in wanted:
            yield number, "", 0


def _read_number(written: bytes) -> int:
    """Return what the most forgiving reader takes for a number; -1 for none."""
    try:
        # As a real, whose digits may be any number: those of an object are exact.
        return int(float(written.translate(None, _SIGNS)))
    except (ValueError, OverflowError):
        return -1


def _read_key(before: bytes) -> str:
    """Return the name at the end of what stands before a reference; empty for a comment's."""
    key = _KEY.search(before)
    if key is None:
        return ""
    if _has_line_end(before[key.end(1) :]):
        line = before[: key.start()]
        start = max(line.rfind(b"\n"), line.rfind(b"\r"))
        if start < 0 or b"%" in line[start:]:
            return ""
    return key[1].decode("latin-1")


def _find_commented(octets: bytes, wanted: Collection[int]) -> Iterator[int]:
    """Yield the numbers of references that have comments between their parts."""
    candidates = 0
    for each in _END_OF_REFERENCE.finditer(octets):
        for end, pattern in _find_line_ends(octets, each.start()):
            candidates += 1
            if candidates > _MAX_CANDIDATES or end < 0:
                yield from wanted  # nobody writes like this
                return
            yield from _read_lines_above(octets, end, pattern)


def _find_line_ends(octets: bytes, at: int) -> Iterator[tuple[int, re.Pattern[bytes]]]:
    """Yield where lines end before the parts of a reference whose R stands at `at`.

    With each comes what may stand in the line above; -1: farther away than is looked at.
    """
    before = octets[max(0, at - _WINDOW) : at]
    kept = before.rstrip(_BLANKS)
    if not kept and at > _WINDOW:
        yield -1, _BOTH_NUMBERS
        return
    if _has_line_end(before[len(kept) :]):
        yield at - len(before) + len(kept), _BOTH_NUMBERS
    number = kept.rstrip(_DIGITS)
    if len(number) == len(kept):
        return
    above = number.rstrip(_BLANKS)
    if not above and at > _WINDOW:
        yield -1, _FIRST_NUMBER
    elif _has_line_end(number[len(above) :]):
        yield at - len(before) + len(above), _FIRST_NUMBER


def _has_line_end(octets: bytes) -> bool:
    return b"\n" in octets or b"\r" in octets


def _read_lines_above(octets: bytes, end: int, pattern: re.Pattern[bytes]) -> Iterator[int]:
    """Yield the numbers that stand before comments in the lines that end at `end` and above."""
    for _ in range(_MAX_LINES):
        start = max(octets.rfind(b"\n", 0, end), octets.rfind(b"\r", 0, end)) + 1
        line = octets[start:end]
        yield from map(_read_number, pattern.findall(line))
        if pattern is _BOTH_NUMBERS and _SECOND_NUMBER.match(line):
            pattern = _FIRST_NUMBER
        elif _ONLY_COMMENT.match(line) is None:
            return
        if start == 0:
            return
        end = start - 1
