"""Where each field of a machine-readable zone stands, and which characters it may hold.

ICAO Doc 9303 (8th edition): part 4, section 4.2 (TD3), part 5, section 4.2 (TD1), part 6,
section 4.2 (TD2); the check digits' fields and the composite's by the same sections.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import cycle
from typing import Final

__all__ = [
    "DIGITS",
    "FILLER",
    "LAYOUTS",
    "LETTERS",
    "Layout",
    "MrzFormat",
    "Place",
    "allowed_characters",
    "compute_check_digit",
]

DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FILLER: Final = "<"

_WEIGHTS: Final = (7, 3, 1)
_FIRST_LETTER: Final = 10


def compute_check_digit(field: str) -> int:
    """Return the check digit of a field of digits, capital letters and fillers `<`.

    ICAO Doc 9303 part 3, section 4.9: weights 7, 3, 1; A is 10, Z is 35, a filler is 0.
    """
    return sum(_value(letter) * weight for letter, weight in zip(field, cycle(_WEIGHTS))) % 10


def _value(letter: str) -> int:
    if letter == FILLER:
        return 0
    return int(letter) if letter.isdigit() else ord(letter) - ord("A") + _FIRST_LETTER


class MrzFormat(StrEnum):
    """Three lines of 30, two of 36 and two of 44 characters."""

    TD1 = "td1"
    TD2 = "td2"
    TD3 = "td3"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands: line and first column from 0, the column after its last, characters."""

    line: int
    first: int
    after: int
    characters: str

    def read(self, lines: Sequence[str]) -> str:
        """Return the field with its fillers."""
        return lines[self.line][self.first : self.after]

    def holds(self, line: int, column: int) -> bool:
        """Say whether a character of the zone belongs to the field."""
        return line == self.line and self.first <= column < self.after


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of one format.

    checks     the digit of each field that has one
    composite  what the composite digit covers, in its order
    codes      first letters of a document code that this format has
    """

    rows: int
    columns: int
    fields: dict[str, Place]
    checks: dict[str, Place]
    composite: tuple[tuple[int, int, int], ...]
    composite_digit: Place
    codes: str

    def join_composite(self, lines: Sequence[str]) -> str:
        """Return what the composite digit covers."""
        return "".join(lines[line][first:after] for line, first, after in self.composite)


_NAME: Final = LETTERS + FILLER
_ANY: Final = DIGITS + LETTERS + FILLER
_DATE: Final = DIGITS + FILLER
_VISA, _VISA_ROWS = "V", 2
"""Visas have two lines; they are read so that they can be refused as what they are."""
_SEX: Final = "MF<"


def _digit(line: int, column: int, characters: str = DIGITS) -> Place:
    return Place(line, column, column + 1, characters)


_TD1: Final = Layout(
    rows=3,
    columns=30,
    fields={
        "document_code": Place(0, 0, 2, _NAME),
        "issuer": Place(0, 2, 5, _NAME),
        "number": Place(0, 5, 14, _ANY),
        "optional": Place(0, 15, 30, _ANY),
        "birth": Place(1, 0, 6, _DATE),
        "sex": Place(1, 7, 8, _SEX),
        "expiry": Place(1, 8, 14, _DATE),
        "nationality": Place(1, 15, 18, _NAME),
        "optional2": Place(1, 18, 29, _ANY),
        "name": Place(2, 0, 30, _NAME),
    },
    checks={
        # A number of more than nine characters goes on in the optional data; `<` says so.
        "number": _digit(0, 14, _DATE),
        "birth": _digit(1, 6),
        "expiry": _digit(1, 14),
    },
    composite=((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)),
    composite_digit=_digit(1, 29),
    codes="ACIP",
)


def _two_lines(columns: int) -> dict[str, Place]:
    return {
        "document_code": Place(0, 0, 2, _NAME),
        "issuer": Place(0, 2, 5, _NAME),
        "name": Place(0, 5, columns, _NAME),
        "number": Place(1, 0, 9, _ANY),
        "nationality": Place(1, 10, 13, _NAME),
        "birth": Place(1, 13, 19, _DATE),
        "sex": Place(1, 20, 21, _SEX),
        "expiry": Place(1, 21, 27, _DATE),
    }


_TWO_LINE_CHECKS: Final = {
    "birth": _digit(1, 19),
    "expiry": _digit(1, 27),
}

_TD2: Final = Layout(
    rows=2,
    columns=36,
    fields=_two_lines(36) | {"optional": Place(1, 28, 35, _ANY)},
    checks={"number": _digit(1, 9, _DATE), **_TWO_LINE_CHECKS},
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 35)),
    composite_digit=_digit(1, 35),
    codes="ACIP",
)
_TD3: Final = Layout(
    rows=2,
    columns=44,
    fields=_two_lines(44) | {"optional": Place(1, 28, 42, _ANY)},
    checks={
        "number": _digit(1, 9),
        **_TWO_LINE_CHECKS,
        # A filler where the field is empty.
        "optional": _digit(1, 42, _DATE),
    },
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 43)),
    composite_digit=_digit(1, 43),
    codes="P",
)

LAYOUTS: Final = {MrzFormat.TD1: _TD1, MrzFormat.TD2: _TD2, MrzFormat.TD3: _TD3}


@cache
def allowed_characters(kind: MrzFormat) -> tuple[tuple[str, ...], ...]:
    """Return which characters each cell of a format may hold, by line and column."""
    layout = LAYOUTS[kind]
    cells = [[_ANY] * layout.columns for _ in range(layout.rows)]
    for place in (*layout.fields.values(), *layout.checks.values(), layout.composite_digit):
        for column in range(place.first, place.after):
            cells[place.line][column] = place.characters
    cells[0][0] = layout.codes + _VISA * (layout.rows == _VISA_ROWS)
    name = layout.fields["name"]
    cells[name.line][name.first] = LETTERS
    return tuple(tuple(line) for line in cells)
