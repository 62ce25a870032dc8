"""The station's parked cases: put aside, listed, taken up again, closed."""

from typing import Final

from workstation.accounts.operators import Permission, require
from workstation.cases.parked_case import ParkedCase, WaitsFor
from workstation.errors import IllegalTransition, OperationRefused
from workstation.records.journal import SignedIn
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.desk import Desk
from workstation.station.task import Task, registries_task
from workstation.verification.parking.waiting import come_back, park_case
from workstation.verification.services import Services
from workstation.verification.verification import Verification

__all__ = ["CaseList"]

_WAITS: Final = {
    State.PRECHECKS: WaitsFor.REGISTRY,
    State.AUTHORITY: WaitsFor.AUTHORITY,
    State.LIVENESS: WaitsFor.CAMERA,
    State.SIGNATURE: WaitsFor.CUSTOMER,
}
"""From where a case may be parked, and what it waits for then."""

_HOUR_MS: Final = 3_600_000


class CaseList:
    """Owned by the station's thread."""

    def __init__(self, services: Services, desk: Desk) -> None:
        self._services = services
        self._desk = desk
        self._parked: dict[str, tuple[ParkedCase, Verification]] = {}

    @property
    def cases(self) -> tuple[ParkedCase, ...]:
        """Return the cases that wait, the oldest first."""
        return tuple(case for case, _ in self._parked.values())

    def perform(
        self, command: c.ParkSession | c.TakeUpCase | c.CloseCase, who: SignedIn | None
    ) -> Task | None:
        """Park the case at the desk, or take up or close one that waits; IllegalTransition."""
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.RUN_SESSION)
        match command:
            case c.ParkSession():
                self._park(who)
                return None
            case c.TakeUpCase(case=case):
                return self._take_up(case, who)
            case c.CloseCase(case=case, reason=reason):
                self._close(case, reason, who)
                return None

    def _park(self, who: SignedIn) -> None:
        """Free the seat; a running attempt is ended first, or it would be left when it fails."""
        verification = self._desk.require_verification()
        verification.require(*_WAITS)
        if verification.biometrics.running:
            raise IllegalTransition("an attempt runs")
        waits_for = _WAITS[verification.state]
        self._desk.stop_signing()
        park_case(verification)
        if verification.state is not State.PARKED:
            return
        self._parked[verification.case.id] = (
            self._describe(verification, waits_for, who),
            verification,
        )
        self._desk.verification = None

    def _take_up(self, case: str, who: SignedIn) -> Task | None:
        self._require_free_seat()
        _, verification = self._find(case)
        del self._parked[case]
        self._desk.verification = verification
        come_back(verification, who)
        return None if verification.ended else registries_task(verification)

    def _close(self, case: str, reason: str, who: SignedIn) -> None:
        self._require_free_seat()
        _, verification = self._find(case)
        del self._parked[case]
        verification.who = who
        self._desk.verification = verification
        self._desk.leave(reason)

    def _find(self, case: str) -> tuple[ParkedCase, Verification]:
        if case not in self._parked:
            raise OperationRefused("case", "case.not_found")
        return self._parked[case]

    def _require_free_seat(self) -> None:
        verification = self._desk.verification
        if verification is not None and not verification.ended:
            raise OperationRefused("session")

    def _describe(
        self, verification: Verification, waits_for: WaitsFor, who: SignedIn
    ) -> ParkedCase:
        case, now_ms = verification.case, self._services.clock.wall_ms()
        hours = verification.session.policy.parked_hours
        return ParkedCase(
            case=case.id,
            number=verification.number,
            kind=case.operation.kind,
            client_name=case.client.name,
            iin_masked=case.client.iin.masked,
            parked_ms=now_ms,
            until_ms=now_ms + hours * _HOUR_MS,
            waits_for=waits_for,
            by=who.operator.id,
        )
