"""What opens a chip: three fields of the printed lines (ICAO Doc 9303-11, 4.3.2 and 9.7.2)."""

import re
from dataclasses import dataclass
from typing import Final, Self

from crypto.chip.errors import AccessKeyRefused

__all__ = ["AccessKey"]

_NUMBER: Final = re.compile(r"[A-Z0-9<]{1,22}")
"""Up to nine characters in the field, and TD1's overflow into the optional data."""

_DATE: Final = re.compile(r"[0-9<]{6}")
_LEAST: Final = 9
_WEIGHTS: Final = (7, 3, 1)


@dataclass(frozen=True, slots=True, repr=False)
class AccessKey:
    """MRZ information: number, birth date and expiry with a check digit after each.

    Whoever has it opens the chip, so it appears in no representation and in no log.
    """

    mrz_information: bytes

    @classmethod
    def from_mrz(cls, number: str, birth: str, expiry: str) -> Self:
        """Compose the key from the fields as printed, without their check digits.

        number         fillers at its end may be missing
        birth, expiry  YYMMDD; a birth date may have fillers

        AccessKeyRefused names the first field that cannot stand in a machine-readable zone.
        """
        if _NUMBER.fullmatch(number) is None or not number.strip("<"):
            raise AccessKeyRefused("number")
        if _DATE.fullmatch(birth) is None:
            raise AccessKeyRefused("birth")
        if _DATE.fullmatch(expiry) is None:
            raise AccessKeyRefused("expiry")
        padded = number.rstrip("<").ljust(_LEAST, "<")
        text = "".join(f"{field}{_check_digit(field)}" for field in (padded, birth, expiry))
        return cls(text.encode("ascii"))


def _check_digit(field: str) -> int:
    """Weigh digits as themselves, letters from 10 on, fillers as 0 (ICAO Doc 9303-3, 4.9)."""
    values = (0 if sign == "<" else int(sign, 36) for sign in field)
    return sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10
