"""One customer's case as the teller typed it, checked for form; personal data, in memory only."""

import re
import unicodedata
from dataclasses import dataclass, field

from crypto.x509.iin import Iin, IinRefused
from resources import LANGUAGES
from workstation.errors import OperationRefused
from workstation.rules.checks import CheckId
from workstation.rules.operation import CriticalOperation, OperationKind, normalise_phone
from workstation.rules.parties import Client

__all__ = ["Case", "OperationForm", "case_from_form"]

_MAX_NAME = 120
_MAX_DIGITS = 12


@dataclass(frozen=True, slots=True)
class OperationForm:
    """The operation form as typed: validated by the core, which answers with field codes.

    attestations  soft and questionnaire checks the teller answered: (check, passed)
    language      kk, ru or en: what the customer reads and signs
    """

    kind: OperationKind
    untrusted_iin: str = field(repr=False)
    untrusted_name: str = field(repr=False)
    untrusted_new_phone: str = field(default="", repr=False)
    untrusted_old_phone: str = field(default="", repr=False)
    untrusted_device: str = ""
    untrusted_amount_kzt: str = ""
    untrusted_term_months: str = ""
    attestations: tuple[tuple[CheckId, bool], ...] = ()
    language: str = "ru"


@dataclass(frozen=True, slots=True)
class Case:
    """What one session is about; `salt` blinds the ИИН wherever its digest is written."""

    id: str
    operation: CriticalOperation
    client: Client = field(repr=False)
    language: str
    attestations: tuple[tuple[CheckId, bool], ...]
    salt: bytes = field(repr=False)


def case_from_form(form: OperationForm, *, case_id: str, salt: bytes) -> Case:
    """Return the case; raises OperationRefused whose detail is the code of the wrong field."""
    if form.language not in LANGUAGES:
        raise OperationRefused("language")
    try:
        iin = Iin.parse(form.untrusted_iin.strip())
    except IinRefused as error:
        raise OperationRefused("iin") from error
    client = Client(iin, _name(form.untrusted_name))
    return Case(case_id, _operation(form), client, form.language, form.attestations, salt)


def _name(untrusted: str) -> str:
    name = unicodedata.normalize("NFC", re.sub(r"\s+", " ", untrusted)).strip()
    if not name or len(name) > _MAX_NAME or not name.replace(" ", "").isprintable():
        raise OperationRefused("name")
    return name


def _operation(form: OperationForm) -> CriticalOperation:
    match form.kind:
        case OperationKind.CHANGE_TRUSTED_PHONE:
            return CriticalOperation(
                form.kind,
                new_phone=_phone("new_phone", form.untrusted_new_phone),
                old_phone=_phone("old_phone", form.untrusted_old_phone),
            )
        case OperationKind.APP_REGISTRATION:
            device = unicodedata.normalize("NFC", form.untrusted_device).strip()
            if not device.isprintable():
                raise OperationRefused("device")
            phone = _phone("new_phone", form.untrusted_new_phone)
            return CriticalOperation(form.kind, new_phone=phone, device=device)
        case OperationKind.LOAN_ISSUE:
            return CriticalOperation(
                form.kind,
                new_phone=_phone("new_phone", form.untrusted_new_phone),
                amount_kzt=_whole("amount_kzt", form.untrusted_amount_kzt),
                term_months=_whole("term_months", form.untrusted_term_months),
            )


def _phone(name: str, untrusted: str) -> str:
    try:
        return normalise_phone(untrusted)
    except OperationRefused as error:
        raise OperationRefused(name) from error


def _whole(name: str, untrusted: str) -> int:
    digits = re.sub(r"\s", "", untrusted)
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MAX_DIGITS:
        raise OperationRefused(name)
    return int(digits)
