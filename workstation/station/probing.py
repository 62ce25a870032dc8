"""Probes that an administrator asks for: begun here, run beside the session, shown as they end."""

import threading
from typing import Final

from workstation.accounts.operators import Permission, require
from workstation.diagnosis.probe import ProbeResult, ProbeRunner
from workstation.diagnosis.registries import Inquiry
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.station import commands as c
from workstation.station.publisher import Publisher
from workstation.station.task import Task
from workstation.verification.services import Services

__all__ = ["WHAT", "Probing"]

WHAT: Final = "probes"


class Probing:
    """Belongs to the station's thread; results come from the thread of the task, through a lock."""

    def __init__(self, services: Services, publisher: Publisher) -> None:
        self._services = services
        self._publisher = publisher
        self._runner = ProbeRunner()
        self._guard = threading.Lock()
        self._ended: list[ProbeResult] = []
        self._stop = threading.Event()

    def perform(self, command: c.RunProbes, who: SignedIn | None) -> Task | None:
        """Begin probes; return the work, None while others run or when there are none.

        Raises OperationRefused when nobody is signed in, RoleMissing for a role that may not.
        """
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.MANAGE_STATION)
        diagnosis = self._services.diagnosis
        if diagnosis is None or self._publisher.status.probing:
            return None
        probes = diagnosis.find_probes(command.area, command.names, Inquiry(command.untrusted_iin))
        if not probes:
            return None
        self._publisher.change(probing=tuple(each.name for each in probes))
        stop = self._stop = threading.Event()
        return Task(
            what=WHAT,
            run=lambda: self._runner.run_all(probes, self._take, stop.is_set),
            done=lambda _: self._end(),
            failed=lambda _: self._end(),
        )

    def _take(self, result: ProbeResult) -> None:
        with self._guard:
            self._ended.append(result)

    def look(self) -> bool:
        """Show what has ended; whether anything has."""
        with self._guard:
            ended, self._ended = self._ended, []
        if not ended:
            return False
        status = self._publisher.status
        known = {each.name: each for each in status.probes}
        known |= {each.name: each for each in ended}
        names = {each.name for each in ended}
        left = tuple(each for each in status.probing if each not in names)
        self._publisher.change(probes=tuple(known.values()), probing=left)
        return True

    def _end(self) -> None:
        self.look()
        self._publisher.change(probing=())

    def stop(self) -> None:
        """Wait for no probe any more: the operator has left."""
        self._stop.set()
