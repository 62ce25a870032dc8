"""What opens a chip, as the teller reads it off a document whose lines the camera cannot read."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from crypto.chip.access_keys import AccessKey
from crypto.chip.errors import AccessKeyRefused
from crypto.x509.iin import Iin
from vision.document.mrz import compute_check_digit

__all__ = ["TypedKey"]

_NUMBER: Final = re.compile(r"[A-Z0-9]{5,9}")
_CHECKED_NUMBER: Final = re.compile(r"[A-Z0-9]{9}[0-9]")
_DATE: Final = re.compile(r"(?P<date>[0-9]{6})(?P<check>[0-9])?")


@dataclass(frozen=True, slots=True)
class TypedKey:
    """Number, birth date and expiry as typed, each with or without its check digit.

    untrusted_birth, untrusted_expiry  YYMMDD, as in the printed lines
    """

    untrusted_number: str = field(repr=False)
    untrusted_birth: str = field(repr=False)
    untrusted_expiry: str = field(repr=False)

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.untrusted_number or self.untrusted_birth or self.untrusted_expiry)

    def find_fault(self, iin: Iin) -> str:
        """Return the code of the first mistake, empty for none.

        A slip is told before the card is put on the reader: the chip would only say no, and some
        refuse for longer each time.
        """
        number = _plain(self.untrusted_number)
        if _NUMBER.fullmatch(number) is None:
            if _CHECKED_NUMBER.fullmatch(number) is None:
                return "reference.number_malformed"
            if int(number[-1]) != compute_check_digit(number[:-1]):
                return "reference.number_check_digit"
        for untrusted, name in ((self.untrusted_birth, "birth"), (self.untrusted_expiry, "expiry")):
            typed = _DATE.fullmatch(_plain(untrusted))
            if typed is None or not _is_day(typed["date"]):
                return f"reference.{name}_malformed"
            check = typed["check"]
            if check is not None and int(check) != compute_check_digit(typed["date"]):
                return f"reference.{name}_malformed"
        # A well-formed ИИН begins with the birth date, a foreigner's as well.
        if _plain(self.untrusted_birth)[:6] != iin.digits[:6]:
            return "reference.other_birth_date"
        return ""

    def compose(self) -> AccessKey:
        """Return the key that the chip opens to. Raises AccessKeyRefused."""
        birth, expiry = _plain(self.untrusted_birth), _plain(self.untrusted_expiry)
        number = _plain(self.untrusted_number)
        if _CHECKED_NUMBER.fullmatch(number) is not None:
            number = number[:-1]
        if not number:
            raise AccessKeyRefused("number")
        return AccessKey.from_mrz(number, birth[:6], expiry[:6])


def _plain(untrusted: str) -> str:
    """Return what was typed without the blanks, hyphens and dots that people put in between."""
    return re.sub(r"[\s.-]", "", untrusted).upper()


def _is_day(digits: str) -> bool:
    year, month, day = (int(digits[each : each + 2]) for each in (0, 2, 4))
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True
