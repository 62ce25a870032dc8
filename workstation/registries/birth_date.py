"""When a customer was born, and who says so: the ИИН of a foreigner does not.

Its seventh digit is 0 then and names neither century nor sex (НИТ, press grade);
the first six are a date all the same, so nobody can add more than the century.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crypto.x509.iin import Iin
from workstation.registries.person import Person

__all__ = ["BirthDate", "BirthSource", "find_birth_date"]


class BirthSource(StrEnum):
    """Who says when the customer was born, the strongest first."""

    IIN = "iin"
    REGISTRY = "registry"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A day of birth, and who says so."""

    day: date
    by: BirthSource


def find_birth_date(iin: Iin, person: Person | None, shown: date | None) -> BirthDate | None:
    """Return the birth date; None where nobody says one that the ИИН allows.

    shown  as a document before the camera states it; nobody vouches for that, and it says no more
           than the century
    """
    if iin.birth_date is not None:
        return BirthDate(iin.birth_date, BirthSource.IIN)
    registered = None if person is None else person.birth_date
    for day, by in ((registered, BirthSource.REGISTRY), (shown, BirthSource.DOCUMENT)):
        if day is not None and iin.allows_birth(day):
            return BirthDate(day, by)
    return None
