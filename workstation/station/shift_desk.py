"""The end of a shift on a supervisor's order: counted in a worker, written under the own key."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from crypto.log.audit.reader import LogReader
from workstation.accounts.operators import Permission, require
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.records.shifts.count import ShiftCount, ShiftTally
from workstation.records.shifts.reading import count_shift, read_cases
from workstation.shift.closed import ClosedShift
from workstation.shift.closing import (
    SavedShift,
    close_shift,
    find_closed,
    require_words,
    save_shift,
)
from workstation.shift.report import ReportPlace
from workstation.station import commands as c
from workstation.station.publisher import Publisher
from workstation.station.shift_view import ClosedView, ShiftView
from workstation.station.sign_in import OperatorSession
from workstation.station.task import Task
from workstation.verification.officers.review import single_line
from workstation.verification.services import Services

__all__ = ["WHAT", "ShiftDesk"]

WHAT: Final = "shift"
_PERMITS: Final = "*.jws"


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the worker brings back: the tally is the station's from then on."""

    tally: ShiftTally
    count: ShiftCount
    permits_waiting: int
    cases: Mapping[int, str]


class ShiftDesk:
    """Belongs to the station's thread; one task at a time."""

    def __init__(
        self, services: Services, publisher: Publisher, operators: OperatorSession
    ) -> None:
        self._services = services
        self._publisher = publisher
        self._operators = operators
        self._tally: ShiftTally | None = None
        self._running = False

    def perform(self, command: c.CountShift | c.CloseShift | c.SaveShift) -> Task | None:
        """Count the shift, end it, or write the files of the one that ended last once more.

        Raises OperationRefused, RoleMissing, OperatorRefused and OperatorLocked for the secret.
        """
        who = self._require_supervisor()
        if self._running:
            return None
        match command:
            case c.CountShift():
                return self._begin(who, self._count, self._take_count)
            case c.CloseShift():
                return self._close(who, command)
            case c.SaveShift():
                self._publisher.show_message("")
                return self._begin(who, self._find_and_save, self._take_saved)

    def clear(self) -> None:
        """Show nothing of the shift any more: whoever saw it has left."""
        self._tally = None
        self._publisher.change(shift=None)

    def _require_supervisor(self) -> SignedIn:
        who = self._operators.who
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.CLOSE_SHIFT)
        self._operators.require_in_force()
        return who

    @property
    def _view(self) -> ShiftView:
        return self._publisher.status.shift or ShiftView()

    def _begin(self, who: SignedIn, run: Callable[[], object], done: Callable[..., None]) -> Task:
        """Return work whose outcome is shown to who asked for it, and to nobody who came since."""
        self._running = True
        self._publisher.change(shift=replace(self._view, running=True))

        def end(show: Callable[..., None], outcome: object) -> None:
            self._running = False
            here = self._operators.who
            if here is not None and here.operator == who.operator:
                show(outcome)

        return Task(WHAT, run, partial(end, done), partial(end, self._fail))

    def _count(self) -> _Counted:
        services = self._services
        with (
            LogReader(services.log_path, services.log_key.vkey) as reader,
            reader.snapshot() as view,
        ):
            tally = count_shift(view, cancelled=lambda: False, progress=lambda *_: None)
            count = tally.count()
            cases = read_cases(view, (each.number for each in count.state.open))
        waiting = sum(1 for _ in services.core_banking.glob(_PERMITS))
        return _Counted(tally, count, waiting, cases)

    def _take_count(self, counted: _Counted) -> None:
        self._tally = counted.tally
        self._publisher.change(
            shift=ShiftView(
                count=counted.count,
                permits_waiting=counted.permits_waiting,
                cases=counted.cases,
            )
        )

    def _close(self, who: SignedIn, command: c.CloseShift) -> Task | None:
        """Let the supervisor, authenticated anew, end the shift that is shown."""
        tally, words = self._tally, single_line(command.words)
        if tally is None or self._view.count is None:
            raise OperationRefused("shift", "shift.not_counted")
        # Before the secret is asked: a refusal would leave a presence in the log without an act.
        require_words(self._view.count, words)
        self._publisher.show_message("")
        operators, journal = self._operators, self._services.journal
        person = operators.authenticate(who.operator.id, command.secret, source=who.operator.id)
        supervisor = self._services.authenticator.sign_in(person)
        try:
            closed = close_shift(journal, supervisor, tally, words)
        finally:
            self._tally = None
            # The last entry of a presence sends the newest head to the other places.
            journal.sign_out(supervisor, reason="shift_closed")
        self._publisher.change(shift=ShiftView(count=closed.count, closed=_describe(closed, None)))
        return self._begin(who, lambda: (closed, self._save(closed)), self._take_saved)

    def _find_and_save(self) -> tuple[ClosedShift, SavedShift] | None:
        services = self._services
        with LogReader(services.log_path, services.log_key.vkey) as reader:
            closed = find_closed(reader)
        return None if closed is None else (closed, self._save(closed))

    def _save(self, closed: ClosedShift) -> SavedShift:
        facts = self._services.facts
        place = ReportPlace(
            facts.bank,
            facts.branch,
            facts.station,
            self._services.simulated,
            dict(self._services.policy.words()),
        )
        return save_shift(closed, self._services.outbox, place, self._publisher.status.language)

    def _take_saved(self, found: tuple[ClosedShift, SavedShift] | None) -> None:
        if found is None:
            self._publisher.change(shift=replace(self._view, running=False))
            self._publisher.show_message("shift.none_closed")
        else:
            closed, saved = found
            self._publisher.change(
                shift=ShiftView(count=closed.count, closed=_describe(closed, saved))
            )

    def _fail(self, _error: Exception) -> None:
        self._publisher.change(shift=replace(self._view, running=False))
        self._publisher.show_message("shift.not_counted")


def _describe(closed: ClosedShift, saved: SavedShift | None) -> ClosedView:
    head = closed.head.checkpoint
    return ClosedView(
        number=closed.number,
        closed_ms=closed.closed_ms,
        size=head.size,
        root_base64=base64.b64encode(head.root).decode(),
        head=None if saved is None else saved.head,
        report=None if saved is None else saved.report,
        trouble="" if saved is None else saved.trouble,
    )
