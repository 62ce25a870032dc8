"""Fictional customers of the demo: none of them is a real person.

Each stands for one state of an ЭЦП, so that choosing the customer chooses the outcome. Their
ИИН have a right check digit and a serial of zeros, their numbers a subscriber part of zeros.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["PEOPLE", "CustomerKey", "Person", "person_with_iin"]


class CustomerKey(StrEnum):
    """What a customer's certificate is fit for."""

    GOOD = "good"
    REVOKED = "revoked"
    EXPIRED = "expired"
    OTHER_PERSON = "other_person"
    WRONG_USAGE = "wrong_usage"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer: Kazakh names as in documents, the number in use and one to change to."""

    key: CustomerKey
    iin: str
    surname: str
    given_name: str
    patronymic: str
    phone: str
    new_phone: str

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return f"{self.surname} {self.given_name} {self.patronymic}"


PEOPLE = (
    Person(
        key=CustomerKey.GOOD,
        iin="920314400005",
        surname="Нұрғалиева",
        given_name="Әсел",
        patronymic="Серікқызы",
        phone="+77000000101",
        new_phone="+77000000102",
    ),
    Person(
        key=CustomerKey.REVOKED,
        iin="880722300007",
        surname="Жақсыбеков",
        given_name="Дәурен",
        patronymic="Маратұлы",
        phone="+77000000201",
        new_phone="+77000000202",
    ),
    Person(
        key=CustomerKey.EXPIRED,
        iin="651102300001",
        surname="Төлегенов",
        given_name="Қайрат",
        patronymic="Әбдірахманұлы",
        phone="+77000000301",
        new_phone="+77000000302",
    ),
    Person(
        key=CustomerKey.OTHER_PERSON,
        iin="790918400009",
        surname="Ысқақова",
        given_name="Гүлнәр",
        patronymic="Бекболатқызы",
        phone="+77000000401",
        new_phone="+77000000402",
    ),
    Person(
        key=CustomerKey.WRONG_USAGE,
        iin="010608600006",
        surname="Өмірзақова",
        given_name="Аяулым",
        patronymic="Ерланқызы",
        phone="+77000000501",
        new_phone="+77000000502",
    ),
)
"""One person per key state."""


def person_with_iin(iin: str) -> Person | None:
    """Return the fictional customer of that ИИН, if there is one."""
    return next((person for person in PEOPLE if person.iin == iin), None)
