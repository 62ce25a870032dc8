"""The station's parked cases: put aside, listed, taken up again, closed."""

from typing import Final

from workstation.accounts.operators import Permission, require
from workstation.cases.parked_case import ParkedCase, WaitsFor
from workstation.errors import CaseRefused, IllegalTransition, OperationRefused
from workstation.records.journal import SignedIn, WaitingCase
from workstation.review.waiting_review import WaitingReview
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.closing import read_abort
from workstation.station.desk import Desk
from workstation.station.log_view import LogVerification
from workstation.station.task import Task, registries_task
from workstation.verification.parking.starting import find_reason_to_close, report_foreign_file
from workstation.verification.parking.waiting import (
    open_waiting,
    park_case,
    restore_case,
    take_up_case,
)
from workstation.verification.services import Services

__all__ = ["CaseList"]

_WAITS: Final = {
    State.PRECHECKS: WaitsFor.REGISTRY,
    State.AUTHORITY: WaitsFor.AUTHORITY,
    State.LIVENESS: WaitsFor.CAMERA,
    State.SIGNATURE: WaitsFor.CUSTOMER,
    State.REVIEW: WaitsFor.REVIEW,
}
"""From where a case may be parked, and what it waits for then."""

_LOOK_MS: Final = 60_000
"""How often it is looked whether a case has waited too long."""


class CaseList:
    """Owned by the station's thread; the log says which cases wait, their files what they are."""

    def __init__(self, services: Services, desk: Desk) -> None:
        self._services = services
        self._desk = desk
        self._views: dict[str, ParkedCase] = {}
        self._reviews: dict[str, WaitingReview] = {}
        self._next_look_ms = services.clock.mono_ms() + _LOOK_MS
        for waiting in services.journal.waiting.values():
            self._list(waiting)

    @property
    def cases(self) -> tuple[ParkedCase, ...]:
        """Return the cases that wait, the oldest first."""
        waiting = self._services.journal.waiting
        shown = (view for case, view in self._views.items() if case in waiting)
        return tuple(sorted(shown, key=lambda each: (each.parked_ms, each.number)))

    @property
    def reviews(self) -> tuple[WaitingReview, ...]:
        """Return the cases that wait for a supervisor's look, the oldest first."""
        return tuple(self._reviews[each.case] for each in self.cases if each.case in self._reviews)

    def list_again(self, before: WaitingCase) -> None:
        """List a case as it waits now that something was said of it, or no longer."""
        waiting = self._services.journal.waiting.get(before.case)
        if waiting is None:
            self._forget(before)
        else:
            self._list(waiting)

    def perform(
        self,
        command: c.ParkSession | c.TakeUpCase | c.CloseCase,
        who: SignedIn | None,
        log: LogVerification | None,
    ) -> Task | None:
        """Park the case at the desk, or take up or close one that waits.

        log  the newest verification of the log
        Raises IllegalTransition, OperationRefused, RoleMissing, or what the analysis raises.
        """
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.RUN_SESSION)
        try:
            match command:
                case c.ParkSession():
                    self._park()
                    return None
                case c.TakeUpCase(case=case):
                    self._desk.require_trusted(log)
                    self._close_expired()
                    return self._take_up(case, who)
                case c.CloseCase(case=case, reason=reason):
                    self._close(case, reason, who)
                    return None
        except CaseRefused as refused:
            raise OperationRefused("case", f"case.{refused.detail}") from refused

    def expire(self) -> bool:
        """Close what has waited longer than the policy allows; return whether anything changed."""
        now_ms = self._services.clock.mono_ms()
        if now_ms < self._next_look_ms:
            return False
        self._next_look_ms = now_ms + _LOOK_MS
        return self._close_expired()

    def _close_expired(self) -> bool:
        services = self._services
        wall_ms, report = services.clock.wall_ms(), services.alarms.report
        expired = [each for each in self.cases if wall_ms >= each.until_ms]
        for view in expired:
            waiting = services.journal.waiting[view.case]
            if reason := find_reason_to_close(services.cases, waiting, wall_ms, report):
                services.journal.close_waiting(waiting, reason)
                self._forget(waiting)
        return bool(expired)

    def _park(self) -> None:
        """Free the seat; a running attempt is ended first, or it would be left when it fails."""
        verification = self._desk.require_verification()
        verification.require(*_WAITS)
        if verification.biometrics.running:
            raise IllegalTransition("an attempt runs")
        self._desk.stop_signing()
        park_case(verification, _WAITS[verification.state])
        if verification.state is State.PARKED:
            self._list(self._services.journal.waiting[verification.case.id])
            self._desk.verification = None

    def _take_up(self, case: str, who: SignedIn) -> Task | None:
        self._desk.require_free_seat()
        waiting = self._require_waiting(case)
        try:
            verification = take_up_case(self._services, waiting, who)
        except CaseRefused as refused:
            report_foreign_file(self._services.alarms.report, refused)
            raise
        self._desk.verification = verification
        return None if verification.ended else registries_task(verification)

    def _close(self, case: str, reason: str, who: SignedIn) -> None:
        """End a case that waits as one at the desk is ended: with its record and its evidence.

        What cannot be restored any more ends without evidence, by the log's own key.
        """
        self._desk.require_free_seat()
        read_abort(reason, "")  # refused before the case is taken to the seat
        waiting = self._require_waiting(case)
        services = self._services
        services.cases.claim(case)
        try:
            self._desk.verification = restore_case(services, waiting, who)
            self._desk.leave(reason)
        except CaseRefused as refused:
            report_foreign_file(self._services.alarms.report, refused)
            services.journal.close_waiting(waiting, f"case.{refused.detail}")
        finally:
            services.cases.release(case)
        if case not in services.journal.waiting:
            self._forget(waiting)

    def _require_waiting(self, case: str) -> WaitingCase:
        waiting = self._services.journal.waiting.get(case)
        if waiting is None:
            raise CaseRefused("not_found")
        return waiting

    def _list(self, waiting: WaitingCase) -> None:
        self._reviews.pop(waiting.case, None)
        try:
            contents = open_waiting(self._services.cases, waiting)
            self._views[waiting.case] = contents.view()
            if (review := contents.waiting_review()) is not None:
                self._reviews[waiting.case] = review
        except CaseRefused as refused:
            report_foreign_file(self._services.alarms.report, refused)

    def _forget(self, waiting: WaitingCase) -> None:
        self._views.pop(waiting.case, None)
        self._reviews.pop(waiting.case, None)
        kept = self._services.cases.find(waiting.case, waiting.sha256)
        if kept is not None:
            self._services.cases.remove(kept)
