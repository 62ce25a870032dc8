"""Identity cards and passports of the demo's customers: what is printed and what the chip holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self

from crypto.x509.iin import Sex, write_short_date
from vision.camera.simulation.photographs import SimulatedPerson
from vision.camera.simulation.portraits import DocumentPortrait, print_portrait
from vision.document.mrz import compute_check_digit
from workstation.sandbox.people import CustomerKey, FictionalCustomer
from workstation.sandbox.pki.credential import Credential
from workstation.sandbox.pki.data_group_writer import (
    FacialImageType,
    write_common_data,
    write_facial_record,
    write_mrz_file,
    write_portrait_file,
)
from workstation.sandbox.pki.travel_documents import (
    DOCUMENT_EXPIRES,
    DOCUMENT_ISSUED,
    sign_security_object,
)
from workstation.verification.findings.romanisation import romanise

__all__ = ["DocumentContents", "IssuedDocument", "choose_face", "issue_document"]

_CARD_LINES: Final = 3
_CARD_NAME: Final = 30
_PASSPORT_NAME: Final = 39
_SEXES: Final = {Sex.MALE: "M", Sex.FEMALE: "F"}


@dataclass(frozen=True, slots=True)
class DocumentContents:
    """What a document states of a customer.

    number   nine letters and digits
    picture  who is on the portrait
    """

    customer: FictionalCustomer
    number: str
    picture: SimulatedPerson
    expires: date = DOCUMENT_EXPIRES
    issued: date = DOCUMENT_ISSUED

    @classmethod
    def of_customer(cls, customer: FictionalCustomer) -> Self:
        """Return what the customer's identity card states."""
        return cls(customer, customer.document_number, choose_face(customer))

    @property
    def words(self) -> tuple[str, ...]:
        """What is printed beside the portrait."""
        customer = self.customer
        names = (customer.surname, customer.given_name, customer.patronymic)
        return (*(name.upper() for name in names), f"ЖСН / ИИН {customer.iin}")

    @property
    def card_lines(self) -> tuple[str, str, str]:
        """The zone of an identity card (TD1, ICAO Doc 9303 part 5), the ИИН in the first line."""
        number = self.number + str(compute_check_digit(self.number))
        first = f"IDKAZ{number}{self.customer.iin}".ljust(_CARD_NAME, "<")
        dates = self._dates
        second = f"{dates}{self.customer.citizenship}".ljust(_CARD_NAME - 1, "<")
        composite = compute_check_digit(first[5:] + dates[:7] + dates[8:] + second[18:])
        return first, second + str(composite), self._name(_CARD_NAME)

    @property
    def passport_lines(self) -> tuple[str, str]:
        """The zone of a passport (TD3, Doc 9303 part 4), the ИИН as the personal number."""
        number = "N" + self.number[1:]
        number += str(compute_check_digit(number))
        personal = self.customer.iin.ljust(14, "<")
        personal += str(compute_check_digit(personal))
        dates = self._dates
        checked = f"{number}{dates[:7]}{dates[8:]}{personal}"
        second = (
            f"{number}{self.customer.citizenship}{dates}{personal}{compute_check_digit(checked)}"
        )
        return "P<KAZ" + self._name(_PASSPORT_NAME), second

    @property
    def _dates(self) -> str:
        """Birth, sex and expiry, the dates with their check digits."""
        customer = self.customer
        return f"{_dated(customer.birth_date)}{_SEXES[customer.sex]}{_dated(self.expires)}"

    def _name(self, length: int) -> str:
        words = (self.customer.surname, self.customer.given_name)
        return "<<".join(map(_romanise, words)).ljust(length, "<")[:length]


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A document with a chip, in the customer's hand.

    lines            the printed zone; equals DG1 unless somebody changed the print
    portrait         the printed one
    common_data      EF.COM
    security_object  EF.SOD with its tag
    data_groups      number to octets with their tag
    """

    contents: DocumentContents
    lines: tuple[str, ...]
    portrait: DocumentPortrait
    common_data: bytes
    security_object: bytes
    data_groups: Mapping[int, bytes]

    @property
    def access_key(self) -> tuple[str, str, str]:
        """Number, birth date and expiry as they stand in the zone: what opens the chip."""
        if len(self.lines) == _CARD_LINES:
            first, second, _ = self.lines
            return first[5:14], second[:6], second[8:14]
        second = self.lines[1]
        return second[:9], second[13:19], second[21:27]

    def with_portrait(self, portrait: DocumentPortrait) -> "IssuedDocument":
        """Return the document with another portrait in the chip, which nobody signed."""
        groups = {**self.data_groups, 2: _encode_portrait(portrait)}
        return replace(self, portrait=portrait, data_groups=groups)


def choose_face(customer: FictionalCustomer) -> SimulatedPerson:
    """Return whose face a customer of the demo has: all but one are who sits at the camera."""
    other = customer.key is CustomerKey.OTHER_PERSON
    return SimulatedPerson.HOPPER if other else SimulatedPerson.ASTRONAUT


def issue_document(
    contents: DocumentContents,
    signer: Credential,
    *,
    passport: bool = False,
    image: FacialImageType = FacialImageType.JPEG,
    more: Mapping[int, bytes] | None = None,
) -> IssuedDocument:
    """Print an identity card or a passport and sign its chip.

    more  further data groups: DG14, DG15

    Raises PhotographsMissing when the portraits are not installed.
    """
    lines = contents.passport_lines if passport else contents.card_lines
    portrait = print_portrait(contents.picture, jpeg_2000=image is FacialImageType.JPEG_2000)
    groups = {1: write_mrz_file(lines), 2: _encode_portrait(portrait), **(more or {})}
    return IssuedDocument(
        contents=contents,
        lines=lines,
        portrait=portrait,
        common_data=write_common_data(groups),
        security_object=sign_security_object(groups, signer, contents.issued),
        data_groups=groups,
    )


def _encode_portrait(portrait: DocumentPortrait) -> bytes:
    kind = FacialImageType.JPEG_2000 if portrait.jpeg_2000 else FacialImageType.JPEG
    return write_portrait_file(
        write_facial_record(portrait.octets, kind, portrait.width, portrait.height)
    )


def _dated(day: date) -> str:
    digits = write_short_date(day)
    return digits + str(compute_check_digit(digits))


def _romanise(word: str) -> str:
    """Return the shortest Latin spelling, the first of equally long ones."""
    return min(romanise(word), key=lambda spelling: (len(spelling), spelling)).upper()
