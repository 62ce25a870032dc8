"""The sandbox's register of failed attempts, as a branch would run one for its stations."""

import threading
from enum import StrEnum

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.attempts import AttemptEvent
from workstation.sandbox.loopback import (
    MALFORMED,
    NOT_FOUND,
    HttpAnswer,
    HttpQuestion,
    LoopbackService,
)

__all__ = ["AttemptFault", "SandboxAttempts"]

_JSON = "application/json"
_FOREIGN_ID = "0" * 32


class AttemptFault(StrEnum):
    """How the register fails to answer."""

    NONE = "none"
    SILENT = "silent"
    DOWN = "down"
    WRONG_REQUEST_ID = "wrong_request_id"
    NEGATIVE = "negative"
    EXTRA_MEMBER = "extra_member"
    NOT_JSON = "not_json"


class _CountRequest(msgspec.Struct, forbid_unknown_fields=True):
    request_id: str
    iin: str
    since_ms: str


class _ReportRequest(msgspec.Struct, forbid_unknown_fields=True):
    request_id: str
    iin: str
    event: AttemptEvent
    at_ms: str
    event_id: str


class SandboxAttempts(LoopbackService):
    """A loopback server; events live in memory, each once, `fault` may be set at any time."""

    def __init__(self) -> None:
        super().__init__("sandbox-attempts")
        self.fault = AttemptFault.NONE
        self._lock = threading.Lock()
        self._events: dict[str, tuple[str, AttemptEvent, int]] = {}

    def _answer(self, question: HttpQuestion) -> HttpAnswer | None:
        try:
            match question.method, question.path:
                case "POST", "/attempts/count":
                    return self._send(self._count(strict_decoded(question.body, _CountRequest)))
                case "POST", "/attempts/report":
                    return self._send(self._take(strict_decoded(question.body, _ReportRequest)))
                case _:
                    return NOT_FOUND
        except (JsonRefused, ValueError):
            return MALFORMED

    def _count(self, request: _CountRequest) -> dict[str, object]:
        since_ms = int(request.since_ms)
        with self._lock:
            events = [each for each in self._events.values() if each[0] == request.iin]
        refused = [at for _, event, at in events if event is AttemptEvent.REFUSED]
        refused = [at for at in refused if at >= since_ms]
        ended = max(
            [*refused, *(at for _, event, at in events if event is AttemptEvent.SPENT)], default=0
        )
        lifts = [at for _, event, at in events if event is AttemptEvent.LIFTED]
        lifted = max(lifts, default=-1) >= ended
        return {"request_id": request.request_id, "refusals": len(refused), "lifted": lifted}

    def _take(self, request: _ReportRequest) -> dict[str, object]:
        with self._lock:
            self._events[request.event_id] = (request.iin, request.event, int(request.at_ms))
        return {"request_id": request.request_id, "recorded": "yes"}

    def _send(self, reply: dict[str, object]) -> HttpAnswer | None:
        match self.fault:
            case AttemptFault.SILENT:
                self._closing.wait()
                return None
            case AttemptFault.DOWN:
                return None
            case AttemptFault.NOT_JSON:
                return HttpAnswer(200, _JSON, b"<html>SANDBOX</html>")
            case AttemptFault.WRONG_REQUEST_ID:
                reply["request_id"] = _FOREIGN_ID
            case AttemptFault.NEGATIVE:
                reply["refusals"] = -1
            case AttemptFault.EXTRA_MEMBER:
                reply["note"] = "SANDBOX"
            case AttemptFault.NONE:
                pass
        return HttpAnswer(200, _JSON, msgspec.json.encode(reply))
