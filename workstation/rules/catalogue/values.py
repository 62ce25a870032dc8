"""Values of fields: read as typed, kept in one spelling, shown whole or masked.

Every value is a text; the same value has one spelling, because it is signed and digested.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from crypto.x509.iin import Bin, BinRefused, Iin, IinRefused
from workstation.errors import OperationRefused
from workstation.rules.catalogue.fields import FieldDefinition, FieldType
from workstation.rules.catalogue.phones import PhoneRefused, mask_phone, read_phone
from workstation.rules.catalogue.templates import make_plain

__all__ = [
    "HOME_CURRENCY",
    "Money",
    "mask_value",
    "parse_value",
    "read_money",
    "show_value",
]

HOME_CURRENCY: Final = "KZT"

_SPACE = re.compile(r"[\s\u00a0\u2009\u202f]")
_MONEY = re.compile(r"(\d{1,12})(?:[.,](\d{2}))?\s*([A-Z]{3})?", re.ASCII)
_IBAN = re.compile(r"KZ\d{5}[0-9A-Z]{13}", re.ASCII)
_DOCUMENT = re.compile(r"[A-Z0-9]{6,12}")
_DOTTED = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_MOST_DIGITS = 9
_IBAN_MODULUS = 97
_GROUP = 4
_MOST_DOTS = 8


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: hundredths of the currency's unit."""

    hundredths: int
    currency: str

    @property
    def tenge(self) -> int | None:
        """Return whole tenge, a part of one counted as one; None for another currency."""
        return -(-self.hundredths // 100) if self.currency == HOME_CURRENCY else None


def parse_value(field: FieldDefinition, untrusted: str) -> str:
    """Return the value in its one spelling, empty for an optional field that is left empty.

    Raises OperationRefused with the field's name and the code of the mistake.
    """
    text = unicodedata.normalize("NFC", untrusted).strip()
    if not text:
        if field.optional:
            return ""
        # `iin.missing` is what a check says that was not made.
        missing = "malformed" if field.type is FieldType.IIN else "missing"
        raise OperationRefused(field.name, f"{_word(field)}.{missing}")
    try:
        return _PARSERS[field.type](field, text)
    except _Malformed as error:
        raise OperationRefused(field.name, f"{_word(field)}.{error}") from None


def read_money(value: str) -> Money:
    """Return the amount of a value of a money field."""
    amount, _, currency = value.partition(" ")
    units, _, hundredths = amount.partition(".")
    return Money(int(units) * 100 + int(hundredths or 0), currency)


def show_value(field: FieldDefinition, value: str, language: str) -> str:
    """Return the value as people read it."""
    if not value:
        return "" if field.absent is None else field.absent.text(language)
    match field.type:
        case FieldType.CHOICE:
            found = [each for each in field.choices if each.id == value]
            return found[0].label.text(language) if found else value
        case FieldType.MONEY:
            amount, _, currency = value.partition(" ")
            units, _, hundredths = amount.partition(".")
            point = "." if language == "en" else ","
            return f"{_group(units)}{point + hundredths if hundredths else ''} {currency}"
        case FieldType.COUNT:
            return _group(value)
        case FieldType.DATE:
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        case FieldType.IBAN:
            return " ".join(value[at : at + _GROUP] for at in range(0, len(value), _GROUP))
        case _:
            return value


def mask_value(field: FieldDefinition, value: str, language: str) -> str:
    """Return the value as a receipt or another's screen shows it: hidden where the field says so.

    What is hidden keeps its ends: whoever knows it can recognise it.
    """
    if not field.masked or not value:
        return show_value(field, value, language)
    if field.type is FieldType.PHONE:
        return mask_phone(value)
    if field.type in {FieldType.MONEY, FieldType.DATE, FieldType.CHOICE, FieldType.COUNT}:
        return "•" * 4
    if len(value) <= _GROUP:
        return "•" * len(value)
    # At least half is hidden, and how long it is, is not told.
    shown = min(_GROUP, len(value) // 2)
    return "•" * min(len(value) - shown, _MOST_DOTS) + value[-shown:]


class _Malformed(Exception):
    """What is wrong with a value."""


def _word(field: FieldDefinition) -> str:
    """Return what the code of a mistake begins with; the field's own words say more."""
    return field.type.value


def _group(digits: str) -> str:
    return f"{int(digits):,}".replace(",", " ")


def _phone(field: FieldDefinition, text: str) -> str:
    try:
        return read_phone(text, field.countries)
    except PhoneRefused as refused:
        raise _Malformed(str(refused)) from None


def _money(field: FieldDefinition, text: str) -> str:
    found = _MONEY.fullmatch(_SPACE.sub("", text).upper())
    if found is None:
        raise _Malformed("malformed")
    units, hundredths, currency = found[1], found[2] or "00", found[3] or field.currencies[0]
    if currency not in field.currencies:
        raise _Malformed("currency")
    amount = int(units) * 100 + int(hundredths)
    if not field.least * 100 <= amount <= field.most * 100 or not amount:
        raise _Malformed("limit")
    part = "" if hundredths == "00" else f".{hundredths}"
    return f"{int(units)}{part} {currency}"


def _count(field: FieldDefinition, text: str) -> str:
    digits = _SPACE.sub("", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MOST_DIGITS:
        raise _Malformed("malformed")
    if not field.least <= int(digits) <= field.most:
        raise _Malformed("limit")
    return str(int(digits))


def _iban(_field: FieldDefinition, text: str) -> str:
    kept = _SPACE.sub("", text).upper()
    if _IBAN.fullmatch(kept) is None:
        raise _Malformed("malformed")
    # ISO 13616: the first four behind the rest, letters as 10 to 35, remainder 1 by 97.
    number = "".join(str(int(each, 36)) for each in kept[4:] + kept[:4])
    if int(number) % _IBAN_MODULUS != 1:
        raise _Malformed("checksum")
    return kept


def _iin(_field: FieldDefinition, text: str) -> str:
    try:
        iin = Iin.parse(text)
    except IinRefused:
        raise _Malformed("malformed") from None
    if not iin.checksum_ok:
        raise _Malformed("checksum")
    return iin.digits


def _bin(_field: FieldDefinition, text: str) -> str:
    try:
        number = Bin.parse(text)
    except BinRefused:
        raise _Malformed("malformed") from None
    if not number.checksum_ok:
        raise _Malformed("checksum")
    return number.digits


def _date(_field: FieldDefinition, text: str) -> str:
    dotted = _DOTTED.fullmatch(text)
    try:
        day = date.fromisoformat(text if dotted is None else "-".join(dotted.groups()[::-1]))
    except ValueError:
        raise _Malformed("malformed") from None
    return day.isoformat()


def _choice(field: FieldDefinition, text: str) -> str:
    if text not in {each.id for each in field.choices}:
        raise _Malformed("malformed")
    return text


def _document(_field: FieldDefinition, text: str) -> str:
    kept = _SPACE.sub("", text).upper()
    if _DOCUMENT.fullmatch(kept) is None:
        raise _Malformed("malformed")
    return kept


def _text(field: FieldDefinition, text: str) -> str:
    if not field.least <= len(text) <= field.most:
        raise _Malformed("length")
    # What the statement would show as replaced is not what core banking would be told.
    if make_plain(text) != text:
        raise _Malformed("malformed")
    return text


_PARSERS: Final[dict[FieldType, Callable[[FieldDefinition, str], str]]] = {
    FieldType.PHONE: _phone,
    FieldType.MONEY: _money,
    FieldType.IBAN: _iban,
    FieldType.IIN: _iin,
    FieldType.BIN: _bin,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.DOCUMENT: _document,
    FieldType.COUNT: _count,
    FieldType.TEXT: _text,
}
