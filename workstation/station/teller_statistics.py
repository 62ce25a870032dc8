"""The figures of tellers on the order of who may read the log: in a worker, once at a time."""

import hashlib
from dataclasses import replace
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.files.durable import create_anywhere
from crypto.log.audit.reader import LogReader
from workstation.accounts.operators import Permission, require
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.records.shifts.reading import CountingStopped, read_cases
from workstation.rules.local_time import count_local_day
from workstation.shift.risk import find_risks
from workstation.shift.statistics import OpeningHours, count_tellers
from workstation.station import commands as c
from workstation.station.publisher import Publisher
from workstation.station.shift_view import StatisticsView
from workstation.station.task import Task
from workstation.station.watched_run import WatchedRun
from workstation.verification.services import Services

__all__ = ["MOST_NAMED", "WHAT", "TellerStatistics"]

WHAT: Final = "statistics"
MOST_NAMED: Final = 50
"""Cases of one indicator that can be opened from the list; the count tells how many there are."""


class TellerStatistics:
    """Belongs to the station's thread."""

    def __init__(self, services: Services, publisher: Publisher) -> None:
        self._services = services
        self._publisher = publisher
        self._run: WatchedRun | None = None
        self._before: StatisticsView | None = None

    def perform(
        self, command: c.CountStatistics | c.StopCounting | c.SaveStatistics, who: SignedIn | None
    ) -> Task | None:
        """Begin to count a period, or end the counting; what was counted before stays shown.

        Raises OperationRefused when nobody is signed in or the period is none, RoleMissing.
        """
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.READ_LOG)
        if isinstance(command, c.SaveStatistics):
            return self._save(command, who)
        if isinstance(command, c.StopCounting):
            self.stop()
            return None
        days = _find_days(command)
        if self._run is not None:
            # Another period was asked for: the one that runs says nothing any more.
            self.stop()
        return self._begin(command, days)

    def stop(self) -> None:
        """End the counting that runs."""
        if self._run is not None:
            self._run.cancelled.set()

    def clear(self) -> None:
        """Show nothing any more: whoever saw it has left."""
        self.stop()
        self._run = self._before = None
        self._publisher.change(statistics=None)

    def look(self) -> bool:
        """Show how far the counting is; whether anything has changed."""
        shown, run = self._publisher.status.statistics, self._run
        if run is None or shown is None or (shown.done, shown.total) == run.far:
            return False
        self._publisher.change(statistics=replace(shown, done=run.far[0], total=run.far[1]))
        return True

    def _begin(self, command: c.CountStatistics, days: tuple[int, int]) -> Task:
        run = self._run = WatchedRun()
        shown = self._publisher.status.statistics
        self._before = None if shown is None or shown.running else shown
        asked = StatisticsView(command.since_ms, command.until_ms)
        self._publisher.change(statistics=replace(asked, running=True))

        def done(found: StatisticsView) -> None:
            if self._run is run:
                self._end(found)

        def failed(error: Exception) -> None:
            if self._run is run:
                self._end(self._before)
                if not isinstance(error, CountingStopped):
                    self._publisher.show_message("statistics.not_counted")

        return Task(WHAT, lambda: self._count(run, asked, days), done, failed)

    def _save(self, command: c.SaveStatistics, who: SignedIn) -> Task:
        """Write the table where the person wants it; the log says so before the file is there."""
        require(who.operator, Permission.EXPORT_LOG)
        shown = self._publisher.status.statistics
        if shown is None or shown.running:
            raise OperationRefused("period", "statistics.no_period")
        period: dict[str, JsonValue] = {"since_ms": shown.since_ms, "until_ms": shown.until_ms}
        facts: dict[str, JsonValue] = {
            "export": "tellers",
            "query": period,
            "rows": len(shown.tellers),
            "sha256": hashlib.sha256(command.table).hexdigest(),
            "size": len(command.table),
        }
        self._services.journal.record_export(who, facts)

        def tell(code: str) -> None:
            now = self._publisher.status.statistics
            if now is not None:
                self._publisher.change(statistics=replace(now, saved=code))

        return Task(
            WHAT,
            lambda: create_anywhere(command.path, command.table),
            lambda _none: tell("statistics.saved"),
            lambda error: tell(
                "export_exists" if isinstance(error, FileExistsError) else "statistics.not_saved"
            ),
        )

    def _count(
        self, run: WatchedRun, asked: StatisticsView, days: tuple[int, int]
    ) -> StatisticsView:
        services, facts = self._services, self._services.facts
        with (
            LogReader(services.log_path, services.log_key.vkey) as reader,
            reader.snapshot() as view,
        ):
            tellers = count_tellers(
                view,
                services.log_path,
                days,
                OpeningHours.parse(facts.opens, facts.closes),
                key=services.pieces_key,
                cancelled=run.cancelled.is_set,
                progress=run.tell,
            )
            risks = find_risks(tellers)
            named = [number for risk in risks for number in risk.cases[:MOST_NAMED]]
            cases = read_cases(view, sorted(set(named)))
        return replace(asked, tellers=tellers, risks=risks, cases=cases)

    def _end(self, shown: StatisticsView | None) -> None:
        self._run = None
        self._publisher.change(statistics=shown)


def _find_days(command: c.CountStatistics) -> tuple[int, int]:
    """Return the days of a period, the second outside; OperationRefused for one that is none."""
    since, until = count_local_day(command.since_ms), count_local_day(command.until_ms)
    if not 0 <= since < until:
        raise OperationRefused("period", "statistics.no_period")
    return since, until
