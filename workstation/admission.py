"""Who is signed in: authentication, the operator's log session, a supervisor's short one."""

from crypto.errors import LogError
from workstation import commands as c
from workstation.journal import SignedIn
from workstation.operators import Action, require
from workstation.parts import Parts
from workstation.verification import Verification

__all__ = ["Admission"]


class Admission:
    """Holds at most one signed-in operator; every presence is opened and closed in the log."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.who: SignedIn | None = None

    def sign_in(self, operator_id: str, secret: str) -> SignedIn:
        """Authenticate and open a log session; raises OperatorRefused or OperatorLocked."""
        self.who = self._admitted(operator_id, secret)
        return self.who

    def sign_out(self, reason: str) -> str:
        """Close the log session; return the code of the trouble if the log refused, else empty."""
        who, self.who = self.who, None
        if who is None:
            return ""
        try:
            self._parts.journal.sign_out(who, reason=reason)
        except LogError as error:
            return error.code
        return ""

    def review(self, verification: Verification, command: c.Override | c.RefuseReview) -> None:
        """Let a supervisor, authenticated anew, act on a session under their own key."""
        parts = self._parts
        operator = parts.operators.authenticate(
            command.supervisor, command.secret, parts.clock.wall_ms()
        )
        require(operator, Action.OVERRIDE)
        supervisor = parts.journal.sign_in(operator, authentication="password")
        if isinstance(command, c.Override):
            verification.supervision.override(supervisor, command.check, command.reason)
        else:
            verification.supervision.refuse(supervisor, command.reason)
        parts.journal.sign_out(supervisor, reason="reviewed")

    def _admitted(self, operator_id: str, secret: str) -> SignedIn:
        parts = self._parts
        operator = parts.operators.authenticate(operator_id, secret, parts.clock.wall_ms())
        return parts.journal.sign_in(operator, authentication="password")
