"""One verification from the operation form to its record: the owner of a VerificationSession.

Order of every move: the event is tried on the pure session, its step is committed to the log, and
only then the session here takes the new state. Entering DECIDED writes the one verify.result; a
permit and a receipt are made after that. If the log cannot be written the session is decided anew
as a fault and nothing but the fault is shown.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from functools import partial

from crypto.canonical_json import JsonValue
from crypto.errors import LogError
from workstation.errors import IllegalTransition
from workstation.records.journal import RecordedDecision, SignedIn
from workstation.session.decision import Decision, Outcome
from workstation.session.events import (
    ConsentGiven,
    ConsentRefused,
    CustomerCameBack,
    CustomerParked,
    DeadlinePassed,
    DecisionRecorded,
    Event,
    FaultOccurred,
    OperationBegan,
    OperatorAborted,
    PrechecksPassed,
    PrechecksStopped,
)
from workstation.session.evidence import Answer, Consent, Evidence
from workstation.session.session import TRANSITIONS, VerificationSession
from workstation.session.states import State
from workstation.verification.biometrics import Biometrics
from workstation.verification.case import Case
from workstation.verification.payload import sealed
from workstation.verification.prechecks import Prechecks, stops
from workstation.verification.record import answer_facts, begin_facts, result_facts
from workstation.verification.release import release
from workstation.verification.review import Supervision
from workstation.verification.services import Release, Services
from workstation.verification.signing import Signing
from workstation.verification.stopwatch import Stopwatch

__all__ = ["Verification"]

_log = logging.getLogger(__name__)
_ENDED = (State.DECIDED, State.RECORDED)


class Verification:
    """Drives one customer's session; every method is called by one thread.

    Methods that need the network return a job: a callable without arguments that touches nothing
    here and may run in another thread; its answer is handed back by the method its doc names.
    `notice` is the stable code of the last recoverable trouble.
    """

    def __init__(self, services: Services, who: SignedIn, case: Case) -> None:
        self.services = services
        self.who = who
        self.case = case
        self.notice = ""
        self.fault_code = ""
        self.recorded: RecordedDecision | None = None
        self.released: Release | None = None
        self.started_ms = services.clock.wall_ms()
        self.watch = Stopwatch(services.clock)
        self.session = VerificationSession(services.policy, _nothing_yet(services, who, case))
        self.biometrics = Biometrics(self)
        self.signing = Signing(self)
        self.supervision = Supervision(self)
        self.number = services.journal.begin(who, case.id, begin_facts(services, case))
        self.session = self.session.apply(OperationBegan(case.id))

    @property
    def state(self) -> State:
        """Return the session's state."""
        return self.session.state

    @property
    def ended(self) -> bool:
        """Whether a decision was made, recorded or not."""
        return self.state in _ENDED

    def require(self, state: State) -> None:
        """Raise IllegalTransition unless the session is in this state: nothing has changed yet."""
        if self.state is not state:
            raise IllegalTransition(f"{self.state.value} is not {state.value}")

    def prechecks(self) -> Callable[[], tuple[Answer, ...]]:
        """Return the job that asks the registries; answer with `prechecks_answered`."""
        return partial(_questions(self.services, self.case).run, self.services.registries)

    def prechecks_answered(self, answers: tuple[Answer, ...]) -> None:
        """Take the pre-checks' answers and go on to consent, or stop."""
        stopped = stops(self.services.policy, self.case.operation, answers)
        kind = PrechecksStopped if stopped else PrechecksPassed
        self.advance(kind(self.case.id, answers), "prechecks", answer_facts(answers))

    def consent(self, *, given: bool, language: str, text_sha256: str) -> None:
        """Take the customer's consent or refusal of the text with this digest."""
        kind = ConsentGiven if given else ConsentRefused
        event = kind(self.case.id, Consent(given, language, text_sha256))
        step = "consent.given" if given else "consent.refused"
        self.advance(event, step, {"language": language, "text": text_sha256})

    def park(self) -> None:
        """Let the customer go and obtain an ЭЦП."""
        self.advance(CustomerParked(self.case.id), "parked", {})
        # Obtaining an ЭЦП takes hours; the deadline counts the time at the counter.
        self.watch.pause()

    def came_back(self) -> None:
        """Take the parked customer back: liveness, match and statement start anew."""
        self.advance(CustomerCameBack(self.case.id), "came_back", {})
        self.biometrics.forget_live()
        self.signing.forget()
        self.watch.resume()

    def abort(self, code: str) -> None:
        """End the session on the teller's wish; harmless when it has ended."""
        self._end(OperatorAborted(self.case.id, code), "aborted", code)

    def fault(self, code: str) -> None:
        """End the session because something of ours failed; a recorded decision stands."""
        if self.state is State.DECIDED and self.recorded is None and not self.fault_code:
            # Recording broke for another reason than the log: record that it did, unsealed.
            self.session = self.session.apply(FaultOccurred(self.case.id, code))
            self._record({"pl_missing": code})
        elif self.state is State.RECORDED and self.released is None:
            self.released, self.notice = Release(None, None, code), code
        else:
            self._end(FaultOccurred(self.case.id, code), "fault", code)

    def check_deadline(self) -> None:
        """End the session when it has taken longer than the policy allows."""
        if self.watch.taken_ms > self.services.policy.session_deadline_ms:
            self._end(DeadlinePassed(self.case.id), "deadline", "deadline")

    def trouble(self, step: str, code: str, facts: Mapping[str, JsonValue] | None = None) -> None:
        """Write a trouble that the session survives and show its code."""
        self.notice = code
        self.noted(step, {"reason": code, **(facts or {})})

    def noted(self, step: str, facts: Mapping[str, JsonValue]) -> bool:
        """Write something that happened without moving the session; False when the log refused."""
        return self._written(
            partial(self.services.journal.step, self.who, self.case.id, step, facts)
        )

    def reviewed(self, supervisor: SignedIn, facts: Mapping[str, JsonValue]) -> bool:
        """Write a supervisor's act under the supervisor's key; False when the log refused it."""
        return self._written(partial(self.services.journal.review, supervisor, self.case.id, facts))

    def advance(self, event: Event, step: str, facts: Mapping[str, JsonValue]) -> None:
        """Move the session by one event; durable before it is visible.

        Raises IllegalTransition or ForeignEvidence before anything is written.
        """
        following = self.session.apply(event)
        self.notice = ""
        if self.noted(step, facts):
            self.session = following
            if self.state is State.DECIDED:
                self._record()

    def _end(self, event: Event, step: str, code: str) -> None:
        if (self.state, type(event)) in TRANSITIONS and not self.ended:
            self.biometrics.stop(code)
            self.advance(event, step, {"reason": code})

    def _record(self, payload: Mapping[str, JsonValue] | None = None) -> None:
        decision = self.session.decision
        if decision is None:
            raise AssertionError("DECIDED without a decision")
        facts = {**result_facts(self), **(sealed(self) if payload is None else payload)}
        try:
            self.recorded = self.services.journal.result(self.who, self.case.id, decision, facts)
        except LogError as error:
            self._unwritable(error)
            return
        index = self.recorded.recorded.entry.seq
        self.session = self.session.apply(DecisionRecorded(self.case.id, index))
        _count_refusal(self.services, self.case, decision)
        self.released = release(self, self.recorded)
        self.notice = self.released.notice

    def _written(self, write: Callable[[], object]) -> bool:
        try:
            write()
        except LogError as error:
            self._unwritable(error)
            return False
        return True

    def _unwritable(self, error: LogError) -> None:
        """Decide anew as a fault: what is not in the log is not shown and approves nothing."""
        self.fault_code = error.code
        self.biometrics.stop(error.code)
        if (self.state, FaultOccurred) in TRANSITIONS:
            self.session = self.session.apply(FaultOccurred(self.case.id, error.code))


def _nothing_yet(services: Services, who: SignedIn, case: Case) -> Evidence:
    return Evidence(
        session=case.id,
        operation=case.operation,
        teller=who.operator.id,
        demo=services.facts.profile == "demo",
        simulated=services.simulated,
    )


def _questions(services: Services, case: Case) -> Prechecks:
    since = services.clock.wall_ms() - services.policy.cool_down_ms
    return Prechecks(
        policy=services.policy,
        operation=case.operation,
        client=case.client,
        today=services.now().date(),
        refusals=services.cool_down.refusals_since(case.client.iin.digits, since),
        attestations=case.attestations,
    )


def _count_refusal(services: Services, case: Case, decision: Decision) -> None:
    if decision.outcome is not Outcome.REJECTED:
        return
    try:
        services.cool_down.record(
            case.client.iin.digits, services.clock.wall_ms(), keep_ms=services.policy.cool_down_ms
        )
    except sqlite3.Error:
        # The signed log holds the refusal; the counter is only a convenience.
        _log.exception("refusal not counted")
