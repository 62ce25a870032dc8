"""The verification of the whole log on an operator's order: once at a time, beside the session."""

from dataclasses import replace

from workstation.accounts.operators import Permission, require
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.station import commands as c
from workstation.station.audit_trail import verify_log
from workstation.station.log_view import LogVerification
from workstation.station.publisher import Publisher
from workstation.station.task import Task
from workstation.station.watched_run import WatchedRun
from workstation.verification.services import Services

__all__ = ["WHAT", "LogCheck"]

WHAT = "log"
_RUNNING = LogVerification(running=True, ok=False, size=0, first_bad=-1, reason="", finished_ms=0)


class LogCheck:
    """Starts, watches and ends the verification of the log; belongs to the station's thread."""

    def __init__(self, services: Services, publisher: Publisher) -> None:
        self._services = services
        self._publisher = publisher
        self._run: WatchedRun | None = None
        self._before: LogVerification | None = None

    def perform(
        self, command: c.VerifyLog | c.StopVerifyingLog, who: SignedIn | None
    ) -> Task | None:
        """Begin the verification or end a running one; return the work, None when there is none.

        What was known of the log before stays known when it is ended. Raises OperationRefused when
        nobody is signed in, RoleMissing for a role that may not.
        """
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.VERIFY_LOG)
        if isinstance(command, c.VerifyLog):
            return self._begin() if self._run is None else None
        if self._run is not None:
            self._run.cancelled.set()
        return None

    def _begin(self) -> Task:
        run = self._run = WatchedRun()
        self._before = self._publisher.status.verification
        # A log that was found broken stays so while it is verified again.
        broken = "" if self._before is None else self._before.reason
        self._publisher.change(verification=replace(_RUNNING, reason=broken))
        return Task(
            what=WHAT,
            run=lambda: verify_log(
                self._services, progress=run.tell, cancelled=run.cancelled.is_set
            ),
            done=lambda found: self._end(self._before if run.cancelled.is_set() else found),
            failed=self._fail,
        )

    def look(self) -> bool:
        """Show how far a running verification is; whether anything has changed."""
        shown = self._publisher.status.verification
        if self._run is None or shown is None or (shown.size, shown.total) == self._run.far:
            return False
        size, total = self._run.far
        self._publisher.change(verification=replace(shown, size=size, total=total))
        return True

    def _end(self, found: LogVerification | None) -> None:
        self._run = None
        self._publisher.change(verification=found)

    def _fail(self, _error: Exception) -> None:
        self._end(self._before)
        self._publisher.show_message("internal")
