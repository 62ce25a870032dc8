"""ИИН and БИН: the twelve-digit numbers of persons and organisations in Kazakhstan.

Structure and check digit: resolutions P030000565 and P070000406 (adilet.zan.kz). A number
that is not twelve digits is refused; a wrong check digit or an impossible date is a fact about
the number, because published test identities carry both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from crypto.errors import CryptoError

__all__ = [
    "Bin",
    "BinRefused",
    "EntityKind",
    "Iin",
    "IinRefused",
    "Sex",
    "count_full_years",
    "write_short_date",
]

_LENGTH = 12
_FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_NO_CHECK_DIGIT = 10
_VISIBLE_DIGITS = 4
_CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
_FOREIGNER = "0"
_FOUND_CENTURY = 2000


class IinRefused(CryptoError):
    """The text is not an ИИН."""

    code = "iin_malformed"


class BinRefused(CryptoError):
    """The text is not a БИН."""

    code = "bin_malformed"


class Sex(StrEnum):
    """Sex as the seventh digit of an ИИН states it."""

    MALE = "male"
    FEMALE = "female"


class EntityKind(StrEnum):
    """The fifth digit of a БИН."""

    RESIDENT = "resident"
    NON_RESIDENT = "non_resident"
    JOINT_ENTREPRENEURS = "joint_entrepreneurs"


_KINDS = {
    "4": EntityKind.RESIDENT,
    "5": EntityKind.NON_RESIDENT,
    "6": EntityKind.JOINT_ENTREPRENEURS,
}


def _twelve_digits(text: str) -> bool:
    return len(text) == _LENGTH and text.isascii() and text.isdigit()


def _weigh(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 11


def _has_check_digit(text: str) -> bool:
    digits = [int(c) for c in text]
    expected = _weigh(digits[:-1], _FIRST_WEIGHTS)
    if expected == _NO_CHECK_DIGIT:
        expected = _weigh(digits[:-1], _SECOND_WEIGHTS)
    # A second 10 means that the number is never issued; no digit equals 10.
    return expected == digits[-1]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _mask(digits: str) -> str:
    return "•" * (_LENGTH - _VISIBLE_DIGITS) + digits[-_VISIBLE_DIGITS:]


@dataclass(frozen=True, slots=True, repr=False)
class Iin:
    """An individual identification number and the facts its digits state.

    birth_date  None when the date is impossible or the seventh digit names no century
    sex         None when the seventh digit names none (0: issued to a foreigner)
    date_ok     the first six digits are a possible date in the stated century; with the
                foreigner's digit 0, in the twentieth or the twenty-first
    """

    digits: str
    birth_date: date | None
    sex: Sex | None
    checksum_ok: bool
    date_ok: bool

    def __repr__(self) -> str:
        return f"Iin({self.masked})"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read exactly twelve ASCII digits; anything else is IinRefused."""
        if not _twelve_digits(text):
            raise IinRefused
        year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
        century = _CENTURIES.get(text[6])
        born, sex = None, None
        if century is not None:
            born = _date(century + year, month, day)
            sex = Sex.MALE if int(text[6]) % 2 else Sex.FEMALE
        date_ok = born is not None
        if text[6] == _FOREIGNER:
            date_ok = any(_date(c + year, month, day) is not None for c in (1900, 2000))
        return cls(text, born, sex, _has_check_digit(text), date_ok)

    @property
    def masked(self) -> str:
        """All but the last four digits hidden, for screens and receipts."""
        return _mask(self.digits)

    @property
    def well_formed(self) -> bool:
        """Whether the number could have been issued: date and check digit both hold."""
        return self.checksum_ok and self.date_ok

    @property
    def states_birth(self) -> bool:
        """Whether its digits settle the birth date: they state one, or an impossible one."""
        return self.birth_date is not None or not self.date_ok

    def allows_birth(self, day: date) -> bool:
        """Whether somebody born on `day` may have the number, as far as its digits say."""
        if self.birth_date is not None:
            return day == self.birth_date
        return self.date_ok and write_short_date(day) == self.digits[:6]


def write_short_date(day: date) -> str:
    """Write a day as YYMMDD, as an ИИН and ICAO 9303 state it.

    By hand: Windows formats no %y of the nineteenth century.
    """
    return f"{day.year % 100:02d}{day:%m%d}"


def count_full_years(born: date, day: date) -> int:
    """Return the age on `day`, negative before the birth.

    A person born on 29 February turns a year older on 1 March of a common year.
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Bin:
    """A business identification number and the facts its digits state.

    registered  first day of the month of registration; None when the month is impossible
    kind        None when the fifth digit is none of the defined ones
    """

    digits: str
    registered: date | None
    kind: EntityKind | None
    checksum_ok: bool
    date_ok: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read exactly twelve ASCII digits; anything else is BinRefused."""
        if not _twelve_digits(text):
            raise BinRefused
        year, month = int(text[:2]), int(text[2:4])
        registered = _date(_bin_century(year) + year, month, 1)
        return cls(
            text, registered, _KINDS.get(text[4]), _has_check_digit(text), registered is not None
        )

    @property
    def masked(self) -> str:
        """All but the last four digits hidden."""
        return _mask(self.digits)

    @property
    def well_formed(self) -> bool:
        """Whether the number could have been issued."""
        return self.checksum_ok and self.date_ok and self.kind is not None


def _bin_century(year: int) -> int:
    # Organisations older than the БИН itself keep their registration month: 1990s and later.
    return 1900 if year >= 90 else _FOUND_CENTURY  # noqa: PLR2004 - the two-digit year pivot
