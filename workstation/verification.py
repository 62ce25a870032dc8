"""One verification from the operation form to its record: the owner of a VerificationSession.

Order of every move: the event is tried on the pure session, its step is committed to the log, and
only then the session here takes the new state. Entering DECIDED writes the one verify.result; a
permit and a receipt are made after that. If the log cannot be written the session is decided anew
as a fault and nothing but the fault is shown.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping

from crypto.errors import LogError
from crypto.log.entry import JsonValue
from workstation.biometrics import Biometrics
from workstation.case import Case
from workstation.decision import Outcome
from workstation.events import (
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
from workstation.evidence import Answer, Consent, Evidence
from workstation.journal import RecordedDecision, SignedIn
from workstation.keeping import sealed
from workstation.parts import Parts, Release
from workstation.prechecks import Prechecks, stops
from workstation.release import release
from workstation.session import TRANSITIONS, VerificationSession
from workstation.signing import Signing
from workstation.states import State
from workstation.supervision import Supervision

__all__ = ["Verification"]

_log = logging.getLogger(__name__)
_ENDED = (State.DECIDED, State.RECORDED)


class Verification:
    """Drives one customer's session; every method is called by one thread.

    Methods that need the network return a job: a callable without arguments that touches nothing
    here and may run in another thread; its answer is handed back by the method named in its doc.
    `notice` is the stable code of the last recoverable trouble.
    """

    def __init__(self, parts: Parts, who: SignedIn, case: Case) -> None:
        self.parts = parts
        self.who = who
        self.case = case
        self.notice = ""
        self.fault_code = ""
        self.recorded: RecordedDecision | None = None
        self.released: Release | None = None
        self.started_ms = parts.clock.wall_ms()
        self._started_mono = parts.clock.mono_ms()
        evidence = Evidence(
            session=case.id,
            operation=case.operation,
            teller=who.operator.id,
            demo=parts.facts.profile == "demo",
            simulated=parts.simulated,
        )
        self.session = VerificationSession(parts.policy, evidence)
        self.biometrics = Biometrics(self)
        self.signing = Signing(self)
        self.supervision = Supervision(self)
        self.number = parts.journal.begin(who, case.id, self._begin_facts())
        self.session = self.session.apply(OperationBegan(case.id))

    @property
    def state(self) -> State:
        """Return the session's state."""
        return self.session.state

    @property
    def ended(self) -> bool:
        """Whether a decision was made, recorded or not."""
        return self.state in _ENDED

    def prechecks(self) -> Callable[[], tuple[Answer, ...]]:
        """Return the job that asks the registries; answer with `prechecks_answered`."""
        now = self.parts.now()
        policy = self.parts.policy
        since = self.parts.clock.wall_ms() - policy.cool_down_ms
        asked = Prechecks(
            policy=policy,
            operation=self.case.operation,
            client=self.case.client,
            today=now.date(),
            refusals=self.parts.cool_down.refusals_since(self.case.client.iin.digits, since),
            attestations=self.case.attestations,
        )
        registries = self.parts.registries
        return lambda: asked.run(registries)

    def prechecks_answered(self, answers: tuple[Answer, ...]) -> None:
        """Take the pre-checks' answers and go on to consent, or stop."""
        stopped = stops(self.parts.policy, self.case.operation, answers)
        kind = PrechecksStopped if stopped else PrechecksPassed
        facts: dict[str, JsonValue] = {
            "answers": [
                {
                    "check": answer.check.value,
                    "status": answer.status.value,
                    "reason": answer.reason,
                    "facts": dict(answer.facts),
                }
                for answer in answers
            ]
        }
        self.advance(kind(self.case.id, answers), "prechecks", facts)

    def consent(self, *, given: bool, language: str, text_sha256: str) -> None:
        """Take the customer's consent or refusal of the text with this digest."""
        consent = Consent(given, language, text_sha256)
        kind = ConsentGiven if given else ConsentRefused
        facts: dict[str, JsonValue] = {"language": language, "text": text_sha256}
        self.advance(
            kind(self.case.id, consent), "consent.given" if given else "consent.refused", facts
        )

    def park(self) -> None:
        """Let the customer go and obtain an ЭЦП."""
        self.advance(CustomerParked(self.case.id), "parked", {})

    def came_back(self) -> None:
        """Take the parked customer back: liveness, match and statement start anew."""
        self.biometrics.forget_live()
        self.signing.forget()
        self.advance(CustomerCameBack(self.case.id), "came_back", {})

    def abort(self, code: str) -> None:
        """End the session on the teller's wish; harmless when it has ended."""
        self._end(OperatorAborted(self.case.id, code), "aborted", code)

    def fault(self, code: str) -> None:
        """End the session because something of ours failed; harmless when it has ended."""
        self._end(FaultOccurred(self.case.id, code), "fault", code)

    def check_deadline(self) -> None:
        """End the session when it has taken longer than the policy allows."""
        taken = self.parts.clock.mono_ms() - self._started_mono
        if self.state is not State.PARKED and taken > self.parts.policy.session_deadline_ms:
            self._end(DeadlinePassed(self.case.id), "deadline", "deadline")

    def trouble(self, step: str, code: str, facts: Mapping[str, JsonValue] | None = None) -> None:
        """Write a trouble that the session survives and show its code."""
        self.notice = code
        try:
            self.parts.journal.step(self.who, self.case.id, step, {"reason": code, **(facts or {})})
        except LogError as error:
            self._unwritable(error)

    def reviewed(self, supervisor: SignedIn, facts: Mapping[str, JsonValue]) -> bool:
        """Write a supervisor's act under the supervisor's key; False when the log refused it."""
        try:
            self.parts.journal.review(supervisor, self.case.id, facts)
        except LogError as error:
            self._unwritable(error)
            return False
        return True

    def advance(self, event: Event, step: str, facts: Mapping[str, JsonValue]) -> None:
        """Move the session by one event; durable before it is visible.

        Raises IllegalTransition or ForeignEvidence before anything is written.
        """
        following = self.session.apply(event)
        self.notice = ""
        try:
            self.parts.journal.step(self.who, self.case.id, step, facts)
        except LogError as error:
            self._unwritable(error)
            return
        self.session = following
        if self.state is State.DECIDED:
            self._record()

    def _end(self, event: Event, step: str, code: str) -> None:
        if (self.state, type(event)) in TRANSITIONS and not self.ended:
            self.biometrics.stop(code)
            self.advance(event, step, {"reason": code})

    def _record(self) -> None:
        decision = self.session.decision
        if decision is None:
            raise AssertionError("DECIDED without a decision")
        try:
            facts = {**self._result_facts(), **sealed(self)}
            self.recorded = self.parts.journal.result(self.who, self.case.id, decision, facts)
        except LogError as error:
            self._unwritable(error)
            return
        if decision.outcome is Outcome.REJECTED:
            self._remember_refusal()
        index = self.recorded.recorded.entry.seq
        self.session = self.session.apply(DecisionRecorded(self.case.id, index))
        self.released = release(self, self.recorded)
        self.notice = self.released.notice

    def _remember_refusal(self) -> None:
        try:
            self.parts.cool_down.record(
                self.case.client.iin.digits,
                self.parts.clock.wall_ms(),
                keep_ms=self.parts.policy.cool_down_ms,
            )
        except sqlite3.Error:
            # The signed log holds the refusal; the counter is only a convenience.
            _log.exception("refusal not counted")

    def _unwritable(self, error: LogError) -> None:
        """Decide anew as a fault: what is not in the log is not shown and approves nothing."""
        self.fault_code = error.code
        fault = FaultOccurred(self.case.id, error.code)
        if (self.state, FaultOccurred) in TRANSITIONS:
            self.session = self.session.apply(fault)

    def _begin_facts(self) -> dict[str, JsonValue]:
        facts = self.parts.facts
        return {
            "operation": self.case.operation.kind.value,
            "params_sha256": self.case.operation.sha256(),
            "iin": self.case.client.iin_commitment(self.case.salt),
            "policy": self.parts.policy.id,
            "policy_sha256": self.parts.policy.sha256,
            "settings_sha256": facts.settings_sha256,
            "profile": facts.profile,
            "version": facts.version,
            "language": self.case.language,
            "simulated": self.parts.simulated,
        }

    def _result_facts(self) -> dict[str, JsonValue]:
        evidence = self.session.evidence
        overrides: list[JsonValue] = [
            {"check": item.check.value, "by": item.supervisor, "reason": item.reason}
            for item in evidence.overrides
        ]
        return {
            "begin": self.number,
            "operation": self.case.operation.kind.value,
            "params_sha256": self.case.operation.sha256(),
            "iin": self.case.client.iin_commitment(self.case.salt),
            "policy": self.parts.policy.id,
            "policy_sha256": self.parts.policy.sha256,
            "profile": self.parts.facts.profile,
            "simulated": evidence.simulated or any(item.simulated for item in evidence.attempts),
            "overrides": overrides,
            "duration_ms": self.parts.clock.mono_ms() - self._started_mono,
        }
