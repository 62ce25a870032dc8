"""One customer's case as the teller typed it, checked for form; personal data, in memory only."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from crypto.x509.iin import Iin, IinRefused
from resources import LANGUAGES
from vision.document.mrz import MrzFields
from workstation.errors import OperationRefused
from workstation.rules.catalogue import typed
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.rules.catalogue.fields import FieldDefinition
from workstation.rules.catalogue.values import parse_value
from workstation.rules.operation import CriticalOperation
from workstation.rules.parties import Client, PartyPresence, PartyRole, SecondPerson

__all__ = [
    "Case",
    "OperationForm",
    "SecondPersonForm",
    "case_from_form",
    "find_mistake",
    "find_mistakes",
    "find_slip",
]

_MAX_NAME = 120
_POWER: Final = re.compile(r"[0-9A-ZА-ЯЁӘҒҚҢӨҰҮҺІ/.-]{3,40}")
"""Number of a power of attorney: registers spell it in their own ways, in one word."""


@dataclass(frozen=True, slots=True)
class SecondPersonForm:
    """Who takes part besides the customer, as typed."""

    role: PartyRole
    presence: PartyPresence
    untrusted_iin: str = field(repr=False)
    untrusted_name: str = field(repr=False)
    untrusted_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OperationForm:
    """The operation form as typed: validated by the core, which answers with field codes.

    untrusted_values  (name of a parameter, what was typed)
    attestations  (question of the policy, whether the teller said yes)
    language      kk, ru or en: what the customer reads and signs
    second        who takes part besides the customer, None for nobody
    """

    kind: str
    untrusted_iin: str = field(repr=False)
    untrusted_name: str = field(repr=False)
    untrusted_values: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    attestations: tuple[tuple[str, bool], ...] = ()
    language: str = "ru"
    second: SecondPersonForm | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What one session is about.

    definition  of the operation, by the policy that the case begins under
    salt      blinds the ИИН wherever its digest is written
    document  lines that the camera has read for the form, None without; nobody vouches for them
    second    who takes part besides the customer, None for nobody
    """

    id: str
    definition: OperationDefinition
    operation: CriticalOperation
    client: Client = field(repr=False)
    language: str
    attestations: tuple[tuple[str, bool], ...]
    salt: bytes = field(repr=False)
    document: MrzFields | None = field(default=None, repr=False)
    second: SecondPerson | None = field(default=None, repr=False)

    @property
    def here(self) -> tuple[tuple[PartyRole, Client], ...]:
        """Return who sits at the desk, by role, in the order in which they are looked at."""
        customer = (PartyRole.CUSTOMER, self.client)
        if self.second is None:
            return (customer,)
        second = (self.second.role, self.second.client)
        return (second,) if self.second.presence is PartyPresence.INSTEAD else (customer, second)

    @property
    def roles(self) -> tuple[PartyRole, ...]:
        """Return the roles of those who sit at the desk, in the same order."""
        return tuple(role for role, _ in self.here)

    def for_person(self, role: PartyRole) -> "Case":
        """Return the case as it is of the person in a role: what is asked is asked of that one."""
        if role is PartyRole.CUSTOMER or self.second is None:
            return self
        return replace(self, client=self.second.client, document=None)


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
        case_id,
        definition,
        operation,
        client,
        form.language,
        form.attestations,
        salt,
        document,
        None if form.second is None else _second(form.second, client),
    )


def find_mistake(
    field_name: str, untrusted: str, definition: OperationDefinition | None = None
) -> str:
    """Return the code of what is wrong with one field as typed, empty when nothing is.

    field_name  `iin`, `name`, `second_...` of another person, or a parameter of the operation
    """
    try:
        if field_name in _READERS:
            _READERS[field_name](untrusted)
        elif definition is not None and (found := definition.field(field_name)) is not None:
            parse_value(found, untrusted)
    except OperationRefused as refused:
        return refused.code
    return ""


def find_mistakes(
    form: OperationForm, definition: OperationDefinition, filled: Collection[str] = ()
) -> dict[str, str]:
    """Return what is wrong with a form: code by field, in the form's order; empty when nothing is.

    filled  parameters that are not typed, because the register fills them
    """
    fields = [each for each in definition.fields if each.name not in filled]
    typed_values = {"iin": form.untrusted_iin, "name": form.untrusted_name}
    values = dict(form.untrusted_values)
    typed_values |= {each.name: values.get(each.name, "") for each in fields}
    if form.second is not None:
        typed_values["second_iin"] = form.second.untrusted_iin
        typed_values["second_name"] = form.second.untrusted_name
        if form.second.role is PartyRole.REPRESENTATIVE:
            typed_values["second_number"] = form.second.untrusted_number
    found = {name: find_mistake(name, text, definition) for name, text in typed_values.items()}
    if not found.get("second_iin", "none"):
        same = typed_values["second_iin"].strip() == typed_values["iin"].strip()
        found["second_iin"] = "second_person.same_iin" if same else ""
    found |= {name: code for name, code in _find_unchanged(values, fields) if not found[name]}
    return {name: code for name, code in found.items() if code}


def _find_unchanged(
    values: Mapping[str, str], fields: Sequence[FieldDefinition]
) -> Iterator[tuple[str, str]]:
    """Find fields that repeat the value of another; what cannot be read is another mistake."""
    typed_fields = {each.name: each for each in fields}
    for each in fields:
        other = typed_fields.get(each.differs_from)
        if other is None:
            continue
        try:
            pair = {parse_value(one, values.get(one.name, "")) for one in (each, other)}
        except OperationRefused:
            continue
        if len(pair) == 1:
            yield each.name, f"{each.type.value}.unchanged"


def find_slip(
    field_name: str, untrusted: str, definition: OperationDefinition | None = None
) -> str:
    """Return the code of what is wrong with a field that is being typed; empty while it may grow.

    field_name  as of `find_mistake`
    """
    if field_name in {"iin", "second_iin"}:
        begun = not untrusted.strip() or typed.is_iin_begun(untrusted)
        return "" if begun else find_mistake(field_name, untrusted)
    if field_name in _READERS:
        return find_mistake(field_name, untrusted) if len(untrusted) > _MAX_NAME else ""
    found = None if definition is None else definition.field(field_name)
    return "" if found is None else typed.find_slip(found, untrusted)


def _second(form: SecondPersonForm, customer: Client) -> SecondPerson:
    """Return the second person; OperationRefused names what is wrong with it as `second_...`."""
    try:
        client = Client(_iin(form.untrusted_iin), _name(form.untrusted_name))
    except OperationRefused as refused:
        raise OperationRefused(f"second_{refused.detail}", refused.code) from None
    if client.iin.digits == customer.iin.digits:
        raise OperationRefused("second_iin", "second_person.same_iin")
    number = _number(form.untrusted_number) if form.role is PartyRole.REPRESENTATIVE else ""
    return SecondPerson(form.role, form.presence, client, number)


def _number(untrusted: str) -> str:
    number = unicodedata.normalize("NFC", untrusted).strip().upper()
    if _POWER.fullmatch(number) is None:
        raise OperationRefused("second_number", "second_person.number")
    return number


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


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "iin": _iin,
    "name": _name,
    "second_iin": _iin,
    "second_name": _name,
    "second_number": _number,
}
