"""Orders about sealed evidence, by two administrators at the desk: held, let go again, erased."""

from collections.abc import Callable

from workstation.accounts.operators import Authenticated
from workstation.administration.reading import Administration
from workstation.errors import ErasureRefused, OperationRefused
from workstation.evidence.case_entries import CasePayload, find_payload
from workstation.evidence.orders import (
    ErasureBasis,
    order_erasure,
    order_hold,
    require_erasable,
)
from workstation.evidence.retention import require_term
from workstation.records.vault import PayloadVault
from workstation.rules.local_time import local_day
from workstation.rules.parties import person_key
from workstation.station.administration_commands import OrderErasure, OrderHold
from workstation.verification.services import Services

__all__ = ["begin_order"]


def begin_order(
    services: Services,
    office: Administration,
    command: OrderHold | OrderErasure,
    own_id: str,
    admit: Callable[[str, str], Authenticated],
) -> tuple[Callable[[], CasePayload], Callable[[CasePayload], None]]:
    """Return what finds the evidence, for a worker, and what orders it, for the station's thread.

    own_id  of who is signed in
    admit   takes an id and a secret that are typed at the desk

    Raises OperationRefused where one person would order it twice.
    """
    if person_key(command.second) == person_key(own_id):
        raise OperationRefused("second", "changes.signature")

    def find() -> CasePayload:
        with office.open_log() as log, log.snapshot() as view:
            payload = find_payload(view, command.number, "")
            if isinstance(command, OrderErasure):
                require_erasable(view, payload)
                day = local_day(services.now())
                require_term(services.policy, payload, ErasureBasis(command.basis), day)
            return payload

    def order(payload: CasePayload) -> None:
        signers = (
            admit(own_id, command.secret).credential,
            admit(command.second, command.second_secret).credential,
        )
        log = services.journal.log
        if isinstance(command, OrderHold):
            order_hold(log, payload, command.order, signers, held=not command.lift)
            return
        vault = services.vault
        if not isinstance(vault, PayloadVault):
            raise ErasureRefused("no vault")
        reason = (ErasureBasis(command.basis), command.order)
        order_erasure(log, vault.store, payload, reason, signers)

    return find, order
