"""Where the documents of an issuing state hold its number of a person: rules as data."""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Final, Literal

import msgspec

import resources
from vision.document.layout import DIGITS, FILLER, LAYOUTS, LETTERS, MrzFormat, Place
from vision.document.mrz import MrzFields
from vision.errors import DocumentRulesRefused

__all__ = [
    "Grade",
    "IssuerRule",
    "PersonalNumber",
    "find_personal_number",
    "find_rule",
    "load_rules",
    "parse_rules",
]

FORMAT: Final = "document-rules/1"
Grade = Literal["secondary_source", "unconfirmed"]

_Pattern = Annotated[str, msgspec.Meta(pattern=r"^[#A?*<]{0,15}\Z")]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
_Column = Annotated[int, msgspec.Meta(ge=0, le=15)]
_ANY: Final = DIGITS + LETTERS + FILLER
_CHARACTERS: Final = {"#": DIGITS, "A": LETTERS, "?": DIGITS + FILLER, "*": _ANY, FILLER: FILLER}


class PersonalPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns of a field that hold a person's number."""

    field: Literal["optional", "optional2"]
    first: _Column
    after: _Column


class IssuerRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the documents of one issuer and format fill their fields.

    number, optional, optional2  patterns of whole fields: `#` a digit, `A` a letter, `?` a
                                 digit or a filler, `*` any character; empty: nothing is known
    """

    issuer: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,3}\Z")]
    document: MrzFormat
    number: _Pattern = ""
    optional: _Pattern = ""
    optional2: _Pattern = ""
    personal: PersonalPlace
    grade: Grade
    source: _Word

    def find_fault(self, lines: Sequence[str]) -> str:
        """Return the name of the first field that its pattern does not fit, empty for none."""
        for name, pattern in self.patterns().items():
            field = self.place(name).read(lines)
            if any(
                each not in _CHARACTERS[kind] for each, kind in zip(field, pattern, strict=True)
            ):
                return name
        return ""

    def patterns(self) -> dict[str, str]:
        """Return the patterns by the names of the fields."""
        every = {"number": self.number, "optional": self.optional, "optional2": self.optional2}
        return {name: pattern for name, pattern in every.items() if pattern}

    def place(self, name: str) -> Place:
        """Return where a field stands."""
        return LAYOUTS[self.document].fields[name]

    def narrow(self, cells: list[list[str]]) -> None:
        """Take from each cell the characters that its pattern excludes."""
        for name, pattern in self.patterns().items():
            place = self.place(name)
            for column, kind in enumerate(pattern, place.first):
                held = cells[place.line][column]
                cells[place.line][column] = "".join(
                    each for each in held if each in _CHARACTERS[kind]
                )


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["document-rules/1"]
    rules: tuple[IssuerRule, ...]


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """A person's number in a zone, and how sure it is that it stands there."""

    digits: str
    grade: Grade


def parse_rules(untrusted: bytes) -> tuple[IssuerRule, ...]:
    """Read a table of rules. Raises DocumentRulesRefused, whose detail names the place."""
    try:
        table = tomllib.loads(untrusted.decode())
        rules = msgspec.convert(table, _Rules).rules
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DocumentRulesRefused(str(error)) from None
    for place, rule in enumerate(rules):
        for name, pattern in rule.patterns().items():
            field = LAYOUTS[rule.document].fields.get(name)
            if field is None or field.after - field.first != len(pattern):
                raise DocumentRulesRefused(f"rules[{place}].{name}")
        held = LAYOUTS[rule.document].fields.get(rule.personal.field)
        if held is None or not rule.personal.first < rule.personal.after <= held.after - held.first:
            raise DocumentRulesRefused(f"rules[{place}].personal")
    return rules


@cache
def load_rules() -> tuple[IssuerRule, ...]:
    """Return the rules that the program carries."""
    return parse_rules(resources.path("documents", "issuers.toml").read_bytes())


def find_rule(issuer: str, kind: MrzFormat) -> IssuerRule | None:
    """Return the rule for the documents of an issuer, None where nothing is known of them."""
    return next(
        (each for each in load_rules() if each.issuer == issuer and each.document is kind), None
    )


def find_personal_number(
    fields: MrzFields, is_valid: Callable[[str], bool]
) -> PersonalNumber | None:
    """Return the number of the person in a zone, None where none stands or it is not certain.

    is_valid  says whether twelve digits have their own right check digit
    """
    rule = find_rule(fields.issuer, fields.format)
    if rule is None:
        return None
    where = rule.personal
    field = rule.place(where.field).read(fields.text.split("\n"))
    digits = field[where.first : where.after]
    if not re.fullmatch(r"[0-9]{12}", digits) or not is_valid(digits):
        return None
    return PersonalNumber(digits, rule.grade)
