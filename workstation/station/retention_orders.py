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
    admit: Callable[[str, str], Authenticated],
) -> tuple[Callable[[], CasePayload], Callable[[CasePayload], None]]:
    """Return what finds the evidence, for a worker, and what orders it, for the station's thread.

    admit  takes an id and a secret that are typed at the desk
    """
    first = services_first = None if services.administration is None else office
    if services_first is None or first is None:
        raise OperationRefused("operator")

    def find() -> CasePayload:
        with office.open_log() as log, log.snapshot() as view:
            payload = find_payload(view, command.number, "")
            if isinstance(command, OrderErasure):
                require_erasable(view, payload)
                day = local_day(services.now())
                require_term(services.policy, payload, ErasureBasis(command.basis), day)
            return payload

    return find, lambda payload: _order(services, command, payload, admit)
