"""Phone numbers in one spelling (ITU-T E.164), by the countries whose plan of numbers is known.

The plans below hold calling code and length of mobile numbers, checked against libphonenumber
9.0.43 (November 2026); its own library is not used: 48 MB for what thirty lines say. A policy may
name these countries only; where it allows any, a number of no known plan has 8 to 15 digits.
"""

import re
from typing import Final

__all__ = [
    "COUNTRIES",
    "HOME_COUNTRY",
    "PhoneRefused",
    "is_foreign_number",
    "mask_phone",
    "read_phone",
]

HOME_COUNTRY: Final = "KZ"

_BETWEEN: Final = re.compile(r"[\s()\-\u2010-\u2015]")
_E164: Final = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_NATIONAL_DIGITS: Final = 11
"""8 and ten digits, as people say it at home."""

_SHOWN: Final = 4
_LAST: Final = 2

_PLANS: Final[dict[str, tuple[str, str, str]]] = {
    # country: calling code, first digits after it, how many digits follow those
    "AE": ("971", "", "9"),
    "AF": ("93", "", "9"),
    "AM": ("374", "", "8"),
    "AZ": ("994", "", "9"),
    "BY": ("375", "", "9"),
    "CN": ("86", "", "11"),
    "DE": ("49", "", "10,11"),
    "FR": ("33", "", "9"),
    "GB": ("44", "", "10"),
    "GE": ("995", "", "9"),
    "IL": ("972", "", "9"),
    "IN": ("91", "", "10"),
    "IR": ("98", "", "10"),
    "IT": ("39", "", "9,10"),
    "KG": ("996", "", "9"),
    "KR": ("82", "", "9,10"),
    "KZ": ("7", "[67]", "9"),
    "LT": ("370", "", "8"),
    "LV": ("371", "", "8"),
    "MD": ("373", "", "8"),
    "MN": ("976", "", "8"),
    "PK": ("92", "", "10"),
    "PL": ("48", "", "9"),
    "RU": ("7", "[3489]", "9"),
    "TJ": ("992", "", "9"),
    "TM": ("993", "", "8"),
    "TR": ("90", "", "10"),
    "UA": ("380", "", "9"),
    "US": ("1", "", "10"),
    "UZ": ("998", "", "9"),
}
_FORMS: Final = {
    country: re.compile(rf"\+{code}{first}\d{{{digits}}}", re.ASCII)
    for country, (code, first, digits) in _PLANS.items()
}
_CODES: Final = tuple(f"+{code}" for code, _, _ in _PLANS.values())

COUNTRIES: Final = frozenset(_PLANS)
"""ISO 3166-1 codes that a policy may name; US stands for the whole zone of +1."""


class PhoneRefused(Exception):
    """`malformed`, `foreign` or `length`: no number, of another country, too short or too long."""


def read_phone(untrusted: str, countries: tuple[str, ...]) -> str:
    """Return the number as E.164 writes it; PhoneRefused says why it is none of these countries.

    countries  empty for any

    At home a number may be said with 8 or without any code; that of another country needs its own.
    """
    kept = _BETWEEN.sub("", untrusted)
    home = not countries or HOME_COUNTRY in countries
    if kept.startswith("00"):
        kept = f"+{kept[2:]}"
    elif home and kept.startswith("8") and len(kept) == _NATIONAL_DIGITS:
        kept = f"+7{kept[1:]}"
    elif home and kept.isdigit() and len(kept) == _NATIONAL_DIGITS - 1:
        kept = f"+7{kept}"
    if _E164.fullmatch(kept) is None or _is_slip(kept, HOME_COUNTRY):
        raise PhoneRefused("malformed")
    planned = [each for each in _PLANS if _begins(kept, each)]
    if countries and not set(planned) & set(countries):
        raise PhoneRefused("foreign")
    if not planned and kept.startswith(_CODES):
        raise PhoneRefused("malformed")
    if planned and all(_is_slip(kept, each) for each in planned):
        raise PhoneRefused("length")
    return kept


def is_foreign_number(phone: str) -> bool:
    """Whether a number in that spelling is of another country than Kazakhstan."""
    return _FORMS[HOME_COUNTRY].fullmatch(phone) is None


def mask_phone(phone: str) -> str:
    """Return the number with all but the last two digits of the subscriber part hidden."""
    if not is_foreign_number(phone):
        return f"{phone[:5]} ••• •• {phone[-_LAST:]}"
    hidden = len(phone) - _SHOWN - _LAST
    return f"{phone[:_SHOWN]} {'•' * hidden} {phone[-_LAST:]}" if hidden > 0 else "•" * len(phone)


def _begins(phone: str, country: str) -> bool:
    """Whether it begins as numbers of the country do."""
    code, first, _ = _PLANS[country]
    return re.match(rf"\+{code}{first}", phone) is not None


def _is_slip(phone: str, country: str) -> bool:
    """Whether it begins as numbers of the country do and has a digit too few or too many."""
    return _begins(phone, country) and _FORMS[country].fullmatch(phone) is None
