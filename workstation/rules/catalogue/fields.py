"""The fields of an operation's form, as the policy defines them."""

from dataclasses import dataclass
from enum import StrEnum

from workstation.rules.catalogue.words import Words

__all__ = ["Choice", "FieldDefinition", "FieldType", "FilledBy", "field_words"]


class FieldType(StrEnum):
    """What a field holds; the spelling of each is `values.parse_value`'s.

    PHONE     E.164, of the countries that the field allows
    MONEY     whole units, two digits of a part that is not zero, and the currency: `12.50 USD`
    IBAN      of Kazakhstan, ISO 13616, with its check digits
    IIN, BIN  twelve digits with the right check digit
    DATE      ISO 8601
    CHOICE    id of one of the field's choices
    DOCUMENT  number of an identity document
    COUNT     a whole number, such as months
    TEXT      printable characters on one line
    """

    PHONE = "phone"
    MONEY = "money"
    IBAN = "iban"
    IIN = "iin"
    BIN = "bin"
    DATE = "date"
    CHOICE = "choice"
    DOCUMENT = "document"
    COUNT = "count"
    TEXT = "text"


class FilledBy(StrEnum):
    """Who says what stands in a field; the teller types what nobody else says."""

    TELLER = "teller"
    REGISTRY = "registry"
    CORE_BANKING = "core_banking"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a field of choices."""

    id: str
    label: Words


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field.

    id          by which operations name it
    name        of the operation's parameter: what statement, digest and core banking call it
    error       what the form says beside the code of a mistake, where there is more to say
    masked      receipts and the screens of others show a part of it only
    least, most  bounds: units of money, a count, or characters of a text
    currencies  of money (ISO 4217); countries: of a phone (ISO 3166-1), empty for any
    absent      what stands in texts where an optional field is empty; None: it has to be filled
    differs_from  name of a field whose value it must not repeat, empty for none
    """

    id: str
    name: str
    type: FieldType
    filled_by: FilledBy
    masked: bool
    label: Words
    hint: Words | None
    error: Words | None
    least: int
    most: int
    currencies: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    absent: Words | None = None
    differs_from: str = ""

    @property
    def optional(self) -> bool:
        """Whether it may be left empty."""
        return self.absent is not None

    @property
    def longest(self) -> int:
        """Return how many characters may be typed."""
        return _LONGEST.get(self.type, 0) or self.most


def field_words(field: FieldDefinition) -> dict[str, Words]:
    """Return the words of a field by the codes that screens show."""
    code = f"field.{field.id}"
    found = {code: field.label}
    if field.error is not None:
        found[f"{code}.error"] = field.error
    if field.hint is not None:
        found[f"{code}.hint"] = field.hint
    for each in field.choices:
        found[f"choice.{field.id}.{each.id}"] = each.label
    return found


_LONGEST = {
    FieldType.PHONE: 24,
    FieldType.MONEY: 24,
    FieldType.IBAN: 32,
    FieldType.IIN: 12,
    FieldType.BIN: 12,
    FieldType.DATE: 10,
    FieldType.CHOICE: 64,
    FieldType.DOCUMENT: 20,
    FieldType.COUNT: 9,
}
