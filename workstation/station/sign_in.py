"""Who is signed in: authentication, the operator's log session, a supervisor's short one."""

from crypto.errors import LogError
from workstation.accounts.operators import Permission, require
from workstation.errors import StationLocked
from workstation.records.journal import SignedIn
from workstation.rules.parties import Operator
from workstation.session.session import VerificationSession
from workstation.session.states import State
from workstation.station import commands as c
from workstation.verification.exception import approve_exception
from workstation.verification.move import Supervised
from workstation.verification.review import override_check, refuse_operation
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["OperatorSession"]

_Review = c.Override | c.ApproveException | c.RefuseReview
_REVIEWED_IN: dict[type[_Review], tuple[State, ...]] = {
    c.Override: (State.REVIEW,),
    c.ApproveException: (State.EXCEPTION,),
    c.RefuseReview: (State.EXCEPTION, State.REVIEW),
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
        obeyed = isinstance(command, c.SignIn | c.Lock) or (
            isinstance(command, c.SignOut) and not running
        )
        if self._locked and not obeyed:
            raise StationLocked(type(command).__name__)

    def authenticate(self, operator_id: str, secret: str) -> Operator:
        """Return the operator, which ends the lock; raises OperatorRefused or OperatorLocked."""
        now_ms = self._services.clock.wall_ms()
        operator = self._services.operators.authenticate(operator_id, secret, now_ms)
        self._locked = False
        return operator

    def sign_in(self, operator: Operator) -> SignedIn:
        """Open a log session for an authenticated operator."""
        self.who = self._services.journal.sign_in(operator, authentication="password")
        return self.who

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
        operator = self.authenticate(number, command.secret)
        require(operator, Permission.OVERRIDE)
        supervisor = services.journal.sign_in(operator, authentication="password")
        try:
            verification.take(_act(verification.session, supervisor, command))
        finally:
            services.journal.sign_out(supervisor, reason="reviewed")


def _act(session: VerificationSession, supervisor: SignedIn, command: _Review) -> Supervised:
    match command:
        case c.Override(check=check, reason=reason):
            return override_check(session, supervisor, check, reason)
        case c.ApproveException(reason=reason):
            return approve_exception(session, supervisor, reason)
        case c.RefuseReview(reason=reason):
            return refuse_operation(session, supervisor, reason)
