"""What is done beside the counter: the log, alarms, cool-downs; no command here touches a case."""

from typing import Final

from workstation.errors import OperationRefused
from workstation.station import commands as c
from workstation.station.administering import Administering
from workstation.station.alarm_watch import AlarmWatch
from workstation.station.log_check import LogCheck
from workstation.station.log_exports import LogExports
from workstation.station.probing import Probing
from workstation.station.publisher import Publisher
from workstation.station.review_desk import ReviewDesk
from workstation.station.shift_desk import ShiftDesk
from workstation.station.sign_in import OperatorSession
from workstation.station.task import Task
from workstation.station.teller_statistics import TellerStatistics
from workstation.verification.services import Services

__all__ = ["BackOffice"]


class BackOffice:
    """Performs what supervisors, auditors and administrators ask of the station itself.

    COMMANDS  those that it performs; their errors are no matter of a running session
    """

    COMMANDS: Final = (
        c.VerifyLog,
        c.StopVerifyingLog,
        c.ExportLog,
        c.StopExport,
        c.LiftCoolDown,
        c.AcknowledgeAlarms,
        *(c.RunProbes, c.AllowCamera, c.UpdateLists),
        *(c.CountShift, c.CloseShift, c.SaveShift),
        *Administering.COMMANDS,
        *(c.OpenReview, c.GiveReview, c.OpenLook, c.GiveLook, c.LeaveReview),
        *(c.CountStatistics, c.StopCounting, c.SaveStatistics),
    )

    def __init__(
        self,
        services: Services,
        publisher: Publisher,
        operators: OperatorSession,
        reviews: ReviewDesk,
    ) -> None:
        self.reviews = reviews
        self._publisher = publisher
        self._operators = operators
        self._administering = Administering(services, publisher, operators)
        self._log_check = LogCheck(services, publisher)
        self._exports = LogExports(services, publisher, operators)
        self.alarms = AlarmWatch(services, publisher)
        self.probing = Probing(services, publisher)
        self._shift = ShiftDesk(services, publisher, operators)
        self._statistics = TellerStatistics(services, publisher)

    def look(self) -> bool:
        """Show how far what runs is; whether anything has changed."""
        looks = (
            self._log_check,
            self._exports,
            self.probing,
            self._statistics,
            self._administering,
            self.reviews.looks,
        )
        # Each is asked, whatever the first has seen.
        changed = [each.look() for each in looks]
        return any(changed)

    def note_index(self, size: int) -> bool:
        """Take note of how many entries the search knows; whether anything has changed."""
        changed = size != self._publisher.status.log_indexed
        if changed:
            self._publisher.change(log_indexed=size)
        return changed

    def clear(self) -> None:
        """Show nothing more of what whoever has left had asked for."""
        self._shift.clear()
        self._administering.clear()
        self._exports.stop()
        self._statistics.clear()
        self.probing.stop()

    def perform(self, command: c.Command) -> Task | None:
        """Perform one command; OperationRefused and RoleMissing as each says."""
        match command:
            case c.VerifyLog() | c.StopVerifyingLog():
                return self._log_check.perform(command, self._operators.who)
            case _ if isinstance(command, Administering.COMMANDS):
                return self._administering.perform(command)
            case c.ExportLog() | c.StopExport():
                return self._exports.perform(command)
            case c.RunProbes() | c.AllowCamera() | c.UpdateLists():
                self._operators.require_in_force()
                return self.probing.perform(command, self._operators.who)
            case c.LiftCoolDown():
                self._publisher.show_message("")
                self._operators.lift_cool_down(command)
            case c.AcknowledgeAlarms():
                self._publisher.show_message("")
                self._operators.require_in_force()
                self.alarms.acknowledge(self._operators.who)
            case _ if isinstance(command, c.QueueCommand):
                self._publisher.show_message("")
                self.reviews.perform(command, self._publisher.status.verification)
            case c.CountShift() | c.CloseShift() | c.SaveShift():
                return self._shift.perform(command)
            case c.CountStatistics() | c.StopCounting() | c.SaveStatistics():
                self._operators.require_in_force()
                return self._statistics.perform(command, self._operators.who)
            case _:
                raise OperationRefused("command")
        return None
