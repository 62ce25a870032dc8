"""What is typed or pasted into a field, before it is a value: tidied, and judged while it grows."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from workstation.errors import OperationRefused
from workstation.rules.catalogue.fields import FieldDefinition, FieldType
from workstation.rules.catalogue.values import HOME_CURRENCY, parse_value

__all__ = ["IIN_DIGITS", "find_slip", "is_iin_begun", "most_typed", "tidy_text", "tidy_typed"]

IIN_DIGITS: Final = 12

_ROOM: Final = 64
"""Characters that a paste may have beside the value: blanks, brackets, a unit, unseen marks."""

_BLANKS: Final = re.compile(r"\s+")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./\-\u2010-\u2015]")
_HOME_SIGN: Final = re.compile(r"(?i)\s*(?:\u20b8|тг\.?|теңге|тенге)$")
_COUNTED: Final = re.compile(r"(\d[\d\s]*?)\s*([^\W\d_]{2,})\.?")
_SLASHED: Final = re.compile(r"(\d{1,2})[/\-](\d{1,2})[/\-](\d{4})", re.ASCII)
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_PHONE: Final = re.compile(r"\+?[\d\s()\-]{0,20}", re.ASCII)
_MONEY: Final = re.compile(r"[\d\s]*(?:[.,]\d{0,2})?\s*[A-Za-z]{0,3}", re.ASCII)
_COUNT: Final = re.compile(r"[\d\s]*", re.ASCII)
_IBAN: Final = re.compile(r"K?|KZ\d{0,5}|KZ\d{5}[0-9A-Z]{0,12}", re.ASCII)
_DATE: Final = re.compile(r"[\d.\-]{0,9}", re.ASCII)
_DOCUMENT: Final = re.compile(r"[A-Z0-9]{0,5}", re.ASCII)
_DIGITS: Final = re.compile(r"\d*", re.ASCII)
_HOME_DIGITS: Final = 11
_LONGEST_PHONE: Final = 15


def most_typed(longest: int) -> int:
    """Return how many characters are taken before they are tidied, for a value of so many."""
    return longest + _ROOM


def tidy_text(untrusted: str) -> str:
    """Return the text with what nobody sees left out: control, format and bidirectional marks.

    A line or a tab that was pasted is a blank. Nothing that is seen is changed.
    """
    seen = (
        " " if symbol.isspace() else symbol
        for symbol in unicodedata.normalize("NFC", untrusted)
        if symbol.isspace() or not unicodedata.category(symbol).startswith("C")
    )
    return "".join(seen)


def tidy_typed(kind: FieldType, untrusted: str, names: Iterable[str] = ()) -> str:
    """Return what was typed or pasted as the field takes it: brackets, blanks and units left out.

    names  of the field in every language: only the unit that one of them states is left out, so
           that 24 years do not become 24 months

    What is not understood stays as it was typed, for the teller to see and the core to refuse.
    """
    text = tidy_text(untrusted)
    tidy = _TIDY.get(kind)
    if kind is FieldType.COUNT:
        return _drop_unit(text, names)
    return text if tidy is None else tidy(text)


def find_slip(field: FieldDefinition, untrusted: str) -> str:
    """Return the code of a mistake that more typing cannot mend, empty while it may.

    That of a value which is only too short is told when the field is left.
    """
    text = unicodedata.normalize("NFC", untrusted).strip()
    if not text:
        return ""
    try:
        parse_value(field, text)
    except OperationRefused as refused:
        return "" if _may_become_good(field, text, refused.code) else refused.code
    return ""


def is_iin_begun(untrusted: str) -> bool:
    """Whether these are the first digits of an ИИН, and not yet all."""
    text = untrusted.strip()
    return len(text) < IIN_DIGITS and _DIGITS.fullmatch(text) is not None


def _digits(text: str) -> str:
    kept = _BETWEEN_DIGITS.sub("", text)
    return kept if _DIGITS.fullmatch(kept) else text


def _phone(text: str) -> str:
    return text if "(" not in text and ")" not in text else _close_up(re.sub(r"[()\-]", " ", text))


def _close_up(text: str) -> str:
    return _BLANKS.sub(" ", text).lstrip()


def _money(text: str) -> str:
    return _HOME_SIGN.sub(f" {HOME_CURRENCY}", text)


def _date(text: str) -> str:
    found = _SLASHED.fullmatch(text.strip())
    return text if found is None else f"{int(found[1]):02d}.{int(found[2]):02d}.{found[3]}"


def _drop_unit(text: str, names: Iterable[str]) -> str:
    found = _COUNTED.fullmatch(text.strip())
    if found is None:
        return text
    unit = found[2].casefold()
    words = (word for name in names for word in _LETTERS.findall(name.casefold()))
    stated = any(_is_same_unit(unit, word) for word in words)
    return found[1] if stated else text


def _is_same_unit(unit: str, word: str) -> bool:
    """Whether a unit is that word, cut short or in another case: `мес`, `месяца`, `месяцев`."""
    stem = min(len(unit), len(word), 5)
    return unit[:stem] == word[:stem] and stem >= min(len(word), 3)


_TIDY: Final[dict[FieldType, Callable[[str], str]]] = {
    FieldType.IIN: _digits,
    FieldType.BIN: _digits,
    FieldType.PHONE: _phone,
    FieldType.MONEY: _money,
    FieldType.DATE: _date,
}


def _may_become_good(field: FieldDefinition, text: str, mistake: str) -> bool:
    """Whether more characters could mend the mistake."""
    match field.type:
        case FieldType.PHONE:
            return _may_grow_to_phone(text, mistake)
        case FieldType.MONEY | FieldType.COUNT:
            return _may_grow_to_number(field, text, mistake)
        case FieldType.IIN | FieldType.BIN:
            return is_iin_begun(text)
        case FieldType.IBAN:
            return _IBAN.fullmatch(_BLANKS.sub("", text).upper()) is not None
        case FieldType.DATE:
            return _DATE.fullmatch(text) is not None and not _is_whole_date(text)
        case FieldType.DOCUMENT:
            return _DOCUMENT.fullmatch(_BLANKS.sub("", text).upper()) is not None
        case FieldType.TEXT:
            return len(text) < field.least and mistake.endswith(".length")
        case FieldType.CHOICE:
            return False


def _may_grow_to_phone(text: str, mistake: str) -> bool:
    if _PHONE.fullmatch(text) is None:
        return False
    digits = re.sub(r"\D", "", text)
    if mistake.endswith(".foreign"):
        return len(digits) < _HOME_DIGITS
    home = not text.lstrip().startswith(("+", "00")) or digits.startswith("7")
    return len(digits) < (_HOME_DIGITS if home else _LONGEST_PHONE)


def _may_grow_to_number(field: FieldDefinition, text: str, mistake: str) -> bool:
    shape = _MONEY if field.type is FieldType.MONEY else _COUNT
    if mistake.endswith(".currency") or shape.fullmatch(text) is None:
        return False
    whole = re.sub(r"\s", "", re.split(r"[.,A-Za-z]", text, maxsplit=1)[0])
    # A currency that is half typed is not yet one; an amount above the bound stays above it.
    return len(whole) <= len(str(field.most)) and int(whole or 0) <= field.most


def _is_whole_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
