"""The sandbox's comparing authority: it knows the fictional customers and looks at no face.

Its results follow from the ИИН and a switch, signed as JWS; the protocol is the real one of
`authority_wire`, the judgement is not.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.authority_wire import (
    COMPARE_PATH,
    OPEN_PATH,
    RESULT_PATH,
    RESULT_TYPE,
    SESSION_TYPE,
)
from workstation.sandbox.loopback import (
    MALFORMED,
    NOT_FOUND,
    HttpAnswer,
    HttpQuestion,
    LoopbackService,
)
from workstation.sandbox.people import person_with_iin
from workstation.sandbox.services.answer_signer import AnswerSigner

__all__ = ["ComparisonFault", "SandboxFaceAuthority"]

_JSON: Final = "application/json"
_JOSE: Final = "application/jose"
_LATE_S: Final = 5.0
"""Longer than the demo's station waits."""

_FOREIGN_IIN: Final = "000000000000"
_HOUR_MS: Final = 3_600_000
_SCORE: Final = 9731
_BELOW: Final = 9499
"""Hundredths: a match by the authority's own bar, and just under the policy's 95."""


class ComparisonFault(StrEnum):
    """How the authority fails.

    NO_MATCH  knows the face as another's
    BELOW     knows it, with a score just under the policy's bar
    REPLAYED  answers with the last result it gave, whoever that was about; before there is one,
              with a genuine result of an hour ago about nobody's question
    PENDING   a session whose result never comes
    """

    NONE = "none"
    NO_MATCH = "no_match"
    BELOW = "below"
    SILENT = "silent"
    LATE = "late"
    DOWN = "down"
    SERVER_ERROR = "server_error"
    PENDING = "pending"
    OTHER_IIN = "other_iin"
    OTHER_NONCE = "other_nonce"
    OTHER_EVIDENCE = "other_evidence"
    OTHER_TIME = "other_time"
    REPLAYED = "replayed"
    MALFORMED = "malformed"
    DUPLICATE_MEMBER = "duplicate_member"
    UNSIGNED = "unsigned"
    FOREIGN_KEY = "foreign_key"


class _Bound(msgspec.Struct, forbid_unknown_fields=True):
    request_id: str
    iin: str
    nonce: str
    evidence_sha256: str
    image: str = ""


class _Poll(msgspec.Struct, forbid_unknown_fields=True):
    request_id: str
    session: str


@dataclass(slots=True)
class _Session:
    bound: _Bound
    polls: int = 0


class SandboxFaceAuthority(LoopbackService):
    """A loopback server for both shapes; `fault` and `by_code` may be set from any thread.

    by_code   sessions are entered by a code, not by an address
    clock_ms  Unix milliseconds, of the station whose questions it answers
    """

    def __init__(self, signer: AnswerSigner, clock_ms: Callable[[], int]) -> None:
        super().__init__("sandbox-face-authority")
        self.fault = ComparisonFault.NONE
        self.by_code = False
        self._signer = signer
        self._clock_ms = clock_ms
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}
        self._last = b""

    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        match self.fault:
            case ComparisonFault.SILENT:
                self._closing.wait()
                return None
            case ComparisonFault.LATE:
                self._closing.wait(_LATE_S)
            case ComparisonFault.DOWN:
                return None
            case ComparisonFault.SERVER_ERROR:
                return HttpAnswer(503, _JSON, b"{}")
            case _:
                pass
        answers = {COMPARE_PATH: self._compare, OPEN_PATH: self._open, RESULT_PATH: self._poll}
        answer = answers.get(question.path)
        if answer is None or question.method != "POST":
            return NOT_FOUND
        try:
            return answer(question.body)
        except JsonRefused:
            return MALFORMED

    def _compare(self, untrusted: bytes) -> HttpAnswer:
        return self._send_result(strict_decoded(untrusted, _Bound))

    def _open(self, untrusted: bytes) -> HttpAnswer:
        bound = strict_decoded(untrusted, _Bound)
        session = secrets.token_urlsafe(16)
        with self._lock:
            self._sessions[session] = _Session(bound)
        entrance = (
            {"code": secrets.token_hex(4).upper()}
            if self.by_code
            else {"address": f"{self.url}/visit/{session}"}
        )
        opened = {"request_id": bound.request_id, "session": session, **entrance}
        signed = self._signer.sign(msgspec.json.encode(opened), SESSION_TYPE)
        return HttpAnswer(200, _JOSE, signed)

    def _poll(self, untrusted: bytes) -> HttpAnswer:
        """Answer the second question with the result: the first shows that it is waited for."""
        poll = strict_decoded(untrusted, _Poll)
        with self._lock:
            session = self._sessions.get(poll.session)
            if session is None:
                return HttpAnswer(404, _JSON, b'{"error":"SANDBOX: no such session"}')
            session.polls += 1
            first = session.polls == 1
        if first or self.fault is ComparisonFault.PENDING:
            pending = {"request_id": poll.request_id, "state": "pending"}
            return HttpAnswer(200, _JSON, msgspec.json.encode(pending))
        return self._send_result(session.bound)

    def _send_result(self, bound: _Bound) -> HttpAnswer:
        payload = self._write(bound)
        if self.fault is ComparisonFault.UNSIGNED:
            return HttpAnswer(200, _JSON, payload)
        foreign = self.fault is ComparisonFault.FOREIGN_KEY
        return HttpAnswer(200, _JOSE, self._signer.sign(payload, RESULT_TYPE, foreign=foreign))

    def _write(self, bound: _Bound) -> bytes:
        with self._lock:
            if self.fault is ComparisonFault.REPLAYED and self._last:
                return self._last
            written = _write_result(bound, self.fault, self._clock_ms())
            self._last = written
            return written


def _write_result(bound: _Bound, fault: ComparisonFault, now_ms: int) -> bytes:
    known = person_with_iin(bound.iin) is not None and fault is not ComparisonFault.NO_MATCH
    result: dict[str, str | int] = {
        "iin": bound.iin,
        "nonce": bound.nonce,
        "evidence_sha256": bound.evidence_sha256,
        "verdict": "match" if known else "no_match",
        "score": _SCORE if known else 1200,
        "reference": f"SANDBOX-{secrets.token_hex(6).upper()}",
        "answered_ms": now_ms,
    }
    changes: dict[ComparisonFault, dict[str, str | int]] = {
        ComparisonFault.BELOW: {"score": _BELOW},
        ComparisonFault.OTHER_IIN: {"iin": _FOREIGN_IIN},
        ComparisonFault.OTHER_NONCE: {"nonce": secrets.token_hex(16)},
        ComparisonFault.OTHER_EVIDENCE: {"evidence_sha256": secrets.token_hex(32)},
        ComparisonFault.OTHER_TIME: {"answered_ms": now_ms - _HOUR_MS},
        ComparisonFault.REPLAYED: {
            "nonce": secrets.token_hex(16),
            "answered_ms": now_ms - _HOUR_MS,
        },
        ComparisonFault.MALFORMED: {"score": "97 %"},
    }
    written = msgspec.json.encode(result | changes.get(fault, {}))
    if fault is ComparisonFault.DUPLICATE_MEMBER:
        return b'{"verdict":"no_match",' + written.removeprefix(b"{")
    return written
