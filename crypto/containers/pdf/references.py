"""Where the octets of a revision refer to an object, found without trusting its structure."""

import re
from collections.abc import Collection, Iterable

__all__ = ["find_reference_keys"]

_SPACE = rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])++"
_REFERENCE = re.compile(rb"(\d{1,20})" + _SPACE + rb"\+?\d{1,20}" + _SPACE + rb"R")
_KEY = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]+)[\x00\t\n\f\r ]+\Z")
_LOOKED_BACK = 160


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
    return found
