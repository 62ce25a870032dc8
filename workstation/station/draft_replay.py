"""What rules that wait would have made of past sessions: judged in a worker, ended at any time."""

from collections.abc import Callable
from dataclasses import replace

from workstation.administration.reading import Administration, find_draft
from workstation.administration.view import ReplayView
from workstation.errors import OperationRefused
from workstation.replay.draft import DraftPolicy
from workstation.replay.judgement import Change
from workstation.replay.report import ReplayReport, Selection, replay_log
from workstation.station.watched_run import WatchedRun
from workstation.verification.services import Services

__all__ = ["DraftReplay"]


class DraftReplay:
    """At most one at a time; owned by the station's thread, its work runs in a worker.

    shown  what the page of rules shows of it; None before the first
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._run: WatchedRun | None = None
        self.shown: ReplayView | None = None

    def begin(self, office: Administration) -> Callable[[], ReplayReport]:
        """Return the work; OperationRefused where nothing waits, or one runs already."""
        if self._run is not None:
            raise OperationRefused("replay", "rules.replay_runs")
        services = self._services
        draft = find_draft(office.loaded, services.policy, services.now())
        if draft is None:
            raise OperationRefused("replay", "rules.no_draft")
        run = self._run = WatchedRun()
        self.shown = ReplayView(running=True)
        known = {services.policy.sha256: services.policy}

        def judge() -> ReplayReport:
            with office.open_log() as log, log.snapshot() as view:
                return replay_log(
                    view,
                    DraftPolicy(draft.policy, known),
                    Selection(),
                    progress=run.tell,
                    cancelled=run.cancelled.is_set,
                )

        return judge

    def finish(self, report: ReplayReport | None) -> None:
        """Take the outcome; None when it failed."""
        self._run = None
        if report is None:
            self.shown = None
            return
        counts = tuple((each.value, report.count(each)) for each in Change)
        self.shown = ReplayView(
            records=report.records, complete=report.complete, counts=counts, size=report.size
        )

    def stop(self) -> None:
        """End what runs; what was judged until then is shown as a part."""
        if self._run is not None:
            self._run.cancelled.set()

    def look(self) -> bool:
        """Take note of how far it is; whether anything has changed."""
        run, shown = self._run, self.shown
        if run is None or shown is None or run.far == (shown.done, shown.size):
            return False
        self.shown = replace(shown, done=run.far[0], size=run.far[1])
        return True
