"""One verification from the operation form to its record: the owner of a VerificationSession.

`Verification.take` is the only place that writes a session's steps and moves it. Order of every
move: the event is tried on the pure session, its step is committed to the log, and only then the
session here takes the new state. Entering DECIDED writes the one verify.result; a permit and a
receipt are made after that. If the log cannot be written the session is decided anew as a fault
and nothing but the fault is shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crypto.canonical_json import JsonValue
from crypto.errors import LogError
from workstation.documents.statement import Statement
from workstation.errors import AccountChanged, IllegalTransition
from workstation.records.journal import RecordedDecision, SignedIn
from workstation.session.decision import Outcome
from workstation.session.events import (
    DeadlinePassed,
    DecisionRecorded,
    Event,
    FaultOccurred,
    OperationBegan,
    OperatorAborted,
)
from workstation.session.evidence import Consent, Evidence
from workstation.session.session import TRANSITIONS, VerificationSession
from workstation.session.states import State
from workstation.verification.answers.own_words import OwnWords, settle_consent
from workstation.verification.case import Case
from workstation.verification.move import Advance, Fault, Move, Record, Supervised, Warn
from workstation.verification.opening import RegistryInquiry, open_evidence
from workstation.verification.payload import gather_material, seal_payload
from workstation.verification.people.look_contents import keep_faces
from workstation.verification.people.seated import Seated
from workstation.verification.people.seats import call_person, match_person, remember_people
from workstation.verification.people.sides import PersonSides
from workstation.verification.prechecks import PrecheckResult
from workstation.verification.record import begin_facts, record_result
from workstation.verification.reference.identity import KnownCustomer
from workstation.verification.release import Result, release
from workstation.verification.services import Release, Services
from workstation.verification.signing import write_statement
from workstation.verification.stopwatch import Stopwatch

__all__ = ["Resumed", "Verification"]

_ENDED = (State.DECIDED, State.RECORDED)


@dataclass(frozen=True, slots=True)
class Resumed:
    """How far a case had come that waited: its number, when it began, its time at the desk.

    question  what a supervisor who looked at it wants to know first, empty for nothing
    """

    number: int
    started_ms: int
    taken_ms: int
    evidence: Evidence
    question: str = ""


class Verification(Seated):
    """Drives one customer's session; every method is called by one thread.

    Methods that need the network return a job: a callable without arguments that touches nothing
    here and may run in another thread; its answer is handed back by the method its doc names.
    `message` is the stable code of what the teller is told last, empty when there is nothing;
    `question` what a supervisor asked who sent the case back.
    """

    def __init__(
        self, services: Services, who: SignedIn, case: Case, resumed: Resumed | None = None
    ) -> None:
        self.services = services
        self.who = who
        self.case = case
        self.message = ""
        self.fault_code = ""
        self.recorded: RecordedDecision | None = None
        self.released: Release | None = None
        self.registries = RegistryInquiry(services, who, case)
        self.sides = {role: PersonSides(services, case, role) for role in case.roles}
        self.own_words = OwnWords()
        self.question = "" if resumed is None else resumed.question
        if resumed is None:
            self.started_ms = services.clock.wall_ms()
            self.watch = Stopwatch(services.clock)
            fresh = VerificationSession(services.policy, open_evidence(services, who, case))
            self.number = services.journal.record_begin(who, case.id, begin_facts(services, case))
            self.session = fresh.apply(OperationBegan(case.id))
        else:
            self.started_ms, self.number = resumed.started_ms, resumed.number
            self.watch = Stopwatch(services.clock, resumed.taken_ms)
            self.session = VerificationSession(services.policy, resumed.evidence, State.PARKED)

    @property
    def state(self) -> State:
        """Return the session's state."""
        return self.session.state

    @property
    def person(self) -> KnownCustomer:
        """Return what is known of the person whose turn it is."""
        return self.registries.describe(self.session.evidence.role)

    @property
    def ended(self) -> bool:
        """Whether a decision was made, recorded or not."""
        return self.state in _ENDED

    @property
    def statement(self) -> Statement | None:
        """Return the statement before the customer; one that the log does not hold is not there."""
        return self._stating.statement(self.session.evidence.statement)

    def require(self, *states: State) -> None:
        """Raise IllegalTransition unless it is in one of these states: nothing has changed yet."""
        if self.state not in states:
            wanted = " or ".join(each.value for each in states)
            raise IllegalTransition(f"{self.state.value} is not {wanted}")

    # -- the one way forward ----------------------------------------------------------------------

    def take(self, move: Move | None) -> None:
        """Write a move and make it, then whatever follows from it without anybody acting.

        (1) write      the move's step is committed to the log; a supervisor's act before it
        (2) advance    the session takes its next state; consent takes the registry's portrait, a
                       live face leads to MATCHING
        (3) match      a live face is compared with the reference
        (4) statement  a match puts a statement with a fresh nonce before the customer
        (5) decision   `decide` has judged the evidence on entering DECIDED
        (6) record     the payload is sealed; verify.result is committed with its digest
        (7) release    a permit and a receipt are made of what is recorded

        Callers see to it that the move is wanted now (`require`). Raises IllegalTransition or
        ForeignEvidence before anything is written. A log that cannot be written ends it at once.
        """
        while move is not None:
            if isinstance(move, Fault):
                move = self._end_by_fault(move.code)
                continue
            if not self._commit(move):  # (1), (2)
                return
            match self.state:
                case State.REFERENCE if isinstance(move, Advance):
                    known = self.registries.people.get(self.turn.role)
                    move = self.reference.take_portrait(self.session, known)
                case State.MATCHING:
                    move = match_person(self.session, self.sides)  # (3)
                case State.AUTHORITY if self.services.authority is None:
                    move = self.authority.refuse_unconfigured(self.session)
                case State.SIGNATURE if self.session.evidence.statement is None:
                    move = call_person(self.session) or self._stating.issue(self.session)  # (4)
                case State.DECIDED:  # (5)
                    self._stop_waiting()
                    if self._record(self._seal()):  # (6)
                        self._release()  # (7)
                    return
                case _:
                    return

    # -- moves that no side makes -----------------------------------------------------------------

    def registries_answered(self, result: PrecheckResult) -> None:
        """Take the pre-checks' answers: go on to consent, stop, or wait and ask again."""
        move = self.registries.answer(self.session, result)
        self.case = self.registries.case
        self.take(move)

    def consent(self, consent: Consent) -> None:
        """Take the customer's consent or refusal, with the own answers before it."""
        self.take(settle_consent(self.session, self.own_words, consent))

    def renew_statement(self) -> Statement | None:
        """Return the statement to sign; an expired one is replaced: its nonce would be stale."""
        now_ms = int(self.services.now().timestamp() * 1000)
        if self.statement is None or now_ms >= self.statement.expires_ms:
            for side in self.sides.values():
                side.signing.forget()
            self.take(self._stating.issue(self.session))
        return self.statement

    def save_statement(self, path: Path) -> None:
        """Write the exact octets that are to be signed elsewhere; StatementUnwritable.

        The record says that a text with the customer's ИИН has left the workstation.
        """
        self.require(State.SIGNATURE)
        statement = self.statement
        if statement is None:
            return
        self.take(Record("statement_saved", {"sha256": statement.sha256}))
        if self.ended:
            return
        write_statement(statement, path)

    def abort(self, code: str, words: str = "") -> None:
        """End the session on the teller's wish; harmless when it has ended."""
        self.take(self._ending(OperatorAborted(self.case.id, code), "aborted", code, words))

    def fault(self, code: str) -> None:
        """End the session because something of ours failed; a recorded decision stands.

        Not while it is parked: what a task of before was late with is nobody's.
        """
        if self.state is not State.PARKED:
            self.take(Fault(code))

    def check_deadline(self) -> None:
        """End the session when it has taken longer than the policy allows."""
        if self.watch.taken_ms > self.session.policy.session_deadline_ms:
            self.take(self._ending(DeadlinePassed(self.case.id), "deadline", "deadline"))

    # -- parts of `take` --------------------------------------------------------------------------

    def _commit(self, move: Advance | Warn | Record | Supervised) -> bool:
        """Write a move, then advance by it; False when the session has not advanced."""
        move = _confirm_operator(self.services, self.who, self.session, move)
        if isinstance(move, Supervised):
            journal, act = self.services.journal, move.act
            if not self._write(partial(journal.record_review, move.supervisor, self.case.id, act)):
                return False
            move = move.then
        event = move.event if isinstance(move, Advance) else None
        following = self.session if event is None else self.session.apply(event)
        if not isinstance(move, Record):
            self.message = move.message
        step = partial(
            self.services.journal.record_step, self.who, self.case.id, move.step, move.facts
        )
        if not self._write(step):
            return False
        self.session = following
        return event is not None

    def _ending(self, event: Event, step: str, code: str, words: str = "") -> Advance | None:
        """Return the move that ends the session, None when it has ended."""
        if self.ended or (self.state, type(event)) not in TRANSITIONS:
            return None
        self.biometrics.stop(code)
        self._stop_waiting()
        return Advance(event, step, {"reason": code, **({"words": words} if words else {})})

    def _end_by_fault(self, code: str) -> Advance | None:
        """Return the move that ends a running session; keep what an ended one has achieved."""
        event = FaultOccurred(self.case.id, code)
        if self.state is State.DECIDED and self.recorded is None and not self.fault_code:
            # Recording broke for another reason than the log: record that it did, unsealed.
            self.session = self.session.apply(event)
            if self._record({"pl_missing": code}):
                self._release()
        elif self.state is State.RECORDED and self.released is None:
            self.released, self.message = Release(None, None, code), code
        else:
            return self._ending(event, "fault", code)
        return None

    def _record(self, payload: Mapping[str, JsonValue]) -> bool:
        """Commit the one verify.result; False when the log refused it."""
        facts = {"begin": self.number, "duration_ms": self.watch.taken_ms, **payload}
        if self.services.policy.second_look_share > 0:
            keep_faces(self.services.looks, self.case.id, self.number, self.sides)
        try:
            recorded = record_result(self.services, self.who, self.case, self.session, facts)
        except LogError as error:
            self._decide_unwritable(error)
            return False
        self.recorded = recorded
        if recorded.decision.outcome is Outcome.APPROVED and not recorded.held:
            remember_people(self.services, self.session, self.sides)
        index = recorded.recorded.entry.seq
        self.session = self.session.apply(DecisionRecorded(self.case.id, index))
        return True

    def _seal(self) -> Mapping[str, JsonValue]:
        """Seal the personal side; return the member that commits the log entry to it."""
        material = [gather_material(self.statement, side) for side in self.sides.values()]
        return seal_payload(self.services.vault, self.case, *material)

    def _release(self) -> None:
        if self.recorded is None:
            raise AssertionError("released before recorded")
        result = Result(self.recorded, self.number, self.started_ms)
        self.released = release(self.services, self.who, self.case, self.session.evidence, result)
        self.message = self.released.message

    def _stop_waiting(self) -> None:
        """Wait for nobody's answer and no document any more."""
        for side in self.sides.values():
            side.stop_waiting()

    def _write(self, write: Callable[[], object]) -> bool:
        """Commit one entry; False when the log refused it and the session was decided anew."""
        try:
            write()
        except LogError as error:
            self._decide_unwritable(error)
            return False
        return True

    def _decide_unwritable(self, error: LogError) -> None:
        """Decide anew as a fault: what is not in the log is not shown and approves nothing."""
        self.fault_code = error.code
        self.biometrics.stop(error.code)
        self._stop_waiting()
        if (self.state, FaultOccurred) in TRANSITIONS:
            self.session = self.session.apply(FaultOccurred(self.case.id, error.code))


_Writing = Advance | Warn | Record | Supervised


def _confirm_operator(
    services: Services, who: SignedIn, session: VerificationSession, move: _Writing
) -> _Writing:
    """Return the move; the session's end in its place when it would approve for nobody.

    The operator may have been disabled, or given another role, while the customer sat there.
    """
    made = move.then if isinstance(move, Supervised) else move
    decided = session.apply(made.event).shown_decision if isinstance(made, Advance) else None
    approves = decided is not None and decided.outcome is Outcome.APPROVED
    if not approves or services.authenticator.is_in_force(who.operator):
        return move
    code = AccountChanged.code
    return Advance(OperatorAborted(session.id, code), "aborted", {"reason": code}, code)
