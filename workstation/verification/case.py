"""One customer's case as the teller typed it, checked for form; personal data, in memory only."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from crypto.x509.iin import Iin, IinRefused
from resources import LANGUAGES
from vision.document.mrz import MrzFields
from workstation.errors import OperationRefused
from workstation.rules.checks import CheckId
from workstation.rules.operation import (
    CriticalOperation,
    OperationKind,
    normalise_phone,
    require_amount,
    require_device,
    require_term,
)
from workstation.rules.parties import Client

__all__ = ["Case", "OperationForm", "case_from_form", "find_mistake"]

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
    """What one session is about.

    salt      blinds the ИИН wherever its digest is written
    document  lines that the camera has read for the form, None without; nobody vouches for them
    """

    id: str
    operation: CriticalOperation
    client: Client = field(repr=False)
    language: str
    attestations: tuple[tuple[CheckId, bool], ...]
    salt: bytes = field(repr=False)
    document: MrzFields | None = field(default=None, repr=False)


def case_from_form(
    form: OperationForm, *, case_id: str, salt: bytes, document: MrzFields | None = None
) -> Case:
    """Return the case; raises OperationRefused with the field and the code of its mistake.

    Before a session begins: a slip of the keyboard is nobody's refusal and stands in no record.
    """
    if form.language not in LANGUAGES:
        raise OperationRefused("language")
    client = Client(_iin(form.untrusted_iin), _name(form.untrusted_name))
    operation = _operation(form)
    return Case(case_id, operation, client, form.language, form.attestations, salt, document)


def find_mistake(field_name: str, untrusted: str) -> str:
    """Return the code of what is wrong with one field as typed, empty when nothing is.

    field_name  of `OperationForm` without `untrusted_`
    """
    try:
        _READERS[field_name](untrusted)
    except OperationRefused as refused:
        return refused.code
    return ""


def _iin(untrusted: str) -> Iin:
    try:
        iin = Iin.parse(untrusted.strip())
    except IinRefused as error:
        raise OperationRefused("iin", "iin.malformed") from error
    if not iin.checksum_ok:
        raise OperationRefused("iin", "iin.checksum")
    if not iin.date_ok:
        raise OperationRefused("iin", "iin.birth_date")
    return iin


def _name(untrusted: str) -> str:
    name = unicodedata.normalize("NFC", re.sub(r"\s+", " ", untrusted)).strip()
    if not name or len(name) > _MAX_NAME or not name.replace(" ", "").isprintable():
        raise OperationRefused("name", "name.malformed")
    return name


def _operation(form: OperationForm) -> CriticalOperation:
    match form.kind:
        case OperationKind.CHANGE_TRUSTED_PHONE:
            return CriticalOperation(
                form.kind,
                new_phone=_new_phone(form.untrusted_new_phone),
                old_phone=_old_phone(form.untrusted_old_phone),
            )
        case OperationKind.APP_REGISTRATION:
            return CriticalOperation(
                form.kind,
                new_phone=_new_phone(form.untrusted_new_phone),
                device=_device(form.untrusted_device),
            )
        case OperationKind.LOAN_ISSUE:
            return CriticalOperation(
                form.kind,
                new_phone=_new_phone(form.untrusted_new_phone),
                amount_kzt=_amount(form.untrusted_amount_kzt),
                term_months=_term(form.untrusted_term_months),
            )


def _phone(name: str, untrusted: str) -> str:
    try:
        return normalise_phone(untrusted)
    except OperationRefused as error:
        raise OperationRefused(name, error.code) from error


def _device(untrusted: str) -> str:
    device = unicodedata.normalize("NFC", untrusted).strip()
    require_device(device)
    return device


def _amount(untrusted: str) -> int:
    kzt = _whole("amount_kzt", untrusted)
    require_amount(kzt)
    return kzt


def _term(untrusted: str) -> int:
    months = _whole("term_months", untrusted)
    require_term(months)
    return months


def _whole(name: str, untrusted: str) -> int:
    digits = re.sub(r"\s", "", untrusted)
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MAX_DIGITS:
        raise OperationRefused(name, "number.malformed")
    return int(digits)


_new_phone = partial(_phone, "new_phone")
_old_phone = partial(_phone, "old_phone")
_READERS: Final[dict[str, Callable[[str], object]]] = {
    "iin": _iin,
    "name": _name,
    "new_phone": _new_phone,
    "old_phone": _old_phone,
    "device": _device,
    "amount_kzt": _amount,
    "term_months": _term,
}
