"""One case of a log as far as whoever audits it has read its entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto.canonical_json import JsonValue
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import Identity
from workstation.rules.parties import Role, person_key
from workstation.session.decision import Outcome
from workstation.session.pause.steps import LOOKED_AT

__all__ = ["AuditedCase", "AuditedSession", "find_signing", "read_text"]

WAITED_IN_VAIN = frozenset(
    {"case.lost", "case.put_back", "case.unreadable", "case.expired", "case.policy_gone"}
)
"""Reasons with which the log's own key ends a case that waited."""


@dataclass(frozen=True, slots=True)
class AuditedSession:
    """An operator's presence, as the session.open entry states it."""

    key: Identity
    actor: str
    role: str


@dataclass(slots=True)
class AuditedCase:
    """A case as far as its entries were read.

    run            number of the boot in which it began, or was taken up last
    tellers        whoever has had it (person_key)
    waits          SHA-256 of the file in which it waits, empty while it does not
    asks           it waits for a supervisor's look
    result         index of its verify.result, None while there is none
    executable_ms  wall clock before which a permit may not be used; 0: at once
    confirmed      the teller has confirmed; handed_over: another person has still to look
    held           its result says that whoever approved was not free
    reviews        the acts of second persons that count: act, person, and what the act is about;
                   and what centres for palm and video have confirmed
    """

    begin: int
    session: AuditedSession
    run: int
    tellers: set[str]
    waits: str = ""
    asks: bool = False
    result: int | None = None
    approved: bool = False
    executable_ms: int = 0
    permitted: bool = False
    confirmed: bool = False
    handed_over: bool = False
    held: bool = False
    refused: bool = False
    reviews: set[tuple[str, ...]] = field(default_factory=set)

    def hand_to(self, session: AuditedSession, run: int) -> None:
        """Let the teller of a session have a case that waits; which step it is says the step."""
        if self.waits and session.role == Role.TELLER:
            self.session, self.run = session, run
            self.tellers.add(person_key(session.actor))

    def give_to(self, session: AuditedSession, run: int) -> None:
        """Let a supervisor act on a case that waits for one, who has not had it as its teller."""
        own = person_key(session.actor) in self.tellers
        if self.waits and self.asks and session.role == Role.SUPERVISOR and not own:
            self.session, self.run = session, run

    def take_step(self, data: Mapping[str, JsonValue]) -> bool:
        """Note a step; False for one that a case that waits cannot have."""
        step, file = read_text(data, "step"), read_text(data, "file")
        if self.waits and not self._may_follow(step, file):
            return False
        if step not in LOOKED_AT:
            self.waits = file if step == "parked" else ""
            self.asks = step == "parked" and read_text(data, "waits_for") == "review"
        self.confirmed = self.confirmed or step == "confirmed"
        self.refused = self.refused or step == "suspicion"
        self.handed_over = self.handed_over or step == "handed_over"
        return True

    def _may_follow(self, step: str, file: str) -> bool:
        """Whether a step may follow while it waits, by whose session the entry has shown."""
        if self.session.role == Role.SUPERVISOR:
            return self.asks and step in {*LOOKED_AT, "parked", "review.refused"}
        return (step, file) in {("came_back", self.waits), ("aborted", "")}

    def take_release(self, kind: str, data: Mapping[str, JsonValue]) -> bool:
        """Note a permit or a hold; False for one that the result does not lead to."""
        self.permitted = True
        moment = data.get("nbf")
        early = (moment if isinstance(moment, int) else 0) * 1000 < self.executable_ms
        earned = self.held if kind == "verify.hold" else self.approved and not early
        return earned and data.get("result") == self.result

    def may_log_end(self, data: Mapping[str, JsonValue], *, dead: bool) -> bool:
        """Whether the log's own key may end it so; `dead`: its process and session are gone."""
        said = data.get("outcome"), data.get("checks")
        if said != (Outcome.INDETERMINATE.value, []):
            return False
        reason = read_text(data, "reason")
        return reason in WAITED_IN_VAIN if self.waits else dead and reason == "interrupted"


def find_signing(
    sessions: Mapping[Identity, AuditedSession], entry: LogEntry
) -> AuditedSession | None:
    """Return the session that alone signed an entry in its own person's name."""
    signers = [(line.name, line.key_id) for line in entry.lines]
    session = sessions.get(signers[0]) if len(signers) == 1 else None
    return session if session is not None and session.actor == entry.actor else None


def read_text(data: Mapping[str, JsonValue], name: str) -> str:
    """Return a member of an entry, empty for what is no text."""
    value = data.get(name)
    return value if isinstance(value, str) else ""
