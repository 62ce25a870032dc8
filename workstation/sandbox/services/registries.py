"""The sandbox's registries: answers follow from its fictional customers and a few switches."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.sandbox.loopback import (
    MALFORMED,
    NOT_FOUND,
    HttpAnswer,
    HttpQuestion,
    LoopbackService,
)
from workstation.sandbox.people import PEOPLE

__all__ = ["RegistryFault", "RegistryRecord", "SandboxRegistries"]

_JSON = "application/json"
_OVERSIZE = 128 * 1024
_FOREIGN_ID = "0" * 32


class RegistryFault(StrEnum):
    """How a registry fails to answer about one person."""

    NONE = "none"
    SILENT = "silent"
    WRONG_REQUEST_ID = "wrong_request_id"
    UNKNOWN_WORD = "unknown_word"
    EXTRA_FIELD = "extra_field"
    NOT_JSON = "not_json"
    NOT_TYPED = "not_typed"
    SERVER_ERROR = "server_error"
    REDIRECT = "redirect"
    OVERSIZE = "oversize"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """What the registries hold about one person.

    phones   numbers registered to them
    sharers  other customers of the bank with one of these numbers on file; None: not said
    alert    clear, hit or victim
    refusal  none or active
    spouse   given or not_given: the spouse's consent to a loan
    words    what is answered to further questions: path, member and word
    """

    phones: frozenset[str] = frozenset()
    alert: str = "clear"
    refusal: str = "none"
    spouse: str = "given"
    sharers: int | None = None
    words: tuple[tuple[str, str, str], ...] = ()
    fault: RegistryFault = RegistryFault.NONE


def _fictional_records() -> dict[str, RegistryRecord]:
    return {
        # The base of mobile citizens does not know the numbers of those who are none.
        p.iin: RegistryRecord(
            phones=frozenset({p.phone, p.new_phone} if p.resident else ()), sharers=0
        )
        for p in PEOPLE
    }


class SandboxRegistries(LoopbackService):
    """One loopback server for all registries; `put` may be called from any thread."""

    def __init__(self) -> None:
        super().__init__("sandbox-registries")
        self._lock = threading.Lock()
        self._records = _fictional_records()
        self._relations: dict[tuple[str, str, str, str], str] = {}

    def record(self, iin: str) -> RegistryRecord:
        """Return the record of the person; an empty one when there is none."""
        with self._lock:
            return self._records.get(iin, RegistryRecord())

    def put(self, iin: str, record: RegistryRecord) -> None:
        """Replace the record of the person."""
        with self._lock:
            self._records[iin] = record

    def relate(
        self, check: str, iin: str, other_iin: str, word: str = "confirmed", *, number: str = ""
    ) -> None:
        """Let the register of this check say the word about these two people."""
        with self._lock:
            self._relations[check, iin, other_iin, number] = word

    def _find_relation(self, request: Mapping[str, str], check: str) -> str:
        number = request.get("number", "")
        stranger = "unknown" if number else "not_related"
        key = (check, request["iin"], request.get("other_iin", ""), number)
        with self._lock:
            return self._relations.get(key, stranger)

    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        try:
            request = strict_decoded(question.body, dict[str, str])
        except JsonRefused:
            return MALFORMED
        if "iin" not in request:
            return MALFORMED
        record = self.record(request["iin"])
        said = self._find_words(question.path, request, record)
        if question.method != "POST" or said is None:
            return NOT_FOUND
        return self._send(said, request.get("request_id", ""), record.fault)

    def _find_words(
        self, path: str, request: Mapping[str, str], record: RegistryRecord
    ) -> dict[str, str | int] | None:
        """Return what is said to a question, None when nothing answers under this path."""
        match path:
            case "/phone-owner":
                said: dict[str, str | int] = {"owner": self._find_owner(request)}
                return said if record.sharers is None else said | {"other_clients": record.sharers}
            case "/antifraud":
                return {"alert": record.alert}
            case "/loan-refusal":
                return {"refusal": record.refusal}
            case "/spouse-consent":
                return {"consent": record.spouse}
            case "/powers" | "/guardianship" | "/marriage":
                return {"relation": self._find_relation(request, path.removeprefix("/"))}
            case _:
                own = {member: word for at, member, word in record.words if at == path}
                return {**own} or None

    def _find_owner(self, request: Mapping[str, str]) -> str:
        with self._lock:
            owners = [
                iin
                for iin, record in self._records.items()
                if request.get("phone") in record.phones
            ]
        if not owners:
            return "not_registered"
        return "this_person" if owners == [request.get("iin")] else "other_person"

    def _send(
        self, said: Mapping[str, str | int], request_id: str, fault: RegistryFault
    ) -> HttpAnswer | None:
        reply = _reply(said, request_id, fault)
        match fault:
            case RegistryFault.SILENT:
                self._closing.wait()
                return None
            case RegistryFault.DOWN:
                return None
            case RegistryFault.SERVER_ERROR:
                return HttpAnswer(503, _JSON, reply)
            case RegistryFault.REDIRECT:
                return HttpAnswer(303, _JSON, reply, self.url + "/elsewhere")
            case RegistryFault.NOT_JSON:
                return HttpAnswer(200, _JSON, b"<html>SANDBOX</html>")
            case RegistryFault.NOT_TYPED:
                return HttpAnswer(200, "text/html", reply)
            case RegistryFault.OVERSIZE:
                return HttpAnswer(200, _JSON, reply + b" " * _OVERSIZE)
            case _:
                return HttpAnswer(200, _JSON, reply)


def _reply(said: Mapping[str, str | int], request_id: str, fault: RegistryFault) -> bytes:
    reply = {"request_id": request_id, **said}
    if fault is RegistryFault.WRONG_REQUEST_ID:
        reply["request_id"] = _FOREIGN_ID
    elif fault is RegistryFault.UNKNOWN_WORD:
        reply |= dict.fromkeys(said, "perhaps")
    elif fault is RegistryFault.EXTRA_FIELD:
        reply["note"] = "SANDBOX"
    return msgspec.json.encode(reply)
