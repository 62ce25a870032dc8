"""How a case leaves the seat and how it comes back to one."""

from workstation.records.journal import SignedIn
from workstation.session.events import CustomerCameBack, CustomerParked
from workstation.verification.move import Advance
from workstation.verification.opening import RegistryInquiry
from workstation.verification.verification import Verification

__all__ = ["come_back", "park_case"]


def park_case(verification: Verification) -> None:
    """Let the case wait; what is of the live face is forgotten."""
    # Waiting takes hours; the deadline counts the time at the desk.
    verification.watch.pause()
    verification.take(Advance(CustomerParked(verification.case.id), "parked", {}))
    for side in verification.sides.values():
        side.stop_waiting()
        side.forget_live()


def come_back(verification: Verification, who: SignedIn) -> None:
    """Go on with a parked case: the registries are asked anew, then the customer is seen."""
    case = verification.case
    verification.who = who
    verification.registries = RegistryInquiry(verification.services, who, case)
    verification.take(Advance(CustomerCameBack(case.id, who.operator.id), "came_back", {}))
    verification.watch.resume()
