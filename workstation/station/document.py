"""What the teller asks of the customer's document, handed to the session that runs."""

from workstation.errors import IllegalTransition
from workstation.station import commands as c
from workstation.station.task import Task, chip_task
from workstation.verification.move import Warn
from workstation.verification.reference.octets import REFERENCE_REFUSED
from workstation.verification.reference.typed_key import TypedKey
from workstation.verification.verification import Verification

__all__ = ["read_chip", "read_document"]


def read_document(
    verification: Verification, unusable: str, *, busy: bool, chip: bool = False
) -> None:
    """Let the camera's frames be looked at for the customer's document.

    unusable  code of why the camera gives no image, empty while it does
    chip      only for what opens the chip

    Raises IllegalTransition while something else is waited for.
    """
    _require_idle(busy=busy)
    if unusable:
        verification.take(Warn(REFERENCE_REFUSED, unusable))
        return
    customer = verification.person
    move = verification.document.begin_camera(verification.session, customer, chip=chip)
    verification.message = ""
    verification.take(move)


def read_chip(
    verification: Verification, command: c.ReadChip, unusable: str, *, busy: bool
) -> Task | None:
    """Return the reading of the chip; None where none can be read, or its key is not known yet.

    What opens it is typed, or was read by the camera in this session, or is read by it first.
    Raises IllegalTransition while something else is waited for.
    """
    _require_idle(busy=busy)
    session, document = verification.session, verification.document
    typed = TypedKey(command.untrusted_number, command.untrusted_birth, command.untrusted_expiry)
    if fault := document.find_chip_fault(session, typed, verification.person):
        verification.take(fault)
        return None
    verification.message = ""
    key = document.find_key(typed)
    if key is None:
        read_document(verification, unusable, busy=busy, chip=True)
        return None
    return chip_task(verification, key)


def _require_idle(*, busy: bool) -> None:
    if busy:
        raise IllegalTransition("a document is read already")
