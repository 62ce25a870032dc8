"""The rules that a station's own entries keep, asked of a log by whoever audits it.

The log's rules (docs/formats/log.md, section 2) say which key may sign what. These say what a
station writes at all: who begins a case, what a result needs, when a permit may follow. Whoever
holds the log's key can write any entry; a session that makes no sense is named here.
docs/formats/log.md, section 7, lists the codes.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from crypto.canonical_json import JsonValue
from crypto.log.file.faults import AuditFinding
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import Identity, Kind, read_named_key
from workstation.records.alarms import ACKNOWLEDGED, ALARM, list_acknowledged
from workstation.records.audit.audited_case import (
    AuditedCase,
    AuditedSession,
    find_signing,
    read_text,
)
from workstation.records.audit.look_rules import UNSEEN_LOOK, LookRules
from workstation.records.audit.result_rules import (
    WAY_ANSWER,
    are_acts_signed,
    is_earned,
    is_held_rightly,
    name_shown,
    name_way,
    needs_confirmation,
)
from workstation.records.audit.shift_rules import ShiftRules
from workstation.records.policy_in_force import POLICY_IN_FORCE, PolicyOrder
from workstation.records.shifts.count import LOOKED, SHIFT_CLOSE
from workstation.rules.checks import CheckStatus
from workstation.rules.parties import Role, person_key
from workstation.session.decision import Outcome

__all__ = ["SessionFinding", "SessionRule", "SessionRules"]

_HOUR_MS = 3_600_000


_PASSED = CheckStatus.PASSED.value
_ROLES = frozenset(each.value for each in Role)
_OUTCOMES = frozenset(each.value for each in Outcome)


class SessionRule(StrEnum):
    """What may be wrong with a station's entries; each is laid on the entry that breaks it."""

    NO_SESSION = "rule.no_session"
    ROLE = "rule.role"
    UNKNOWN_CASE = "rule.unknown_case"
    CASE_TWICE = "rule.case_twice"
    OTHER_SESSION = "rule.other_session"
    NO_RESULT = "rule.no_result"
    SECOND_RESULT = "rule.second_result"
    AFTER_RESULT = "rule.after_result"
    RESULT = "rule.result"
    UNEARNED = "rule.unearned"
    NOT_REVIEWED = "rule.not_reviewed"
    SELF_REVIEW = "rule.self_review"
    PERMIT = "rule.permit"
    PERMIT_TWICE = "rule.permit_twice"
    PROFILE = "rule.profile"
    POLICY = "rule.policy"
    HELD = "rule.erased_while_held"
    PARKED = "rule.parked"


class SessionFinding(StrEnum):
    """What is no breach and worth a look all the same."""

    CLOCK_STEP = "look.clock_step"
    CLOCK_IN_CASE = "look.clock_in_case"
    INTERRUPTED = "look.interrupted"
    ALARM = "look.alarm"
    UNSEEN = UNSEEN_LOOK


class SessionRules:
    """One pass over a log's entries in order (crypto.log.audit.rules.EntryRules)."""

    def __init__(self) -> None:
        self._sessions: dict[Identity, AuditedSession] = {}
        self._cases: dict[str, AuditedCase] = {}
        self._open: dict[str, AuditedCase] = {}
        self._run = 0
        self._profile = ""
        self._held: set[str] = set()
        self._policies = PolicyOrder()
        self._shifts, self._looks = ShiftRules(), LookRules()
        self._findings: list[AuditFinding] = []
        self._alarms: dict[int, AuditFinding] = {}
        self._kinds: Mapping[str, Callable[[LogEntry], SessionRule | AuditFinding | None]] = {
            SHIFT_CLOSE: self._check_lift,
            LOOKED: self._check_lift,
            Kind.GENESIS: self._check_profile,
            Kind.BOOT: self._note_boot,
            Kind.CLOCK_STEP: self._note_clock_step,
            Kind.SESSION_OPEN: self._open_session,
            Kind.SESSION_CLOSE: self._close_session,
            Kind.REVIEW: self._check_review,
            "case.parked": self._check_parked,
            "verify.begin": self._check_begin,
            "verify.step": self._check_step,
            "verify.result": self._check_result,
            "verify.permit": self._check_release,
            "verify.hold": self._check_release,
            POLICY_IN_FORCE: self._check_policy,
            "cool_down.lift": self._check_lift,
            "lookup.person": self._check_lookup,
            ALARM: self._note_alarm,
            ACKNOWLEDGED: self._check_acknowledgement,
            Kind.HOLD_SET: self._note_hold,
            Kind.HOLD_LIFTED: self._note_hold,
            Kind.PAYLOAD_ERASE: self._check_erasure,
        }

    def check(self, entry: LogEntry) -> AuditFinding | None:
        """Return the rule that this entry breaks, or that it shows to be broken before."""
        known = self._kinds.get(entry.kind)
        breach = None if known is None else known(entry)
        wrong = breach or self._looks.take(entry) or self._shifts.take(entry)
        return AuditFinding(wrong, entry.seq) if isinstance(wrong, StrEnum) else wrong

    def finish(self) -> AuditFinding | None:
        """Return nothing: a case that is open at the end gets its result at the next start."""
        return None

    @property
    def findings(self) -> tuple[AuditFinding, ...]:
        """Steps of the clock, cases nobody ended, alarms and draws that nobody saw; in order."""
        found = (*self._findings, *self._alarms.values(), *self._looks.unseen)
        return tuple(sorted(found, key=lambda each: each.index))

    # -- orders about sealed evidence --------------------------------------------------------------

    def _note_hold(self, entry: LogEntry) -> None:
        change = self._held.add if entry.kind == Kind.HOLD_SET else self._held.discard
        change(read_text(entry.data, "pid"))

    def _check_erasure(self, entry: LogEntry) -> SessionRule | None:
        return SessionRule.HELD if read_text(entry.data, "pid") in self._held else None

    # -- runs, clocks and sessions ----------------------------------------------------------------

    def _note_boot(self, _entry: LogEntry) -> None:
        self._run += 1

    def _note_clock_step(self, entry: LogEntry) -> None:
        within = any(each.run == self._run and not each.waits for each in self._open.values())
        code = SessionFinding.CLOCK_IN_CASE if within else SessionFinding.CLOCK_STEP
        self._findings.append(AuditFinding(code, entry.seq))

    def _open_session(self, entry: LogEntry) -> SessionRule | AuditFinding | None:
        key = read_named_key(entry.kind, entry.data)
        actor, role = read_text(entry.data, "actor"), read_text(entry.data, "role")
        if key is None or not actor or entry.actor != actor:
            return SessionRule.NO_SESSION
        if role not in _ROLES:
            return SessionRule.ROLE
        self._sessions[key.identity] = AuditedSession(key.identity, actor, role)
        return self._find_unended() if role == Role.TELLER else None

    def _find_unended(self) -> AuditFinding | None:
        """Return a case of an earlier run without a result: a start ends them before any work."""
        cases = (case for case in self._open.values() if not case.waits)
        left = next((case for case in cases if case.run < self._run), None)
        return None if left is None else AuditFinding(SessionRule.NO_RESULT, left.begin)

    def _close_session(self, entry: LogEntry) -> None:
        key = read_named_key(entry.kind, entry.data)
        if key is not None:
            self._sessions.pop(key.identity, None)

    def _signing_session(self, entry: LogEntry) -> AuditedSession | None:
        return find_signing(self._sessions, entry)

    # -- cases ------------------------------------------------------------------------------------

    def _check_begin(self, entry: LogEntry) -> SessionRule | AuditFinding | None:
        session, name = self._signing_session(entry), read_text(entry.data, "case")
        if session is None:
            return SessionRule.NO_SESSION
        if session.role != Role.TELLER:
            return SessionRule.ROLE
        if not name or name in self._cases:
            return SessionRule.CASE_TWICE if name else SessionRule.UNKNOWN_CASE
        case = AuditedCase(entry.seq, session, self._run, {person_key(session.actor)})
        self._cases[name] = self._open[name] = case
        if not self._policies.begin(name, entry.data):
            return SessionRule.POLICY
        return self._check_profile(entry)

    def _check_profile(self, entry: LogEntry) -> SessionRule | None:
        profile = read_text(entry.data, "profile")
        if profile and self._profile and profile != self._profile:
            return SessionRule.PROFILE
        self._profile = self._profile or profile
        return None

    def _find_own(self, entry: LogEntry) -> AuditedCase | SessionRule:
        """Return the case that an entry belongs to and whose session signed it."""
        session = self._signing_session(entry)
        case = self._cases.get(read_text(entry.data, "case"))
        if session is None:
            return SessionRule.NO_SESSION
        if case is None:
            return SessionRule.UNKNOWN_CASE
        case.hand_to(session, self._run)
        case.give_to(session, self._run)
        return case if case.session == session else SessionRule.OTHER_SESSION

    def _check_step(self, entry: LogEntry) -> SessionRule | None:
        case = self._find_own(entry)
        if isinstance(case, SessionRule):
            return case
        if case.result is not None:
            return SessionRule.AFTER_RESULT
        if not case.take_step(entry.data):
            return SessionRule.PARKED
        if read_text(entry.data, "step") == WAY_ANSWER and entry.data.get("status") == _PASSED:
            case.reviews.add(name_way(entry.data, read_text(entry.data, "way")))
        return None

    def _check_parked(self, entry: LogEntry) -> SessionRule | None:
        """Check what a start says of a case that waits still: it is the log's own word."""
        case = self._cases.get(read_text(entry.data, "case"))
        if case is None:
            return SessionRule.UNKNOWN_CASE
        stated = read_text(entry.data, "file"), entry.data.get("begin")
        own = entry.actor == "log" and len(entry.lines) == 1
        rightly = own and case.waits != "" and stated == (case.waits, case.begin)
        return None if rightly else SessionRule.PARKED

    def _check_review(self, entry: LogEntry) -> SessionRule | None:
        session, data = self._signing_session(entry), entry.data
        case = self._cases.get(read_text(data, "case"))
        if session is None:
            return SessionRule.NO_SESSION
        if case is None:
            return SessionRule.UNKNOWN_CASE
        if case.result is not None:
            return SessionRule.AFTER_RESULT
        if case.waits and not case.asks:
            return SessionRule.PARKED
        act = read_text(data, "act")
        if act == "refuse":
            case.refused = True
        elif read_text(data, "refused"):
            return None  # it counts for nothing, and the refused person's key has signed it
        elif person_key(session.actor) in case.tellers:
            return SessionRule.SELF_REVIEW
        if session.role != Role.SUPERVISOR:
            return SessionRule.ROLE
        if act == "second_look":
            case.handed_over = False
        case.reviews.add((act, person_key(session.actor), *_subject(act, data)))
        return None

    # -- results ----------------------------------------------------------------------------------

    def _check_result(self, entry: LogEntry) -> SessionRule | None:
        name = read_text(entry.data, "case")
        interrupted = entry.actor == "log"
        case = self._cases.get(name) if interrupted else self._find_own(entry)
        if case is None:
            return SessionRule.UNKNOWN_CASE
        if isinstance(case, SessionRule):
            return case
        if case.result is not None:
            return SessionRule.SECOND_RESULT
        outcome = read_text(entry.data, "outcome")
        if outcome not in _OUTCOMES or entry.data.get("begin") != case.begin:
            return SessionRule.RESULT
        if interrupted:
            breach = self._check_interrupted(entry, case)
        else:
            breach = self._check_profile(entry) or _check_decision(entry.data, case)
        if not self._policies.end(name, entry.data):
            breach = breach or SessionRule.POLICY
        case.result, case.approved = entry.seq, outcome == Outcome.APPROVED
        case.held = name_shown(entry.data) == Outcome.APPROVED
        waits = _number(entry.data, "wait_hours") * _HOUR_MS
        case.executable_ms = entry.t_ms + waits if waits else 0
        case.reviews.clear()
        self._open.pop(name, None)
        return breach

    def _check_interrupted(self, entry: LogEntry, case: AuditedCase) -> SessionRule | None:
        """Check the result that a start gives to what a dead process left open."""
        self._findings.append(AuditFinding(SessionFinding.INTERRUPTED, case.begin))
        dead = case.run < self._run and case.session.key not in self._sessions
        return None if case.may_log_end(entry.data, dead=dead) else SessionRule.RESULT

    def _check_release(self, entry: LogEntry) -> SessionRule | None:
        """Check a permit, or the hold that stands where one would; only one of both, and once."""
        case = self._find_own(entry)
        if isinstance(case, SessionRule):
            return case
        if case.permitted:
            return SessionRule.PERMIT_TWICE
        return None if case.take_release(entry.kind, entry.data) else SessionRule.PERMIT

    def _check_policy(self, entry: LogEntry) -> SessionRule | None:
        own = entry.actor == "log" and len(entry.lines) == 1
        return None if self._policies.put_in_force(entry.data) and own else SessionRule.POLICY

    # -- what stands outside of cases -------------------------------------------------------------

    def _check_lift(self, entry: LogEntry) -> SessionRule | None:
        session = self._signing_session(entry)
        if session is None:
            return SessionRule.NO_SESSION
        return None if session.role == Role.SUPERVISOR else SessionRule.ROLE

    def _note_alarm(self, entry: LogEntry) -> None:
        if "first" not in entry.data:
            self._alarms[entry.seq] = AuditFinding(SessionFinding.ALARM, entry.seq)

    def _check_acknowledgement(self, entry: LogEntry) -> SessionRule | None:
        breach = self._check_lift(entry)
        if breach is None:
            for number in list_acknowledged(entry.data):
                self._alarms.pop(number, None)
        return breach

    def _check_lookup(self, entry: LogEntry) -> SessionRule | None:
        return None if self._signing_session(entry) is not None else SessionRule.NO_SESSION


def _subject(act: str, data: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """Return what a second person's act is about, as the result states it too."""
    names = {
        "override": ("person", "check", "reason", "why", "found"),
        "exception": ("photo", "reason"),
        "comparison": ("answer", "why"),
        "second_look": ("reason",),
    }
    return tuple(read_text(data, name) for name in names.get(act, ()))


def _check_decision(data: Mapping[str, JsonValue], case: AuditedCase) -> SessionRule | None:
    """Check that a result counts no act that nobody signed, and that an approval is earned."""
    if case.waits:
        return SessionRule.PARKED
    teller = person_key(case.session.actor)
    if not are_acts_signed(data, case.reviews, teller):
        return SessionRule.NOT_REVIEWED
    if not is_held_rightly(data):
        return SessionRule.RESULT
    approved = data.get("outcome") == Outcome.APPROVED
    closed = case.confirmed or not needs_confirmation(data)
    if approved and (case.refused or case.handed_over or not closed or not is_earned(data)):
        return SessionRule.UNEARNED
    return None


def _number(data: Mapping[str, JsonValue], name: str) -> int:
    value = data.get(name)
    return value if isinstance(value, int) else 0
