"""What the teller asks of the customer's document, handed to the session that runs."""

from workstation.errors import IllegalTransition
from workstation.station import commands as c
from workstation.station.task import Task, chip_task
from workstation.verification.reference.typed_key import TypedKey
from workstation.verification.verification import Verification

__all__ = ["await_photo", "read_chip"]


def read_chip(verification: Verification, command: c.ReadChip, *, busy: bool) -> Task | None:
    """Return the reading of the chip; None with a message where none can be read now.

    Raises IllegalTransition while something else is waited for.
    """
    if busy:
        raise IllegalTransition("a document is read already")
    session, customer = verification.session, verification.registries.customer
    typed = TypedKey(command.untrusted_number, command.untrusted_birth, command.untrusted_expiry)
    if fault := verification.document.find_chip_fault(session, typed, customer):
        verification.take(fault)
        return None
    return chip_task(verification, typed.compose())


def await_photo(verification: Verification, command: c.UseDocumentPhoto, unusable: str) -> None:
    """Let the next camera frame be the photo of the customer's document.

    unusable  code of why the camera gives no image, empty while it does
    """
    if unusable:
        verification.take(verification.reference.cancel(unusable))
        return
    move = verification.reference.await_document(
        verification.session,
        command.untrusted_iin,
        command.untrusted_number,
        verification.registries.document_number,
    )
    verification.take(move)
