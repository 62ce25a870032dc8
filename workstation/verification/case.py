"""One customer's case as the teller typed it, checked for form; personal data, in memory only."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from crypto.x509.iin import Iin, IinRefused
from resources import LANGUAGES
from vision.document.mrz import MrzFields
from workstation.errors import OperationRefused
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.values import parse_value
from workstation.rules.operation import CriticalOperation
from workstation.rules.parties import Client

__all__ = ["Case", "OperationForm", "case_from_form", "find_mistake"]

_MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class OperationForm:
    """The operation form as typed: validated by the core, which answers with field codes.

    untrusted_values  (name of a parameter, what was typed)
    attestations  (question of the policy, whether the teller said yes)
    language      kk, ru or en: what the customer reads and signs
    """

    kind: str
    untrusted_iin: str = field(repr=False)
    untrusted_name: str = field(repr=False)
    untrusted_values: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    attestations: tuple[tuple[str, bool], ...] = ()
    language: str = "ru"


@dataclass(frozen=True, slots=True)
class Case:
    """What one session is about.

    definition  of the operation, by the policy that the case begins under
    salt      blinds the ИИН wherever its digest is written
    document  lines that the camera has read for the form, None without; nobody vouches for them
    """

    id: str
    definition: OperationDefinition
    operation: CriticalOperation
    client: Client = field(repr=False)
    language: str
    attestations: tuple[tuple[str, bool], ...]
    salt: bytes = field(repr=False)
    document: MrzFields | None = field(default=None, repr=False)


def case_from_form(
    form: OperationForm,
    definition: OperationDefinition,
    *,
    case_id: str,
    salt: bytes,
    document: MrzFields | None = None,
) -> Case:
    """Return the case; raises OperationRefused with the field and the code of its mistake.

    Before a session begins: a slip of the keyboard is nobody's refusal and stands in no record.
    """
    if form.language not in LANGUAGES:
        raise OperationRefused("language")
    client = Client(_iin(form.untrusted_iin), _name(form.untrusted_name))
    operation = definition.parse(dict(form.untrusted_values))
    return Case(
        case_id, definition, operation, client, form.language, form.attestations, salt, document
    )


def find_mistake(
    field_name: str, untrusted: str, definition: OperationDefinition | None = None
) -> str:
    """Return the code of what is wrong with one field as typed, empty when nothing is.

    field_name  `iin`, `name`, or a parameter of the operation
    """
    try:
        if field_name in _READERS:
            _READERS[field_name](untrusted)
        elif definition is not None and (found := definition.field(field_name)) is not None:
            parse_value(found, untrusted)
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


_READERS: Final[Mapping[str, Callable[[str], object]]] = {"iin": _iin, "name": _name}
