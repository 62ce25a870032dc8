"""Identification of the customer by a palm scanner's centre or, by video, by the bank's centre.

Nothing but a result that is bound to this customer, request, operation and photo, falls into this
session and is new to this station is PASSED.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from workstation.errors import WorkstationError
from workstation.registries.endpoint import RegistryEndpoint, RegistryExchange, ask
from workstation.registries.identification_wire import (
    CODE_DIGITS,
    IDENTIFICATION_FORM,
    PATHS,
    IdentificationResult,
    IdentificationVerdict,
    IdentificationWireRefused,
    read_identification,
    write_question,
)
from workstation.registries.registry import AnswerStatus
from workstation.rules.alternatives import LivenessWay

__all__ = ["Centre", "IdentificationAnswer", "IdentificationCentre", "IdentificationRequest"]

Claim = Callable[[str, str], bool]
"""Takes reference number and nonce; whether both are new, and keeps them. WorkstationError."""

_PASSED, _FAILED, _NONE = AnswerStatus.PASSED, AnswerStatus.FAILED, AnswerStatus.INDETERMINATE
_UNDECIDED: Final = frozenset(
    {IdentificationVerdict.BAD_CAPTURE, IdentificationVerdict.NOT_ENROLLED}
)


@dataclass(frozen=True, slots=True, repr=False)
class IdentificationRequest:
    """Whom it is about and what the answer has to be bound to.

    nonce      128 random bits in hex, of the request for this way
    photo_sha256  of the photo that was taken here, hex
    since_ms   Unix milliseconds: what was found before is about another session
    number     of the video identification, as typed; empty for a palm
    """

    iin: str
    nonce: str
    operation_sha256: str
    photo_sha256: str
    since_ms: int
    clock_tolerance_s: int
    number: str = ""


@dataclass(frozen=True, slots=True)
class IdentificationAnswer:
    """What came of it.

    reason     `<way>.<finding>`; `<way>.no_answer` for every failure to answer
    reference  as the centre states it, empty where it did not
    facts      for the record, no personal data
    body       the octets that came, for the sealed evidence: they hold the ИИН
    """

    way: LivenessWay
    status: AnswerStatus
    reason: str
    reference: str
    facts: tuple[tuple[str, str | int], ...]
    body: bytes


class Centre(Protocol):
    """Whoever identifies a customer in one way."""

    def identify(
        self, request: IdentificationRequest, *, cancelled: Callable[[], bool]
    ) -> IdentificationAnswer:
        """Return what it found; waits for it, never raises.

        cancelled  called from several threads, ten times a second and more
        """
        ...


class IdentificationCentre:
    """Asks a centre over HTTP, one bounded exchange a question."""

    def __init__(self, way: LivenessWay, endpoint: RegistryEndpoint, claim: Claim) -> None:
        self._way = way
        self._endpoint = endpoint
        self._claim = claim

    @property
    def endpoint(self) -> RegistryEndpoint:
        """Return where it answers."""
        return self._endpoint

    def identify(
        self, request: IdentificationRequest, *, cancelled: Callable[[], bool]
    ) -> IdentificationAnswer:
        """Put the question and judge what came back."""
        question = write_question(
            request.iin,
            request.nonce,
            request.operation_sha256,
            request.photo_sha256,
            request.number,
        )
        path = PATHS[self._way]
        exchange = ask(self._endpoint, path, question, IDENTIFICATION_FORM, cancelled)
        if exchange.untrusted_body is None:
            return self._answer(exchange, _NONE, "no_answer")
        try:
            result = read_identification(self._endpoint, exchange.untrusted_body, self._way)
        except IdentificationWireRefused:
            return self._answer(exchange, _NONE, "malformed")
        if fault := self._find_fault(request, result, exchange):
            return self._answer(exchange, _NONE, fault, result)
        return self._conclude(exchange, result)

    def _find_fault(
        self,
        request: IdentificationRequest,
        result: IdentificationResult,
        exchange: RegistryExchange,
    ) -> str:
        """Return why the result is not one about this request, empty when it is."""
        if result.iin != request.iin:
            return "other_iin"
        if result.nonce != request.nonce:
            return "other_nonce"
        if result.photo_sha256 != request.photo_sha256:
            return "other_photo"
        if result.verdict is not IdentificationVerdict.IDENTIFIED:
            return ""
        if result.operation != request.operation_sha256[:CODE_DIGITS]:
            return "other_operation"
        if not result.reference or (request.number and result.reference != request.number):
            return "unnumbered"
        tolerance_ms = request.clock_tolerance_s * 1000
        last_ms = exchange.answered_ms + tolerance_ms
        if not request.since_ms - tolerance_ms <= result.identified_ms <= last_ms:
            return "other_time"
        return self._find_use(result)

    def _find_use(self, result: IdentificationResult) -> str:
        """Claim a result that is good in all else; what could be used twice is not used."""
        try:
            new = self._claim(f"{self._way}:{result.reference}", result.nonce)
        except WorkstationError:
            return "unrecorded"
        return "" if new else "replayed"

    def _conclude(
        self, exchange: RegistryExchange, result: IdentificationResult
    ) -> IdentificationAnswer:
        verdict = result.verdict
        if verdict is IdentificationVerdict.IDENTIFIED:
            return self._answer(exchange, _PASSED, "identified", result)
        status = _NONE if verdict in _UNDECIDED else _FAILED
        return self._answer(exchange, status, verdict.value, result)

    def _answer(
        self,
        exchange: RegistryExchange,
        status: AnswerStatus,
        finding: str,
        result: IdentificationResult | None = None,
    ) -> IdentificationAnswer:
        facts: tuple[tuple[str, str | int], ...] = (
            ("source", self._endpoint.source),
            ("asked_ms", exchange.asked_ms),
            ("answered_ms", exchange.answered_ms),
            ("request_id", exchange.request_id),
            ("body_sha256", exchange.body_sha256),
            ("vouched_by", self._endpoint.voucher),
        )
        if result is not None:
            facts += (("identified_ms", result.identified_ms),)
        return IdentificationAnswer(
            way=self._way,
            status=status,
            reason=f"{self._way}.{finding}",
            reference="" if result is None else result.reference,
            facts=facts,
            body=exchange.untrusted_body or b"",
        )
