"""Fictional customers of the demo: none of them is a real person.

Each stands for one state of an ЭЦП, so that choosing the customer chooses the outcome. Their
ИИН have a right check digit and a serial of zeros, their numbers a subscriber part of zeros.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crypto.x509.iin import Iin, Sex

__all__ = ["PEOPLE", "CustomerKey", "Family", "FictionalCustomer", "person_with_iin"]


_DOCUMENT_DIGITS = 9


class Family(StrEnum):
    """Which algorithms a key, and everything above it, is made of.

    GOST2015  ГОСТ 34.10-2015 with 512 bits: what НУЦ РК issues since 2022
    RSA       keys of before, and services of НУЦ РК to this day
    GOST2004  ГОСТ 34.310-2004: keys of before 2022
    """

    GOST2015 = "gost2015"
    RSA = "rsa"
    GOST2004 = "gost2004"


class CustomerKey(StrEnum):
    """What a customer's certificate is fit for.

    HELD             certificateHold: revoked until released
    REVOKED_LATELY   stands in the delta list and not yet in the full one
    WRONG_USAGE      an authentication key of the time when there were two keys
    RSA, RSA_REVOKED, LEGACY, LEGACY_EXPIRED  keys of older families
    SHORT_KEY        ГОСТ 34.10-2015 with 256 bits, which НУЦ РК was never seen to issue
    NON_RESIDENT     good, of a foreigner: the ИИН says neither birth date nor sex, and the base of
                     mobile citizens knows none of the numbers
    NO_NUMBER        good, of a customer of whom the bank has no number on file
    MINOR            good, of a customer of 16, who comes with a guardian
    """

    GOOD = "good"
    REVOKED = "revoked"
    EXPIRED = "expired"
    OTHER_PERSON = "other_person"
    WRONG_USAGE = "wrong_usage"
    HELD = "held"
    REVOKED_LATELY = "revoked_lately"
    RSA = "rsa"
    RSA_REVOKED = "rsa_revoked"
    LEGACY = "legacy"
    LEGACY_EXPIRED = "legacy_expired"
    SHORT_KEY = "short_key"
    NON_RESIDENT = "non_resident"
    NO_NUMBER = "no_number"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class FictionalCustomer:
    """A customer: names as in documents, the number in use and one to change to.

    phone           empty where the bank has none on file
    born, male      of a foreigner; the ИИН of all others says both
    citizenship     three letters, as documents write it
    """

    key: CustomerKey
    iin: str
    surname: str
    given_name: str
    patronymic: str
    phone: str
    new_phone: str
    family: Family = Family.GOST2015
    born: date | None = None
    male: bool | None = None
    citizenship: str = "KAZ"

    @property
    def birth_date(self) -> date:
        """Return the birth date; ValueError where nobody has said it."""
        born = self.born or Iin.parse(self.iin).birth_date
        if born is None:
            raise ValueError(self.key)
        return born

    @property
    def sex(self) -> Sex:
        """Return the sex; ValueError where nobody has said it."""
        if self.male is not None:
            return Sex.MALE if self.male else Sex.FEMALE
        stated = Iin.parse(self.iin).sex
        if stated is None:
            raise ValueError(self.key)
        return stated

    @property
    def resident(self) -> bool:
        """Whether Kazakhstan is the customer's own state."""
        return self.citizenship == "KAZ"

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return f"{self.surname} {self.given_name} {self.patronymic}"

    @property
    def document_number(self) -> str:
        """Nine digits of an identity card, as fictional as the customer's numbers."""
        return (self.phone or self.new_phone)[-_DOCUMENT_DIGITS:]


PEOPLE = (
    FictionalCustomer(
        key=CustomerKey.GOOD,
        iin="920314400005",
        surname="Нұрғалиева",
        given_name="Әсел",
        patronymic="Серікқызы",
        phone="+77000000101",
        new_phone="+77000000102",
    ),
    FictionalCustomer(
        key=CustomerKey.REVOKED,
        iin="880722300007",
        surname="Жақсыбеков",
        given_name="Дәурен",
        patronymic="Маратұлы",
        phone="+77000000201",
        new_phone="+77000000202",
    ),
    FictionalCustomer(
        key=CustomerKey.EXPIRED,
        iin="651102300001",
        surname="Төлегенов",
        given_name="Қайрат",
        patronymic="Әбдірахманұлы",
        phone="+77000000301",
        new_phone="+77000000302",
    ),
    FictionalCustomer(
        key=CustomerKey.OTHER_PERSON,
        iin="790918400009",
        surname="Ысқақова",
        given_name="Гүлнәр",
        patronymic="Бекболатқызы",
        phone="+77000000401",
        new_phone="+77000000402",
    ),
    FictionalCustomer(
        key=CustomerKey.WRONG_USAGE,
        iin="010608600006",
        surname="Өмірзақова",
        given_name="Аяулым",
        patronymic="Ерланқызы",
        phone="+77000000501",
        new_phone="+77000000502",
        family=Family.RSA,
    ),
    FictionalCustomer(
        key=CustomerKey.HELD,
        iin="950211300004",
        surname="Бейсембаев",
        given_name="Арман",
        patronymic="Ғалымұлы",
        phone="+77000000601",
        new_phone="+77000000602",
    ),
    FictionalCustomer(
        key=CustomerKey.REVOKED_LATELY,
        iin="840607400000",
        surname="Қалиева",
        given_name="Жанар",
        patronymic="Төлегенқызы",
        phone="+77000000701",
        new_phone="+77000000702",
    ),
    FictionalCustomer(
        key=CustomerKey.RSA,
        iin="901127300001",
        surname="Садықов",
        given_name="Нұржан",
        patronymic="Асқарұлы",
        phone="+77000000801",
        new_phone="+77000000802",
        family=Family.RSA,
    ),
    FictionalCustomer(
        key=CustomerKey.RSA_REVOKED,
        iin="780315400000",
        surname="Мұқанова",
        given_name="Ботагөз",
        patronymic="Ерболқызы",
        phone="+77000000901",
        new_phone="+77000000902",
        family=Family.RSA,
    ),
    FictionalCustomer(
        key=CustomerKey.LEGACY,
        iin="000912500000",
        surname="Оспанов",
        given_name="Тимур",
        patronymic="Бауыржанұлы",
        phone="+77000001001",
        new_phone="+77000001002",
        family=Family.GOST2004,
    ),
    FictionalCustomer(
        key=CustomerKey.LEGACY_EXPIRED,
        iin="821021400004",
        surname="Ыбыраева",
        given_name="Сәуле",
        patronymic="Дулатқызы",
        phone="+77000001101",
        new_phone="+77000001102",
        family=Family.GOST2004,
    ),
    FictionalCustomer(
        key=CustomerKey.SHORT_KEY,
        iin="930818300000",
        surname="Шәріпов",
        given_name="Олжас",
        patronymic="Қуанышұлы",
        phone="+77000001201",
        new_phone="+77000001202",
    ),
    FictionalCustomer(
        key=CustomerKey.NON_RESIDENT,
        iin="850516000002",
        surname="Рахимов",
        given_name="Жасур",
        patronymic="Акмалович",
        phone="+77000001301",
        new_phone="+77000001302",
        born=date(1985, 5, 16),
        male=True,
        citizenship="UZB",
    ),
    FictionalCustomer(
        key=CustomerKey.NO_NUMBER,
        iin="970308400001",
        surname="Әбенова",
        given_name="Күләш",
        patronymic="Ерболқызы",
        phone="",
        new_phone="+77000001402",
    ),
    FictionalCustomer(
        key=CustomerKey.MINOR,
        iin="100512600003",
        surname="Садықова",
        given_name="Айым",
        patronymic="Нұржанқызы",
        phone="+77000001501",
        new_phone="+77000001502",
    ),
)
"""One person per key state."""


def person_with_iin(iin: str) -> FictionalCustomer | None:
    """Return the fictional customer of that ИИН, if there is one."""
    return next((person for person in PEOPLE if person.iin == iin), None)
