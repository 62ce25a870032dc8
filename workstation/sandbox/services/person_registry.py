"""The sandbox's person registry: a signed record with a portrait of each fictional customer."""

import threading
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, Self

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from crypto.x509.iin import Sex
from vision.camera.simulation.photographs import SimulatedPerson
from vision.camera.simulation.portraits import encode_portrait
from vision.errors import PhotographsMissing
from workstation.registries.person import ANSWER_TYPE, DocumentKind, PersonStatus
from workstation.sandbox.identity_cards import choose_face
from workstation.sandbox.loopback import (
    MALFORMED,
    NOT_FOUND,
    HttpAnswer,
    HttpQuestion,
    LoopbackService,
)
from workstation.sandbox.people import PEOPLE, FictionalCustomer, person_with_iin
from workstation.sandbox.pki.travel_documents import DOCUMENT_EXPIRES, DOCUMENT_ISSUED
from workstation.sandbox.services.answer_signer import AnswerSigner

__all__ = ["PersonFault", "PersonRecord", "SandboxPersonRegistry"]

_JSON: Final = "application/json"
_JOSE: Final = "application/jose"
_FOREIGN_ID: Final = "0" * 32
_FOREIGN_IIN: Final = "000000000000"
_LATE_S: Final = 5.0
"""Longer than the demo's station waits."""

_OVERSIZE: Final = 5 * 1024 * 1024


class PersonFault(StrEnum):
    """How the registry fails about one person."""

    NONE = "none"
    SILENT = "silent"
    LATE = "late"
    DOWN = "down"
    SERVER_ERROR = "server_error"
    OVERSIZE = "oversize"
    WRONG_REQUEST_ID = "wrong_request_id"
    OTHER_IIN = "other_iin"
    UNKNOWN_WORD = "unknown_word"
    EXTRA_MEMBER = "extra_member"
    DUPLICATE_MEMBER = "duplicate_member"
    NOT_JSON = "not_json"
    UNSIGNED = "unsigned"
    FOREIGN_KEY = "foreign_key"
    FUTURE_PHOTO = "future_photo"
    NO_FACE = "no_face"
    TWO_FACES = "two_faces"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """What the registry holds about one person; None: it does not say.

    faces  who is on the portrait; none: there is no portrait
    """

    name: str
    birth_date: date | None
    sex: Sex | None
    phone: str | None
    status: PersonStatus = PersonStatus.ALIVE
    resident: bool = True
    staff: bool = False
    document_kind: DocumentKind = DocumentKind.IDENTITY_CARD
    document_number: str
    valid_until: date = DOCUMENT_EXPIRES
    other_clients_on_phone: int | None = 0
    married: bool | None = False
    first_loan: bool | None = False
    faces: tuple[SimulatedPerson, ...] = (SimulatedPerson.ASTRONAUT,)
    taken: date = DOCUMENT_ISSUED
    source: str = "state"
    fault: PersonFault = field(default=PersonFault.NONE)

    @classmethod
    def of_customer(cls, customer: FictionalCustomer) -> Self:
        """Return the record of a fictional customer, who is whoever sits before the camera."""
        kind = DocumentKind.IDENTITY_CARD if customer.resident else DocumentKind.RESIDENCE_PERMIT
        return cls(
            name=customer.full_name,
            birth_date=customer.birth_date,
            sex=customer.sex,
            phone=customer.phone,
            resident=customer.resident,
            document_kind=kind,
            document_number=customer.document_number,
            faces=(choose_face(customer),),
        )


class _Question(msgspec.Struct, forbid_unknown_fields=True):
    request_id: str
    iin: str


class SandboxPersonRegistry(LoopbackService):
    """A loopback server for one question; `put` may be called from any thread."""

    def __init__(self, signer: AnswerSigner) -> None:
        super().__init__("sandbox-persons")
        self._signer = signer
        self._lock = threading.Lock()
        self._records = {each.iin: PersonRecord.of_customer(each) for each in PEOPLE}
        self._present = PEOPLE[0]

    @property
    def present(self) -> FictionalCustomer:
        """Who is at the desk: the customer about whom the station asked last."""
        return self._present

    def record(self, iin: str) -> PersonRecord | None:
        """Return the record of the person, None when there is none."""
        with self._lock:
            return self._records.get(iin)

    def put(self, iin: str, record: PersonRecord | None) -> None:
        """Replace the record of the person; None forgets it."""
        with self._lock:
            self._records.pop(iin, None)
            if record is not None:
                self._records[iin] = record

    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        if (question.method, question.path) != ("POST", "/person"):
            return NOT_FOUND
        try:
            request = strict_decoded(question.body, _Question)
        except JsonRefused:
            return MALFORMED
        self._present = person_with_iin(request.iin) or self._present
        record = self.record(request.iin)
        fault = PersonFault.NONE if record is None else record.fault
        payload = _write_reply(request, record)
        match fault:
            case PersonFault.SILENT:
                self._closing.wait()
                return None
            case PersonFault.LATE:
                self._closing.wait(_LATE_S)
            case PersonFault.DOWN:
                return None
            case PersonFault.SERVER_ERROR:
                return HttpAnswer(503, _JSON, b"{}")
            case PersonFault.UNSIGNED:
                return HttpAnswer(200, _JSON, payload)
            case _:
                pass
        foreign = fault is PersonFault.FOREIGN_KEY
        return HttpAnswer(200, _JOSE, self._signer.sign(payload, ANSWER_TYPE, foreign=foreign))


def _write_reply(request: _Question, record: PersonRecord | None) -> bytes:
    fault = PersonFault.NONE if record is None else record.fault
    reply: dict[str, object] = {
        "request_id": _FOREIGN_ID if fault is PersonFault.WRONG_REQUEST_ID else request.request_id,
        "iin": _FOREIGN_IIN if fault is PersonFault.OTHER_IIN else request.iin,
        "person": None if record is None else _describe_person(record),
    }
    if fault is PersonFault.EXTRA_MEMBER:
        reply["note"] = "SANDBOX"
    written = msgspec.json.encode(reply)
    match fault:
        case PersonFault.DUPLICATE_MEMBER:
            return b'{"iin":"%s",%s' % (request.iin.encode(), written.removeprefix(b"{"))
        case PersonFault.NOT_JSON:
            return b"<html>SANDBOX</html>"
        case PersonFault.OVERSIZE:
            return written + b" " * _OVERSIZE
        case _:
            return written


def _describe_person(record: PersonRecord) -> dict[str, object]:
    unknown = record.fault is PersonFault.UNKNOWN_WORD
    said = {
        "name": record.name,
        "birth_date": None if record.birth_date is None else record.birth_date.isoformat(),
        "sex": record.sex,
        "phone": record.phone,
        "status": "perhaps" if unknown else record.status.value,
        "resident": record.resident,
        "staff": record.staff,
        "document": {
            "kind": record.document_kind.value,
            "number": record.document_number,
            "valid_until": record.valid_until.isoformat(),
        },
        "portrait": _describe_portrait(record),
    }
    optional = {
        "other_clients_on_phone": record.other_clients_on_phone,
        "married": record.married,
        "first_loan": record.first_loan,
    }
    return said | {name: value for name, value in optional.items() if value is not None}


def _describe_portrait(record: PersonRecord) -> dict[str, object] | None:
    faces, taken = record.faces, record.taken
    match record.fault:
        case PersonFault.NO_FACE:
            faces = ()
        case PersonFault.TWO_FACES:
            faces = tuple(SimulatedPerson)
        case PersonFault.FUTURE_PHOTO:
            taken = (datetime.now(UTC) + timedelta(days=365)).date()
        case _ if not faces:
            return None
        case _:
            pass
    try:
        image = encode_portrait(faces)
    except PhotographsMissing:
        return None
    return {
        "image": b64encode(image).decode(),
        "taken": taken.isoformat(),
        "source": record.source,
    }
