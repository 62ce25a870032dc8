"""Where the octets of a revision refer to an object, found without trusting its structure."""

import re
from collections.abc import Collection, Iterable, Iterator

__all__ = ["find_reference_keys"]

_BLANK = rb"[\x00\t\n\f\r ]"
_REFERENCE = re.compile(rb"(\d{1,20})" + _BLANK + rb"++\+?\d{1,20}" + _BLANK + rb"++R")
_KEY = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]+)" + _BLANK + rb"+\Z")
_LOOKED_BACK = 160

# A comment may stand between the parts of a reference. It ends with its line, so what follows one
# begins a line: looked for from there upwards, which is linear where a pattern is quadratic.
_END_OF_REFERENCE = re.compile(
    rb"(?<!"
    + _BLANK
    + rb")("
    + _BLANK
    + rb"++)(\+?\d{1,20}"
    + _BLANK
    + rb"++)?R(?![^\x00\t\n\f\r ()<>\[\]{}/%])"
)
_BOTH_NUMBERS = re.compile(rb"(\d{1,20})" + _BLANK + rb"++\+?\d{1,20}" + _BLANK + rb"*+%")
_FIRST_NUMBER = re.compile(rb"(\d{1,20})" + _BLANK + rb"*+%")
_SECOND_NUMBER = re.compile(_BLANK + rb"*+\+?\d{1,20}" + _BLANK + rb"*+%")
_ONLY_COMMENT = re.compile(_BLANK + rb"*+(?:%.*)?\Z", re.DOTALL)
_MAX_LINES = 64
_MAX_CANDIDATES = 20_000


def find_reference_keys(parts: Iterable[bytes], wanted: Collection[int]) -> dict[int, set[str]]:
    """Return, for every wanted number that is referred to, the names right before its references.

    The name is empty for a reference in an array, or wherever no name stands before it. What only
    looks like a reference counts too: the answer errs to the side of too many.
    """
    found: dict[int, set[str]] = {}
    if not wanted:
        return found
    for octets in parts:
        for each in _REFERENCE.finditer(octets):
            number = int(each[1])
            if number in wanted:
                before = octets[max(0, each.start() - _LOOKED_BACK) : each.start()]
                key = _KEY.search(before)
                name = key[1].decode("latin-1") if key is not None else ""
                found.setdefault(number, set()).add(name)
        for number in _find_commented(octets, wanted):
            if number in wanted:
                found.setdefault(number, set()).add("")
    return found


def _find_commented(octets: bytes, wanted: Collection[int]) -> Iterator[int]:
    """Yield the numbers of references that have comments between their parts."""
    candidates = 0
    for each in _END_OF_REFERENCE.finditer(octets):
        if b"\n" not in each[1] and b"\r" not in each[1]:
            continue
        candidates += 1
        if candidates > _MAX_CANDIDATES:
            yield from wanted  # nobody writes like this
            return
        pattern = _BOTH_NUMBERS if each[2] is None else _FIRST_NUMBER
        end = each.start()
        for _ in range(_MAX_LINES):
            start = max(octets.rfind(b"\n", 0, end), octets.rfind(b"\r", 0, end)) + 1
            line = octets[start:end]
            yield from (int(number) for number in pattern.findall(line))
            if pattern is _BOTH_NUMBERS and _SECOND_NUMBER.match(line):
                pattern = _FIRST_NUMBER
            elif _ONLY_COMMENT.match(line) is None:
                break
            if start == 0:
                break
            end = start - 1
