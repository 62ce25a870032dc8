"""Machine-readable zones of people who do not exist, in Kazakhstan's form."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tests.support.pki.certificates import well_formed_iin
from vision.document.layout import compute_check_digit

__all__ = ["MrzPerson", "random_person", "write_td1", "write_td3"]

SURNAMES = (
    *("NURLANOV", "SPECIMENOVA", "AKHMETOV", "OMAROVA", "KIM", "IVANOVA", "ZHUMABEKOVA"),
    *("TOKTAROV", "SEIITKALI", "ABDRAKHMANOVA", "QYZYLBEK", "TSOI", "SHCHERBAKOVA", "YERZHANOV"),
)
GIVEN_NAMES = (
    *("AIBEK", "ANNA MARIA", "DANA", "YERLAN", "OLZHAS", "GULNARA", "VIKTOR", "ZARINA", "MUKHIT"),
    *("AIGUL SERIKQYZY", "NIKOLAI", "KAMILLA", "RUSTAM", "XENIYA", "FARIDA", "JAMILYA", "TIMUR"),
)


@dataclass(frozen=True)
class MrzPerson:
    """Whom a document is of; `iin` empty: made from birth, sex and `order`."""

    surname: str = "SPECIMENOVA"
    given_names: str = "ANNA"
    birth: date = date(1990, 4, 17)
    sex: str = "F"
    expiry: date = date(2031, 5, 2)
    number: str = "012345678"
    order: int = 123
    iin: str = ""

    def personal_number(self) -> str:
        """Return the twelve digits."""
        if self.iin:
            return self.iin
        century = {18: 1, 19: 3, 20: 5}[self.birth.year // 100] + (self.sex == "F")
        for order in range(self.order, 10000):
            try:
                return well_formed_iin(f"{self.birth:%y%m%d}{century}{order:04d}")
            except StopIteration:  # the eleven digits have no twelfth
                continue
        raise ValueError("no such order")


def random_person(random: np.random.Generator) -> MrzPerson:
    """Draw somebody of age with a document that is valid in 2026."""
    return MrzPerson(
        surname=SURNAMES[int(random.integers(len(SURNAMES)))],
        given_names=GIVEN_NAMES[int(random.integers(len(GIVEN_NAMES)))],
        birth=date(1945, 1, 1) + timedelta(days=int(random.integers(0, 22_500))),
        sex="MF"[int(random.integers(2))],
        expiry=date(2027, 1, 1) + timedelta(days=int(random.integers(0, 3000))),
        number=f"{int(random.integers(10**9)):09d}",
        order=int(random.integers(1, 9000)),
    )


def write_td1(person: MrzPerson, issuer: str = "KAZ") -> tuple[str, str, str]:
    """Return the three lines of an identity card."""
    number = person.number + str(compute_check_digit(person.number))
    first = f"ID{issuer:<<3}{number}{person.personal_number()}".ljust(30, "<")
    dates = _dates(person)
    second = f"{dates}{issuer:<<3}".ljust(29, "<")
    composite = first[5:30] + second[:7] + second[8:15] + second[18:29]
    return first, second + str(compute_check_digit(composite)), _name(person)[:30].ljust(30, "<")


def write_td3(person: MrzPerson, issuer: str = "KAZ") -> tuple[str, str]:
    """Return the two lines of a passport; its number is N and eight digits."""
    number = "N" + person.number[:8]
    number += str(compute_check_digit(number))
    personal = person.personal_number().ljust(14, "<")
    personal += str(compute_check_digit(personal))
    dates = _dates(person)
    second = f"{number}{issuer:<<3}{dates}{personal}"
    digit = compute_check_digit(number + dates[:7] + dates[8:] + personal)
    first = f"P<{issuer:<<3}{_name(person)}"[:44].ljust(44, "<")
    return first, second + str(digit)


def _dates(person: MrzPerson) -> str:
    birth, expiry = f"{person.birth:%y%m%d}", f"{person.expiry:%y%m%d}"
    return (
        f"{birth}{compute_check_digit(birth)}{person.sex or '<'}"
        f"{expiry}{compute_check_digit(expiry)}"
    )


def _name(person: MrzPerson) -> str:
    return f"{person.surname}<<{person.given_names}".replace(" ", "<")
