"""The session's way into the signed log: what is written, by whom it is signed, in what order.

Kinds of entries written here, besides those of the log itself (docs/formats/log.md):

session.open / session.close   an operator's presence and the key that signs their entries
verify.begin                   a session starts; its log index is the number people use
verify.step                    one fact of a session: a pre-check answer, an attempt, a statement
verify.result                  exactly one per session: the decision with every check
verify.permit / verify.hold    a permit, before it leaves the process; or who approved was not free
case.parked                    at each start: a case that waits still, so that no start loses it
log.export                     an operator takes entries out of the station; digest of the file
lookup.person                  an operator looked a person up for the form, outside a session
review                         a supervisor's act, signed by the supervisor's own key
cool_down.lift                 a supervisor lets a customer who has to wait try once more
security.acknowledged          a supervisor has seen alarms (`records.alarms` writes the alarms)
shift.close            a supervisor ends a shift: what was done, what is open
sign_in.failed / sign_in.locked  a wrong secret, an unknown number, an account that is not enrolled
change.* / policy.imported / keys.changed / staff.iin  what an administrator does (docs/formats/log)
sign_in.unlocked / counts_lost  an administrator ends a lock; counts of failures are not as written
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.canonical_json import JsonValue
from crypto.log.file.store import Appended, LogStore
from crypto.log.file.view import TreeView
from crypto.log.format.entry import LogEntry
from crypto.log.format.merkle import TILE_WIDTH
from crypto.log.format.note import NoteSigner
from workstation.rules.parties import Operator, PartyRole
from workstation.session.decision import Decision
from workstation.session.pause.steps import LOOKED_AT

__all__ = [
    "SHIFT_CLOSE",
    "Journal",
    "OpenCase",
    "RecordedDecision",
    "SignedIn",
    "WaitingCase",
    "open_cases",
]

_BEGIN, _STEP, _RESULT = "verify.begin", "verify.step", "verify.result"
_KEPT, _PARKED, _HOUR_MS = "case.parked", "parked", 3_600_000
SHIFT_CLOSE: Final = "shift.close"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An operator with the session key that lives in this process only.

    duress  who signed in so is not free; nothing that this process shows or writes at once says so
    """

    operator: Operator
    signer: NoteSigner
    opened: int
    duress: bool = field(default=False, repr=False)


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision whose log entry is committed and fsynced; screens accept no other.

    decision  as it is shown: the one in the entry, unless that one is held
    held      the entry says that whoever acted was not free; no permit is made
    """

    decision: Decision
    recorded: Appended
    held: bool = False

    @property
    def not_before_ms(self) -> int:
        """Wall clock before which the approved operation is not to be carried out; 0: at once."""
        waits = self.decision.wait_hours * _HOUR_MS
        return self.recorded.entry.t_ms + waits if waits else 0


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A case whose newest step is `parked`.

    begin      log index of its first entry
    step       log index of that step
    sha256     of the sealed file that the step names
    parked_ms  wall clock of that step
    """

    case: str
    begin: int
    step: int
    sha256: str
    parked_ms: int


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A session that began and has no result: the process died in between, unless it waits."""

    case: str
    index: int
    waiting: WaitingCase | None = None


class Journal:
    """Writes one station's entries; owned by the session thread.

    charter  digest of the charter in force, which every sign-in names
    waiting  the cases that are parked, by id, as the log has them
    """

    def __init__(self, log: LogStore, *, origin: str, charter: str = "") -> None:
        self._log = log
        self._charter = charter
        self._bank = origin.split("/", 1)[0]
        self._signed: dict[str, int] = {}
        self.waiting: dict[str, WaitingCase] = {}

    @property
    def log(self) -> LogStore:
        """Return the log itself, for reading."""
        return self._log

    def sign_in(
        self, operator: Operator, credential: NoteSigner, *, authentication: str, attempts: int = 0
    ) -> SignedIn:
        """Write session.open with a fresh session key and return the signed-in operator.

        The log key and the person's credential sign it, so neither opens a session alone.

        attempts  how many sign-ins were ever tried at this station

        Raises KeyRefused when the log does not know the credential as that person's.
        """
        signer = NoteSigner(
            f"{self._bank}/ses/{secrets.token_hex(5)}", Ed25519PrivateKey.generate()
        )
        data: dict[str, JsonValue] = {
            "ses": signer.vkey,
            "actor": operator.id,
            "role": operator.role.value,
            "auth": authentication,
            "attempts": attempts,
        }
        if self._charter:
            data["charter"] = self._charter
        written = self._log.append("session.open", data, actor=operator.id, cosigners=[credential])
        self._signed[signer.name] = 0
        return SignedIn(operator, signer, written.entry.seq)

    def sign_out(self, who: SignedIn, *, reason: str) -> None:
        """Write session.close, the last entry that the session key signs."""
        count = self._signed.get(who.signer.name, 0)
        data: dict[str, JsonValue] = {"ses": who.signer.vkey, "n": count, "reason": reason}
        self._write(who, "session.close", data)
        self._signed.pop(who.signer.name, None)

    def record_failed_sign_in(
        self, account: str, *, source: str, count: int, total: int, why: str
    ) -> None:
        """Write that a sign-in failed.

        account       as its row writes it; empty when there is none, whatever was typed
        source        who was signed in where it was typed
        count         failures in a row of this number from there
        total         attempts ever made at this station
        """
        data: dict[str, JsonValue] = {
            "account": account,
            "source": source,
            "count": count,
            "total": total,
            "why": why,
        }
        self._log.append("sign_in.failed", data, actor="log")

    def record_lock(self, account: str, source: str, wait_s: int) -> None:
        """Write for how long failures have locked a number where it was typed."""
        data: dict[str, JsonValue] = {"account": account, "source": source, "wait_s": wait_s}
        self._log.append("sign_in.locked", data, actor="log")

    def record_administration(
        self, who: SignedIn, kind: str, facts: Mapping[str, JsonValue]
    ) -> Appended:
        """Write what an administrator has done, or is about to do, under the own session key."""
        return self._write(who, kind, facts)

    def follow_charter(self, charter: str) -> None:
        """Name another charter in every sign-in from now on: the one that came into force."""
        self._charter = charter

    def record_lost_counts(self, total: int) -> None:
        """Write that the station's counts of failures were not those it had written."""
        self._log.append("sign_in.counts_lost", {"total": total}, actor="log")

    def record_begin(self, who: SignedIn, case: str, facts: Mapping[str, JsonValue]) -> int:
        """Write verify.begin and return its index."""
        return self._write(who, _BEGIN, {"case": case, **facts}).entry.seq

    def record_step(
        self, who: SignedIn, case: str, name: str, facts: Mapping[str, JsonValue]
    ) -> Appended:
        """Write one verify.step of a session; one that parks it states `begin` and `file`."""
        written = self._write(who, _STEP, {"case": case, "step": name, **facts})
        if name not in LOOKED_AT:
            self.waiting.pop(case, None)
        if name == _PARKED and (waiting := _read_parked(written.entry, case)) is not None:
            self.waiting[case] = waiting
        return written

    def record_review(self, who: SignedIn, case: str, facts: Mapping[str, JsonValue]) -> Appended:
        """Write a supervisor's act under the supervisor's own key."""
        return self._write(who, "review", {"case": case, **facts})

    def record_lift(self, who: SignedIn, cases: Sequence[str], reason: str) -> Appended:
        """Write that a supervisor lets a customer try once more; `cases` are his failures."""
        return self._write(who, "cool_down.lift", {"cases": list(cases), "reason": reason})

    def record_acknowledgement(
        self, who: SignedIn, alarms: Sequence[Mapping[str, JsonValue]]
    ) -> Appended:
        """Write that a supervisor has seen alarms: their first entries, and how often each was."""
        return self._write(who, "security.acknowledged", {"alarms": list(alarms)})

    def record_shift(self, who: SignedIn, facts: Mapping[str, JsonValue]) -> Appended:
        """Write that a supervisor ends a shift, under the supervisor's own key."""
        return self._write(who, SHIFT_CLOSE, facts)

    def record_export(self, who: SignedIn, facts: Mapping[str, JsonValue]) -> Appended:
        """Write that an operator takes entries out of the station, before the file has its name."""
        return self._write(who, "log.export", facts)

    def record_lookup(self, who: SignedIn, facts: Mapping[str, JsonValue]) -> Appended:
        """Write that an operator looked a person up; the facts name nobody."""
        return self._write(who, "lookup.person", facts)

    def record_result(
        self, who: SignedIn, case: str, decision: Decision, facts: Mapping[str, JsonValue]
    ) -> RecordedDecision:
        """Write the session's one verify.result; durable when this returns."""
        again = decision.second_confirmation
        data: dict[str, JsonValue] = {
            "case": case,
            "outcome": decision.outcome.value,
            "reason": decision.reason,
            "wait_hours": decision.wait_hours,
            "checks": [
                {
                    **_name_person(check.role),
                    "check": check.check,
                    "status": check.status.value,
                    "reason": check.reason,
                    "hard": check.hardness.value,
                    "rule": check.rule,
                    "facts": dict(check.facts),
                }
                for check in decision.checks
            ],
            **({"second_confirmation": again} if again else {}),
            **facts,
        }
        return RecordedDecision(decision, self._write(who, _RESULT, data))

    def record_permit(self, who: SignedIn, case: str, facts: Mapping[str, JsonValue]) -> Appended:
        """Write that a permit is about to be released."""
        return self._write(who, "verify.permit", {"case": case, **facts})

    def record_hold(self, who: SignedIn, case: str, facts: Mapping[str, JsonValue]) -> Appended:
        """Write that an operation is held, in the place of a permit that is not made."""
        return self._write(who, "verify.hold", {"case": case, **facts})

    def close_interrupted(
        self, judge: Callable[[WaitingCase], str] = lambda _waiting: ""
    ) -> tuple[OpenCase, ...]:
        """Give every session that a dead process left open its INDETERMINATE result.

        Signed by the log key: the teller's session key died with the process. A case that waits
        stays open, and this run states it anew: the next start reads back no further.

        judge  returns the code of why a case waits no longer, empty while it does
        """
        closed = []
        for case in tuple(open_cases(self._log)):
            reason = "interrupted" if case.waiting is None else judge(case.waiting)
            if reason or case.waiting is None:
                self._close(case.case, case.index, reason)
                closed.append(case)
            else:
                self._keep(case.waiting)
        return tuple(closed)

    def close_waiting(self, waiting: WaitingCase, reason: str) -> None:
        """Give a case that waits its INDETERMINATE result, signed by the log key."""
        self._close(waiting.case, waiting.begin, reason)
        self.waiting.pop(waiting.case, None)

    def _keep(self, waiting: WaitingCase) -> None:
        data: dict[str, JsonValue] = {
            "case": waiting.case,
            "begin": waiting.begin,
            "step": waiting.step,
            "file": waiting.sha256,
            "parked_ms": waiting.parked_ms,
        }
        self._log.append(_KEPT, data, actor="log")
        self.waiting[waiting.case] = waiting

    def _close(self, case: str, begin: int, reason: str) -> None:
        data: dict[str, JsonValue] = {
            "case": case,
            "outcome": "indeterminate",
            "reason": reason,
            "checks": [],
            "begin": begin,
        }
        self._log.append(_RESULT, data, actor="log")

    def _write(self, who: SignedIn, kind: str, data: Mapping[str, JsonValue]) -> Appended:
        written = self._log.append(kind, data, actor=who.operator.id, signers=(who.signer,))
        self._signed[who.signer.name] = self._signed.get(who.signer.name, 0) + 1
        return written


def _name_person(role: PartyRole) -> dict[str, JsonValue]:
    return {} if role is PartyRole.CUSTOMER else {"person": role.value}


def open_cases(log: LogStore | TreeView) -> Iterator[OpenCase]:
    """Yield the sessions that began and have no result, newest first.

    Reads back to the start of the last run that an operator signed in to: that run had closed
    what was open before it, and stated anew what was parked. A run without a sign-in proves
    nothing, since it may have died while it was starting.
    """
    used = False
    ended: set[str] = set()
    newest: dict[str, WaitingCase | None] = {}
    begins: dict[str, int] = {}
    for entry in _read_back(log):
        case = str(entry.data.get("case", ""))
        if entry.kind == _RESULT:
            ended.add(case)
        elif entry.data.get("step") in LOOKED_AT or case in ended:
            pass
        elif entry.kind in {_BEGIN, _STEP, _KEPT}:
            newest.setdefault(case, _read_waiting(entry, case))
            if (begin := _read_begin(entry)) is not None:
                begins[case] = begin
        used = used or entry.kind == "session.open"
        if used and entry.kind == "boot":
            break
    for case, waiting in newest.items():
        if case in begins:
            yield OpenCase(case, begins[case], waiting)


def _read_begin(entry: LogEntry) -> int | None:
    """Return the index of the case's first entry as this entry is or names it."""
    if entry.kind == _BEGIN:
        return entry.seq
    named = entry.data.get("begin")
    return named if isinstance(named, int) else None


def _read_waiting(entry: LogEntry, case: str) -> WaitingCase | None:
    if entry.kind == _KEPT:
        match entry.data:
            case {"begin": int(begin), "step": int(step), "file": str(file), "parked_ms": int(at)}:
                return WaitingCase(case, begin, step, file, at)
            case _:
                return None
    return _read_parked(entry, case)


def _read_parked(entry: LogEntry, case: str) -> WaitingCase | None:
    """Return where a case waits by its step `parked`; None for another, or one without a file."""
    match entry.data:
        case {"step": "parked", "begin": int(begin), "file": str(file)}:
            return WaitingCase(case, begin, entry.seq, file, entry.t_ms)
        case _:
            return None


def _read_back(log: LogStore | TreeView) -> Iterator[LogEntry]:
    """Yield entries, newest first, as many at a time as one path of hashes proves."""
    stop = log.size
    while stop:
        start = (stop - 1) // TILE_WIDTH * TILE_WIDTH
        yield from reversed(list(log.entries(start, stop)))
        stop = start
