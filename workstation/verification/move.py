"""Moves: what a side of a verification wants written and done; `Verification.take` does both.

The sides (face, signature, review) look at a session and return a move. They write nothing and
advance nothing, so each can be tested without a station.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto.canonical_json import JsonValue
from workstation.records.journal import SignedIn
from workstation.session.events import Event

__all__ = ["Advance", "Fault", "Move", "Record", "Supervised", "Warn"]


@dataclass(frozen=True, slots=True)
class Advance:
    """Move the session by one event.

    step, facts  what the log says of it
    message      code for the teller, empty when there is nothing to say
    """

    event: Event
    step: str
    facts: Mapping[str, JsonValue]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Warn:
    """Write something that went wrong and can be tried again; the session stays where it is.

    code     stable reason of the log entry
    details  what else the log says of it
    worded   code for the teller where another words it better
    """

    step: str
    code: str
    details: Mapping[str, JsonValue] = field(default_factory=dict)
    worded: str = ""

    @property
    def facts(self) -> Mapping[str, JsonValue]:
        """Return what the log says of it."""
        return {"reason": self.code, **self.details}

    @property
    def message(self) -> str:
        """Return the code for the teller."""
        return self.worded or self.code


@dataclass(frozen=True, slots=True)
class Record:
    """Write that something happened; nothing changes."""

    step: str
    facts: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Supervised:
    """Write a supervisor's act under the supervisor's own key, then advance or say why not."""

    supervisor: SignedIn
    act: Mapping[str, JsonValue]
    then: Advance | Warn


@dataclass(frozen=True, slots=True)
class Fault:
    """End the session because something of ours failed."""

    code: str


Move = Advance | Warn | Record | Supervised | Fault
