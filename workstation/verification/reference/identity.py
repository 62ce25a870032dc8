"""Whose document it is: what its printed lines state beside what is known of the customer.

The lines are the same on the paper and in the chip; who vouches for them is another matter.
"""

from dataclasses import dataclass
from datetime import date

from crypto.x509.iin import Iin, IinRefused, Sex
from vision.document.issuers import find_personal_number
from vision.document.mrz import MrzFields, MrzFormat
from workstation.registries.birth_date import find_birth_date
from workstation.registries.person import DocumentKind, IdentityDocument, Person
from workstation.rules.checks import CheckStatus
from workstation.rules.parties import Client
from workstation.verification.findings.names import NameLikeness, compare_names

__all__ = ["KnownCustomer", "compare_holder", "describe_customer", "find_identity_fault", "is_iin"]

_STATE = "KAZ"
_KINDS = {
    MrzFormat.TD1: frozenset(
        {DocumentKind.IDENTITY_CARD, DocumentKind.RESIDENCE_PERMIT, DocumentKind.STATELESS_ID}
    ),
    MrzFormat.TD2: frozenset[DocumentKind](),
    MrzFormat.TD3: frozenset({DocumentKind.PASSPORT}),
}
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE}
_STATUS = {
    NameLikeness.SAME: CheckStatus.PASSED,
    NameLikeness.ALIKE: CheckStatus.INDETERMINATE,
    NameLikeness.OTHER: CheckStatus.FAILED,
}


@dataclass(frozen=True, slots=True, repr=False)
class KnownCustomer:
    """What is known of the customer beside the document.

    client    ИИН and name, as registered where the register has answered
    document  on file in the register, None where it names none
    birth_date, sex  as the ИИН says, else the register or a document read for the form; None where
                     nobody says
    """

    client: Client
    document: IdentityDocument | None
    birth_date: date | None
    sex: Sex | None


def describe_customer(client: Client, person: Person | None, shown: date | None) -> KnownCustomer:
    """Return what ИИН and register say together.

    shown  birth date as the document that was read for the form states it, None without
    """
    born = find_birth_date(client.iin, person, shown)
    document, sex = (None, None) if person is None else (person.document, person.sex)
    return KnownCustomer(
        client, document, None if born is None else born.day, client.iin.sex or sex
    )


def find_identity_fault(fields: MrzFields, customer: KnownCustomer, today: date) -> str:
    """Return the code of why these lines are not the customer's valid document, empty if they are.

    1. every check digit is right
    2. the ИИН that stands in them is the customer's; where none stands, the register has named
       this very document of the state as the customer's
    3. birth date and sex are those of the ИИН, or of the register where the ИИН does not say
    4. its last day has not passed
    5. it is the one on file, where one of its kind is: another was lost or replaced
    """
    iin, on_file = customer.client.iin, customer.document
    if fields.wrong_checks:
        return "reference.mrz_check_digit"
    same_kind = on_file is not None and on_file.kind in _KINDS[fields.format]
    listed = same_kind and on_file is not None and on_file.number == fields.number
    stated = find_personal_number(fields, is_iin)
    if stated is None and not (listed and fields.issuer == _STATE):
        return "reference.no_iin"
    if stated is not None and stated.digits != iin.digits:
        return "reference.other_iin"
    if not iin.allows_birth(fields.birth) or fields.birth != (customer.birth_date or fields.birth):
        return "reference.other_birth_date"
    if fields.sex and customer.sex is not None and _SEXES[fields.sex] is not customer.sex:
        return "reference.other_sex"
    if fields.expiry < today:
        return "reference.document_expired"
    return "reference.other_number" if same_kind and not listed else ""


def compare_holder(fields: MrzFields, customer: KnownCustomer) -> CheckStatus:
    """Compare the holder's name with the customer's; the letters of both may be others."""
    name = f"{fields.surname} {fields.given_names}".strip()
    return _STATUS[compare_names(customer.client.name, name)]


def is_iin(digits: str) -> bool:
    """Whether twelve digits could have been issued as an ИИН."""
    try:
        return Iin.parse(digits).well_formed
    except IinRefused:
        return False
