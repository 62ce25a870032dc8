"""What the teller says at the end of a case: yes, no, or not alone."""

from workstation.errors import IllegalTransition
from workstation.session.acts import SuspicionRaised
from workstation.session.confirmation import AbortReason
from workstation.session.session import TRANSITIONS
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.consent import lacks_window
from workstation.verification.officers.closing import (
    confirm_operation,
    explain,
    hand_over,
    raise_suspicion,
)
from workstation.verification.verification import Verification

__all__ = ["close_case", "read_abort"]


def close_case(
    verification: Verification,
    command: c.Confirm | c.RefuseOnSuspicion | c.HandOver,
    *,
    shown: bool,
) -> None:
    """Perform the command; after the deadline nothing is confirmed or handed over any more.

    shown  the customer can read the own window now: where it is required nothing is confirmed else
    Raises IllegalTransition at another moment, OperationRefused for a reason without its words.
    """
    if isinstance(command, c.RefuseOnSuspicion):
        _refuse(verification, command)
        return
    verification.require(State.CONFIRMATION)
    verification.check_deadline()
    if verification.ended:
        return
    session = verification.session
    if isinstance(command, c.Confirm):
        if lacks_window(verification, shown=shown):
            return
        verification.take(confirm_operation(session, command.comment))
    else:
        verification.take(hand_over(session, command.reason, command.words))


def read_abort(untrusted_reason: str, untrusted_words: str) -> tuple[str, str]:
    """Return the code and the words of an end; a reason that is none is kept as the teller's.

    Raises OperationRefused for one without its words.
    """
    known = untrusted_reason in set(AbortReason)
    reason = AbortReason(untrusted_reason) if known else AbortReason.TELLER_ABORTED
    return reason.value, explain(reason, untrusted_words)


def _refuse(verification: Verification, command: c.RefuseOnSuspicion) -> None:
    if (verification.state, SuspicionRaised) not in TRANSITIONS:
        raise IllegalTransition(f"{verification.state.value} is not refused on suspicion")
    move = raise_suspicion(verification.session, command.reason, command.words)
    verification.biometrics.stop(move.step)
    verification.take(move)
