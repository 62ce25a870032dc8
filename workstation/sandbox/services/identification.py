"""The sandbox's centres for palm and video: they know the fictional customers and see nobody.

Results follow from the ИИН, the numbers that were issued and a switch, signed as JWS; the protocol
is the real one of `identification_wire`, the judgement is not.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.identification_wire import (
    CODE_DIGITS,
    PATHS,
    RESULT_TYPES,
    IdentificationVerdict,
)
from workstation.rules.alternatives import LivenessWay
from workstation.sandbox.loopback import (
    MALFORMED,
    NOT_FOUND,
    HttpAnswer,
    HttpQuestion,
    LoopbackService,
)
from workstation.sandbox.people import person_with_iin
from workstation.sandbox.services.answer_signer import AnswerSigner

__all__ = ["IdentificationFault", "SandboxIdentification"]

_JSON: Final = "application/json"
_JOSE: Final = "application/jose"
_FOREIGN_IIN: Final = "000000000000"
_HOUR_MS: Final = 3_600_000
_Verdict = IdentificationVerdict


class IdentificationFault(StrEnum):
    """How a centre fails, beside the verdict it is told to give.

    REPLAYED  answers with the last result it gave, whatever is asked
    """

    NONE = "none"
    DOWN = "down"
    OTHER_IIN = "other_iin"
    OTHER_NONCE = "other_nonce"
    OTHER_PHOTO = "other_photo"
    OTHER_OPERATION = "other_operation"
    FUTURE = "future"
    BEFORE_THE_SESSION = "before_the_session"
    UNNUMBERED = "unnumbered"
    REPLAYED = "replayed"
    MALFORMED = "malformed"
    UNSIGNED = "unsigned"
    FOREIGN_KEY = "foreign_key"
    OTHER_TYPE = "other_type"


class _Question(msgspec.Struct, forbid_unknown_fields=True):
    request_id: str
    iin: str
    nonce: str
    operation: str
    photo_sha256: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Identified:
    """A video identification: of whom, for which operation, when."""

    iin: str
    operation: str
    at_ms: int


class SandboxIdentification(LoopbackService):
    """A loopback server for both ways; `fault` and `palm` may be set from any thread.

    palm      what the scanner finds of a customer it knows
    clock_ms  Unix milliseconds, of the station whose questions it answers
    """

    def __init__(self, signer: AnswerSigner, clock_ms: Callable[[], int]) -> None:
        super().__init__("sandbox-identification")
        self.fault = IdentificationFault.NONE
        self.palm = _Verdict.IDENTIFIED
        self._signer = signer
        self._clock_ms = clock_ms
        self._lock = threading.Lock()
        self._videos: dict[str, _Identified] = {}
        self._scans = 0
        self._last: dict[str, str | int] | None = None

    def identify_by_video(self, iin: str, operation_sha256: str) -> str:
        """Identify somebody by video for an operation; return the number."""
        with self._lock:
            number = f"VIDEO-{len(self._videos) + 1:06d}"
            code = operation_sha256[:CODE_DIGITS]
            self._videos[number] = _Identified(iin, code, self._clock_ms())
            return number

    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        if self.fault is IdentificationFault.DOWN:
            return None
        way = next((way for way, path in PATHS.items() if path == question.path), None)
        if way is None or question.method != "POST":
            return NOT_FOUND
        try:
            asked = strict_decoded(question.body, _Question)
        except JsonRefused:
            return MALFORMED
        with self._lock:
            found = self._scan(asked) if way is LivenessWay.PALM else self._look_up(asked)
            result = self._spoil(found)
        payload = msgspec.json.encode(result)
        if self.fault is IdentificationFault.UNSIGNED:
            return HttpAnswer(200, _JSON, payload)
        other = self.fault is IdentificationFault.OTHER_TYPE
        typ = "comparison-result+jwt" if other else RESULT_TYPES[way]
        foreign = self.fault is IdentificationFault.FOREIGN_KEY
        return HttpAnswer(200, _JOSE, self._signer.sign(payload, typ, foreign=foreign))

    def _scan(self, asked: _Question) -> dict[str, str | int]:
        self._scans += 1
        known = person_with_iin(asked.iin) is not None
        verdict = self.palm if known else _Verdict.NOT_ENROLLED
        number = f"PALM-{self._clock_ms()}-{self._scans:06d}"
        return _write(asked, verdict, number, asked.operation, self._clock_ms())

    def _look_up(self, asked: _Question) -> dict[str, str | int]:
        video, now_ms = self._videos.get(asked.number), self._clock_ms()
        if video is None:
            return _write(asked, _Verdict.NOT_FOUND, "", asked.operation, now_ms)
        same = video.iin == asked.iin
        verdict = _Verdict.IDENTIFIED if same else _Verdict.OTHER_PERSON
        return _write(asked, verdict, asked.number, video.operation, video.at_ms)

    def _spoil(self, found: dict[str, str | int]) -> dict[str, str | int]:
        if self.fault is IdentificationFault.REPLAYED and self._last is not None:
            return self._last
        now_ms = self._clock_ms()
        changes: dict[IdentificationFault, dict[str, str | int]] = {
            IdentificationFault.OTHER_IIN: {"iin": _FOREIGN_IIN},
            IdentificationFault.OTHER_NONCE: {"nonce": "0" * 32},
            IdentificationFault.OTHER_PHOTO: {"photo_sha256": "0" * 64},
            IdentificationFault.OTHER_OPERATION: {"operation": "0" * CODE_DIGITS},
            IdentificationFault.FUTURE: {"identified_ms": now_ms + _HOUR_MS},
            IdentificationFault.BEFORE_THE_SESSION: {"identified_ms": now_ms - _HOUR_MS},
            IdentificationFault.UNNUMBERED: {"reference": ""},
            IdentificationFault.MALFORMED: {"verdict": "surely"},
        }
        self._last = found | changes.get(self.fault, {})
        return self._last


def _write(
    asked: _Question, verdict: _Verdict, number: str, operation: str, at_ms: int
) -> dict[str, str | int]:
    return {
        "iin": asked.iin,
        "nonce": asked.nonce,
        "photo_sha256": asked.photo_sha256,
        "operation": operation,
        "verdict": verdict.value,
        "reference": number,
        "identified_ms": at_ms,
    }
