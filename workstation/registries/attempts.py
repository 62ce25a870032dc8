"""The branch's count of failed attempts: what one station learned holds at the next one too."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded
from workstation.registries.endpoint import RegistryEndpoint, RegistryExchange, ask

__all__ = ["COUNT_PATH", "AttemptEvent", "AttemptRegistry", "AttemptTally", "read_tally"]

COUNT_PATH: Final = "/attempts/count"

_MOST: Final = 100_000


class AttemptEvent(StrEnum):
    """What happened to a customer. SPENT: the session that a lift was for has been held."""

    REFUSED = "refused"
    LIFTED = "lifted"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class AttemptTally:
    """What the branch has counted."""

    refusals: int
    lifted: bool


class _CountReply(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    request_id: str
    refusals: Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
    lifted: bool


class _ReportReply(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    request_id: str
    recorded: Literal["yes"]


_Reply = TypeVar("_Reply", _CountReply, _ReportReply)


class AttemptRegistry:
    """Asks and tells the branch's register of attempts; never raises, may be used by any thread."""

    def __init__(self, endpoint: RegistryEndpoint) -> None:
        self._endpoint = endpoint

    def count(self, iin: str, since_ms: int) -> AttemptTally | None:
        """Return the failures of this ИИН in the branch since then; None without an answer."""
        question = {"iin": iin, "since_ms": str(since_ms)}
        return read_tally(ask(self._endpoint, COUNT_PATH, question))

    @property
    def endpoint(self) -> RegistryEndpoint:
        """Return where it answers."""
        return self._endpoint

    def report(self, iin: str, event: AttemptEvent, at_ms: int, event_id: str) -> bool:
        """Tell of an event; whether it was taken. The same `event_id` again counts once."""
        told = {"iin": iin, "event": event.value, "at_ms": str(at_ms), "event_id": event_id}
        return _read(ask(self._endpoint, "/attempts/report", told), _ReportReply) is not None


def read_tally(exchange: RegistryExchange) -> AttemptTally | None:
    """Return what was counted; None for whatever is no answer to this question."""
    reply = _read(exchange, _CountReply)
    return None if reply is None else AttemptTally(reply.refusals, reply.lifted)


def _read(exchange: RegistryExchange, shape: type[_Reply]) -> _Reply | None:
    if exchange.untrusted_body is None:
        return None
    try:
        reply = strict_decoded(exchange.untrusted_body, shape)
    except JsonRefused:
        return None
    return reply if reply.request_id == exchange.request_id else None
