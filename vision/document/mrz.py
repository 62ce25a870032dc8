"""The machine-readable zone apart from pixels: fields, check digits and dates.

ICAO Doc 9303 part 3, section 4; the places of the fields are `vision.document.layout`'s.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vision.document.layout import FILLER, LAYOUTS, Layout, MrzFormat, compute_check_digit
from vision.errors import MrzRefused

__all__ = ["FieldCheck", "MrzFields", "MrzFormat", "compute_check_digit", "parse_mrz", "split_zone"]

_LONGEST: Final = 44
_CHARACTERS: Final = re.compile(r"[A-Z0-9<]+\Z")
_VISA: Final = {(2, 44), (2, 36)}
_FORMATS: Final = {(each.rows, each.columns): kind for kind, each in LAYOUTS.items()}
_COUNTRY: Final = re.compile(r"[A-Z]{3}|[A-Z]{2}<|[A-Z]<<")
_AHEAD_YEARS: Final = 50
"""An expiry date lies at most so far ahead; otherwise it belongs to the century before."""


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """Whether the check digit of a field is right."""

    name: str
    ok: bool


@dataclass(frozen=True, slots=True)
class MrzFields:
    """What a zone says; nothing of it is authenticated.

    document_code  ID, P, I …, without fillers; `issuer` and `nationality` likewise
    number         of the document, without fillers
    sex            "M", "F", or "" where it is not specified
    optional       optional data of line 1 (TD1) or of line 2, without the fillers at its end
    optional2      that of line 2 of TD1
    text           the lines, joined by line feeds
    """

    format: MrzFormat
    document_code: str
    issuer: str
    number: str
    birth: date
    sex: str
    expiry: date
    nationality: str
    surname: str
    given_names: str
    optional: str
    optional2: str
    text: str
    checks: tuple[FieldCheck, ...]

    @property
    def wrong_checks(self) -> tuple[str, ...]:
        """Return the names of the fields whose digit is wrong."""
        return tuple(each.name for each in self.checks if not each.ok)


def parse_mrz(lines: Sequence[str], today: date) -> MrzFields:
    """Read the fields of a zone of the format TD1, TD2 or TD3.

    today  settles the century of two-digit years

    A wrong check digit is a fact of the result. Raises MrzRefused with the code of what the lines
    are otherwise: `mrz_lines`, `mrz_characters`, `mrz_visa`, `mrz_document_code`, `mrz_issuer`,
    `mrz_nationality`, `mrz_number`, `mrz_birth`, `mrz_sex`, `mrz_expiry`, `mrz_name`.
    """
    kind = _format(lines)
    layout = LAYOUTS[kind]
    read = {name: place.read(lines) for name, place in layout.fields.items()}
    if read["document_code"][0] not in layout.codes:
        raise MrzRefused("mrz_document_code")
    for name in ("issuer", "nationality"):
        if not _COUNTRY.fullmatch(read[name]):
            raise MrzRefused(f"mrz_{name}")
    number, number_ok, optional = _read_number(layout, lines, kind)
    surname, given_names = _read_name(read["name"])
    if read["sex"] not in ("M", "F", FILLER):
        raise MrzRefused("mrz_sex")
    birth = _read_date(read["birth"], "mrz_birth")
    return MrzFields(
        format=kind,
        document_code=read["document_code"].rstrip(FILLER),
        issuer=read["issuer"].rstrip(FILLER),
        number=number,
        birth=_in_the_past(birth, today),
        sex=read["sex"].strip(FILLER),
        expiry=_about_today(_read_date(read["expiry"], "mrz_expiry"), today),
        nationality=read["nationality"].rstrip(FILLER),
        surname=surname,
        given_names=given_names,
        optional=optional,
        optional2=read.get("optional2", "").rstrip(FILLER),
        text="\n".join(lines),
        checks=(FieldCheck("number", number_ok), *_checks(layout, lines)),
    )


def split_zone(text: str) -> tuple[str, ...]:
    """Cut a zone without line feeds, as a chip has it, into its lines. Raises MrzRefused."""
    for each in LAYOUTS.values():
        if len(text) == each.rows * each.columns:
            return tuple(text[at : at + each.columns] for at in range(0, len(text), each.columns))
    raise MrzRefused("mrz_lines")


def _format(lines: Sequence[str]) -> MrzFormat:
    if any(len(each) > _LONGEST for each in lines[:4]):
        raise MrzRefused("mrz_lines")
    lengths = {len(each) for each in lines[:4]}
    size = len(lines), max(lengths, default=0)
    if len(lengths) != 1 or size not in _FORMATS:
        raise MrzRefused("mrz_lines")
    if not all(_CHARACTERS.match(each) for each in lines):
        raise MrzRefused("mrz_characters")
    if lines[0][0] == "V" and size in _VISA:
        raise MrzRefused("mrz_visa")
    return _FORMATS[size]


def _read_number(layout: Layout, lines: Sequence[str], kind: MrzFormat) -> tuple[str, bool, str]:
    """Return the document's number, whether its digit is right, and the optional data after it.

    A number longer than its field goes on in the optional data (Doc 9303 part 5, section 4.2.2,
    note j): the field's digit is a filler then, and the digit follows the rest of the number.
    """
    field = layout.fields["number"].read(lines)
    digit = layout.checks["number"].read(lines)
    optional = layout.fields["optional"].read(lines)
    if digit == FILLER and kind is not MrzFormat.TD3:
        rest, _, after = optional.partition(FILLER)
        if rest and FILLER not in field:
            whole = field + rest[:-1]
            return whole, _is_digit_of(rest[-1], whole), after.rstrip(FILLER)
    number = field.rstrip(FILLER)
    if not number or FILLER in number[:1]:
        raise MrzRefused("mrz_number")
    return number, _is_digit_of(digit, field), optional.rstrip(FILLER)


def _checks(layout: Layout, lines: Sequence[str]) -> tuple[FieldCheck, ...]:
    """Return the checks of all fields but the number's, and the composite's."""
    found = []
    for name, place in layout.checks.items():
        if name == "number":
            continue
        field, digit = layout.fields[name].read(lines), place.read(lines)
        empty = name == "optional" and not field.strip(FILLER) and digit == FILLER
        found.append(FieldCheck(name, empty or _is_digit_of(digit, field)))
    composite = layout.composite_digit.read(lines)
    found.append(FieldCheck("composite", _is_digit_of(composite, layout.join_composite(lines))))
    return tuple(found)


def _is_digit_of(digit: str, field: str) -> bool:
    return digit == str(compute_check_digit(field))


def _read_name(field: str) -> tuple[str, str]:
    """Return the primary and the secondary identifier (part 3, section 4.6)."""
    if field.startswith(FILLER) or any(each.isdigit() for each in field):
        raise MrzRefused("mrz_name")
    first, _, rest = field.rstrip(FILLER).partition(2 * FILLER)
    if rest.startswith(FILLER) or 2 * FILLER in rest:
        raise MrzRefused("mrz_name")
    return first.replace(FILLER, " "), rest.replace(FILLER, " ")


def _read_date(field: str, code: str) -> tuple[int, int, int]:
    """Return year of the century, month and day; an unknown part is refused."""
    if not field.isdigit():
        raise MrzRefused(code)
    year, month, day = (int(field[each : each + 2]) for each in (0, 2, 4))
    try:
        date(2000 + year, month, day)  # a leap year: 29 February is judged with its century
    except ValueError:
        if (month, day) != (2, 29):
            raise MrzRefused(code) from None
    return year, month, day


def _in_the_past(parts: tuple[int, int, int], today: date) -> date:
    """Return the latest such date that is not after today."""
    year, month, day = parts
    century = today.year // 100 * 100
    for start in (century, century - 100):
        try:
            found = date(start + year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    raise MrzRefused("mrz_birth")


def _about_today(parts: tuple[int, int, int], today: date) -> date:
    """Return the date whose year is at most 50 years ahead and less than 50 behind."""
    year, month, day = parts
    whole = today.year // 100 * 100 + year
    if whole > today.year + _AHEAD_YEARS:
        whole -= 100
    elif whole <= today.year - _AHEAD_YEARS:
        whole += 100
    try:
        return date(whole, month, day)
    except ValueError:
        raise MrzRefused("mrz_expiry") from None
