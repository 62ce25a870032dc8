"""Who is signed in: authentication, the operator's log session, a supervisor's short one."""

import sqlite3
from dataclasses import replace

from crypto.errors import LogError
from workstation.accounts.operators import Authenticated, Permission, require
from workstation.errors import AccountChanged, AccountNotEnrolled, OperationRefused, StationLocked
from workstation.records.journal import SignedIn
from workstation.rules.parties import person_key
from workstation.session.exception import is_explained
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.case import find_mistake
from workstation.verification.move import Supervised
from workstation.verification.officers.closing import agree_review
from workstation.verification.officers.comparison import answer_comparison
from workstation.verification.officers.exception import approve_exception
from workstation.verification.officers.review import (
    override_check,
    refuse_operation,
    single_line,
)
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["OperatorSession"]

_Review = c.ReviewCommand
_REVIEWED_IN: dict[type[_Review], tuple[State, ...]] = {
    c.AnswerComparison: (State.COMPARISON,),
    c.Override: (State.REVIEW,),
    c.AgreeReview: (State.REVIEW,),
    c.ApproveException: (State.EXCEPTION,),
    c.RefuseReview: (State.EXCEPTION, State.COMPARISON, State.REVIEW),
}


class OperatorSession:
    """Holds at most one signed-in operator; every presence is opened and closed in the log."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.who: SignedIn | None = None
        self._locked = False

    def lock(self) -> None:
        """Obey nothing until a sign-in; harmless while nobody is signed in."""
        self._locked = self.who is not None

    def require_unlocked(self, command: c.Command, verification: Verification | None) -> None:
        """Raise StationLocked for what a locked station does not obey.

        Whoever passes may sign the operator out, but not out of a session that runs.
        """
        running = verification is not None and not verification.ended
        obeyed = isinstance(command, c.SignIn | c.Lock | c.ReportCustomerWindow) or (
            isinstance(command, c.SignOut) and not running
        )
        if self._locked and not obeyed:
            raise StationLocked(type(command).__name__)

    def authenticate(self, operator_id: str, secret: str, *, source: str = "") -> Authenticated:
        """Return the person, which ends the lock; raises OperatorRefused or OperatorLocked.

        source  as in `Authenticator.authenticate`
        """
        person = self._services.authenticator.authenticate(operator_id, secret, source=source)
        self._locked = False
        return person

    def sign_in(self, person: Authenticated) -> SignedIn:
        """Open a log session for an authenticated person; raises AccountNotEnrolled."""
        self.who = self._services.authenticator.sign_in(person)
        return self.who

    def unlock(self, person: Authenticated, verification: Verification | None) -> None:
        """Let whoever is signed in go on; the secret says again whether they are free."""
        if self.who is not None:
            self.who = replace(self.who, duress=person.duress)
            _note_duress(person.duress, verification)

    def confirm(self, secret: str) -> SignedIn:
        """Return whoever is signed in, who has given the own secret again; OperatorRefused.

        It says again whether they are free.
        """
        who = self.who
        if who is None:
            raise OperationRefused("operator")
        number = who.operator.id
        person = self._services.authenticator.authenticate(number, secret, source=number)
        self.who = replace(who, duress=person.duress)
        return self.who

    def require_in_force(self) -> None:
        """Raise AccountChanged when whoever is signed in was disabled or changed since."""
        if self.who is not None and not self._services.authenticator.is_in_force(self.who.operator):
            raise AccountChanged(self.who.operator.id)

    def sign_out(self, reason: str) -> str:
        """Close the log session; return the code of the log's refusal, empty for none."""
        self._locked = False
        who, self.who = self.who, None
        if who is None:
            return ""
        try:
            self._services.journal.sign_out(who, reason=reason)
        except LogError as error:
            return error.code
        return ""

    def review(
        self,
        verification: Verification,
        command: _Review,
    ) -> None:
        """Let a supervisor, authenticated anew, act on a session under their own key."""
        # Before anything is written: an act on nothing would stand in the log as done.
        verification.require(*_REVIEWED_IN[type(command)])
        services = self._services
        number = command.officer if isinstance(command, c.ApproveException) else command.supervisor
        self.require_in_force()
        supervisor = self._admit_supervisor(number, command.secret)
        _note_duress(supervisor.duress, verification)
        try:
            verification.take(_act(verification.session, supervisor, command))
        finally:
            services.journal.sign_out(supervisor, reason="reviewed")

    def _admit_supervisor(self, number: str, secret: str) -> SignedIn:
        """Open a session of a supervisor who comes to the desk of whoever is signed in."""
        person = self.authenticate(number, secret, source=self._source)
        require(person.operator, Permission.OVERRIDE)
        return self._services.authenticator.sign_in(person)

    @property
    def _source(self) -> str:
        return "" if self.who is None else self.who.operator.id

    def lift_cool_down(self, command: c.LiftCoolDown) -> None:
        """Let a supervisor, authenticated anew, lift the wait of a customer for one more session.

        Raises OperationRefused: `iin`, `reason`, or what the budget says; whoever is signed in at
        the desk may not.
        """
        services = self._services
        reason, now_ms = single_line(command.reason), services.clock.wall_ms()
        if mistake := find_mistake("iin", command.untrusted_iin):
            raise OperationRefused("iin", mistake)
        if not is_explained(reason):
            raise OperationRefused("reason", "cool_down.reason_short")
        person = self.authenticate(command.supervisor, command.secret, source=self._source)
        operator = person.operator
        require(operator, Permission.OVERRIDE)
        if person_key(self._source) == person_key(operator.id):
            raise OperationRefused("supervisor", "cool_down.same_person")
        iin, since_ms = command.untrusted_iin.strip(), now_ms - services.policy.cool_down_ms
        try:
            cases = services.cool_down.lift(iin, by=operator.id, at_ms=now_ms, since_ms=since_ms)
        except sqlite3.Error:
            raise OperationRefused("iin", "internal") from None
        try:
            supervisor = services.authenticator.sign_in(person)
            services.journal.record_lift(supervisor, cases, reason)
            services.journal.sign_out(supervisor, reason="lifted")
        except (LogError, AccountNotEnrolled):
            # What is not in the log was not done.
            services.cool_down.spend_lift(iin, now_ms)
            raise


def _note_duress(duress: bool, verification: Verification | None) -> None:  # noqa: FBT001 - a fact
    """Mark the case at the desk: from now on whatever is decided in it is held."""
    if duress and verification is not None:
        verification.session = verification.session.mark_duress()


def _act(session: VerificationSession, supervisor: SignedIn, command: _Review) -> Supervised:
    match command:
        case c.Override(check=check, reason=why, words=words):
            return override_check(session, supervisor, check, why, words)
        case c.ApproveException(reason=reason):
            return approve_exception(session, supervisor, reason)
        case c.AnswerComparison(answer=answer, reason=reason, words=words):
            return answer_comparison(session, supervisor, answer, reason, words)
        case c.AgreeReview(reason=reason):
            return agree_review(session, supervisor, reason)
        case c.RefuseReview(reason=reason):
            return refuse_operation(session, supervisor, reason)
