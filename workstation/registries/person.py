"""The person registry: what the bank or the state knows of the customer with this ИИН.

It fills in the form, gives the facts that conditions of the policy ask for, and supplies the
photo that the live face is compared with; so nothing in it is taken that is not bound to the
question. Wire format: docs/api/person-registry.yaml.
"""

import binascii
import hashlib
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from crypto.jws import JwsRefused
from crypto.strict_json import JsonRefused, strict_decoded
from crypto.x509.iin import Sex
from workstation.registries.endpoint import AnswerForm, RegistryEndpoint, RegistryExchange, ask
from workstation.registries.registry import AnswerStatus, RegistryAnswer
from workstation.rules.local_time import local_day
from workstation.rules.reference import ReferenceSource

__all__ = [
    "ANSWER_TYPE",
    "PERSON_FORM",
    "PERSON_PATH",
    "DocumentKind",
    "IdentityDocument",
    "Person",
    "PersonAnswer",
    "PersonRegistry",
    "PersonStatus",
    "RegisteredPortrait",
    "not_configured",
]

ANSWER_TYPE: Final = "person-answer+jwt"
"""The `typ` of a signed answer."""

PERSON_PATH: Final = "/person"
_CHECK: Final = "person"
_MAX_PORTRAIT: Final = 2 * 1024 * 1024
PERSON_FORM: Final = AnswerForm.signed(4 * 1024 * 1024)
"""A portrait of 2 MiB grows to 2.7 in base64, and in a JWS to 3.6 once more."""

_MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class PersonStatus(StrEnum):
    """Whether somebody with this ИИН may be served at all."""

    ALIVE = "alive"
    DECEASED = "deceased"
    BLOCKED = "blocked"


class DocumentKind(StrEnum):
    """Documents of the persons that ЦОИД knows."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    STATELESS_ID = "stateless_id"


@dataclass(frozen=True, slots=True, repr=False)
class IdentityDocument:
    """The document on file; `valid_until` is its last day, None for one without an end."""

    kind: DocumentKind
    number: str
    valid_until: date | None


@dataclass(frozen=True, slots=True, repr=False)
class RegisteredPortrait:
    """A photo of the person: JPEG or PNG octets that nobody has decoded yet.

    taken   the day, never after today
    source  REGISTRY for the state's own, BANK for one of the bank's customer record
    """

    octets: bytes
    taken: date
    source: ReferenceSource

    @property
    def sha256(self) -> str:
        """Return the hex digest of the octets."""
        return hashlib.sha256(self.octets).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What a registry says of one person; None where it does not say.

    name    as registered: surname, name, patronymic
    birth_date, sex  of a foreigner the registry may not say them, nor does the ИИН
    phone   the number on file, E.164; "" for none, None where the registry keeps no numbers
    other_clients_on_phone  customers of the bank who have the same number on file
    staff   works in this branch
    """

    iin: str
    name: str
    birth_date: date | None
    sex: Sex | None
    phone: str | None
    other_clients_on_phone: int | None
    document: IdentityDocument | None
    status: PersonStatus
    resident: bool
    married: bool | None
    first_loan: bool | None
    staff: bool
    portrait: RegisteredPortrait | None

    def __repr__(self) -> str:
        return "Person(…)"


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """The trace of the question, and the person when there is one.

    answer  passed `person.found`; failed `person.not_found`, `.deceased`, `.blocked`; indeterminate
            `person.no_answer`, `.malformed`, `.other_iin`, `.future_photo`, `.not_configured`
    person  also of somebody who may not be served; None for the rest
    """

    answer: RegistryAnswer
    person: Person | None


class PersonRegistry:
    """The bank's customer record or the state's register, behind the bank's own gateway."""

    def __init__(self, endpoint: RegistryEndpoint) -> None:
        self._endpoint = endpoint

    def ask(self, iin: str) -> PersonAnswer:
        """Return what is known of this ИИН; never raises."""
        exchange = ask(self._endpoint, PERSON_PATH, {"iin": iin}, PERSON_FORM)
        return self.read(exchange, iin)

    @property
    def endpoint(self) -> RegistryEndpoint:
        """Return where it answers."""
        return self._endpoint

    def read(self, exchange: RegistryExchange, iin: str) -> PersonAnswer:
        """Return what an exchange about this ИИН says."""
        person: Person | None = None
        status = AnswerStatus.INDETERMINATE
        try:
            person = self._read(exchange, iin)
        except _NoPerson as none:
            reason = none.reason
        else:
            status, reason = _FINDINGS[person.status if person else None]
        answer = RegistryAnswer(
            check=_CHECK,
            status=status,
            reason=reason,
            source=self._endpoint.source,
            asked_ms=exchange.asked_ms,
            answered_ms=exchange.answered_ms,
            request_id=exchange.request_id,
            body_sha256=exchange.body_sha256,
        )
        if person is not None and person.portrait is not None:
            answer = replace(answer, facts=_describe_portrait(person.portrait))
        return PersonAnswer(answer, person)

    def _read(self, exchange: RegistryExchange, iin: str) -> Person | None:
        if exchange.untrusted_body is None:
            raise _NoPerson("person.no_answer")
        try:
            payload = self._endpoint.verify(exchange.untrusted_body, ANSWER_TYPE)
            reply = strict_decoded(payload, _Reply)
        except (JwsRefused, JsonRefused):
            raise _NoPerson("person.malformed") from None
        if reply.request_id != exchange.request_id:
            raise _NoPerson("person.malformed")
        if reply.iin != iin:
            raise _NoPerson("person.other_iin")
        today = local_day(datetime.fromtimestamp(exchange.answered_ms / 1000, UTC))
        return None if reply.person is None else _convert(iin, reply.person, today)


def not_configured(clock_ms: int) -> PersonAnswer:
    """Return the answer of a station whose settings name no person registry."""
    status, reason = AnswerStatus.INDETERMINATE, "person.not_configured"
    answer = RegistryAnswer(_CHECK, status, reason, "", clock_ms, clock_ms, "", "")
    return PersonAnswer(answer, None)


_FINDINGS: Final = {
    PersonStatus.ALIVE: (AnswerStatus.PASSED, "person.found"),
    PersonStatus.DECEASED: (AnswerStatus.FAILED, "person.deceased"),
    PersonStatus.BLOCKED: (AnswerStatus.FAILED, "person.blocked"),
    None: (AnswerStatus.FAILED, "person.not_found"),
}


class _NoPerson(Exception):
    """What came is no answer to this question; `reason` says what is wrong with it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _PortraitSource(StrEnum):
    STATE = "state"
    BANK = "bank"


_SOURCES: Final = {
    _PortraitSource.STATE: ReferenceSource.REGISTRY,
    _PortraitSource.BANK: ReferenceSource.BANK,
}

_Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
_Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z-]{1,30}\Z")]
_Phone = Annotated[str, msgspec.Meta(pattern=r"^(\+[1-9][0-9]{7,14})?\Z")]
_Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
_Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
"""Not `date`: msgspec takes spellings of it that the description does not have."""


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly these members."""


class _Document(_Struct, frozen=True):
    kind: DocumentKind
    number: _Number
    valid_until: _Day | None


class _Portrait(_Struct, frozen=True):
    image: str
    taken: _Day
    source: _PortraitSource


class _Person(_Struct, frozen=True):
    name: _Line
    birth_date: _Day | None
    sex: Sex | None
    phone: _Phone | None
    status: PersonStatus
    resident: bool
    staff: bool
    document: _Document | None
    portrait: _Portrait | None
    other_clients_on_phone: _Count | None = None
    married: bool | None = None
    first_loan: bool | None = None


class _Reply(_Struct, frozen=True):
    request_id: str
    iin: str
    person: _Person | None


def _convert(iin: str, said: _Person, today: date) -> Person:
    born = None if said.birth_date is None else _day(said.birth_date)
    if born is not None and born > today:
        raise _NoPerson("person.malformed")
    document = said.document
    return Person(
        iin=iin,
        name=said.name,
        birth_date=born,
        sex=said.sex,
        phone=said.phone,
        other_clients_on_phone=said.other_clients_on_phone,
        document=None
        if document is None
        else IdentityDocument(
            document.kind,
            document.number,
            None if document.valid_until is None else _day(document.valid_until),
        ),
        status=said.status,
        resident=said.resident,
        married=said.married,
        first_loan=said.first_loan,
        staff=said.staff,
        portrait=None if said.portrait is None else _convert_portrait(said.portrait, today),
    )


def _convert_portrait(said: _Portrait, today: date) -> RegisteredPortrait:
    try:
        octets = b64decode(said.image, validate=True)
    except (binascii.Error, ValueError):
        raise _NoPerson("person.malformed") from None
    if len(octets) > _MAX_PORTRAIT or not octets.startswith(_MAGIC):
        raise _NoPerson("person.malformed")
    taken = _day(said.taken)
    if taken > today:
        raise _NoPerson("person.future_photo")
    return RegisteredPortrait(octets, taken, _SOURCES[said.source])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _NoPerson("person.malformed") from None


def _describe_portrait(portrait: RegisteredPortrait) -> tuple[tuple[str, str | int], ...]:
    """Name the photo for the record: its digest, day and source, and nothing of the person."""
    return (
        ("portrait_sha256", portrait.sha256),
        ("portrait_taken", portrait.taken.isoformat()),
        ("portrait_source", portrait.source.value),
    )
