"""What an administrator's pages of devices, trust and services ask for: probes, lists, cameras.

Begun here, run beside the session, shown as they end.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from crypto.canonical_json import JsonValue
from workstation.accounts.operators import Permission, require
from workstation.administration.staged_settings import StagedSettings
from workstation.charter.difference import ChangeCode
from workstation.diagnosis.areas import KINDS, ProbeArea
from workstation.diagnosis.camera_edit import allow_camera
from workstation.diagnosis.diagnosis import Diagnosis
from workstation.diagnosis.probe import Probe, ProbeResult, ProbeRunner
from workstation.diagnosis.registries import Inquiry
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.station import commands as c
from workstation.station.publisher import Publisher
from workstation.station.task import Task
from workstation.verification.services import Services

__all__ = ["WHAT", "Probing"]

WHAT: Final = "probes"
_ALLOWED: Final = "$.camera.allowed"
_FETCHING: Final = "lists"
"""Stands among the names of what is being tried while lists are fetched."""


class Probing:
    """Belongs to the station's thread; results come from the thread of the task, through a lock."""

    def __init__(self, services: Services, publisher: Publisher) -> None:
        self._services = services
        self._publisher = publisher
        self._runner = ProbeRunner()
        self._guard = threading.Lock()
        self._ended: list[ProbeResult] = []
        self._stop = threading.Event()

    def perform(
        self, command: c.RunProbes | c.AllowCamera | c.UpdateLists, who: SignedIn | None
    ) -> Task | None:
        """Begin what is asked for; return the work, None while other work runs.

        Raises OperationRefused when nobody is signed in, RoleMissing for a role that may not,
        SettingsRefused or CharterRefused where the settings cannot be changed or used.
        """
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.MANAGE_STATION)
        diagnosis = self._services.diagnosis
        if diagnosis is None or self._publisher.status.probing:
            return None
        match command:
            case c.AllowCamera(untrusted_hardware_id=hardware_id, allowed=allowed):
                self._stage(diagnosis, who, hardware_id, allowed=allowed)
                return None
            case c.UpdateLists():
                return self._fetch(diagnosis)
            case c.RunProbes(area=area, names=names, untrusted_iin=iin):
                return self._try(area, diagnosis.find_probes(area, names, Inquiry(iin)), names)

    def _stage(
        self, diagnosis: Diagnosis, who: SignedIn, hardware_id: str, *, allowed: bool
    ) -> None:
        """Let the change wait beside the settings in force, as every administrator's does."""
        staged = StagedSettings(diagnosis.loaded.folder)
        changed = allow_camera(staged.read_next(), hardware_id, allowed=allowed)
        facts: dict[str, JsonValue] = {"what": ChangeCode.SETTING_CHANGED.value, "at": _ALLOWED}
        self._services.journal.record_administration(who, "change.staged", facts)
        staged.stage(changed)
        self._publisher.show_message("camera_list.staged_sign")

    def _try(
        self, area: ProbeArea, probes: tuple[Probe, ...], names: tuple[str, ...]
    ) -> Task | None:
        if not names:
            # What is gone since, a camera or a list, is not shown as it was.
            left = (each for each in self._publisher.status.probes if each.kind not in KINDS[area])
            self._publisher.change(probes=tuple(left))
        if not probes:
            return None
        self._publisher.change(probing=tuple(each.name for each in probes))
        stop = self._stop = threading.Event()
        return self._task(lambda: self._runner.run_all(probes, self._take, stop.is_set))

    def _fetch(self, diagnosis: Diagnosis) -> Task:
        """Fetch the lists, then look at them again."""
        self._publisher.change(probing=(_FETCHING,))
        stop = self._stop = threading.Event()

        def run() -> None:
            self._services.revocation.update(self._services.now())
            probes = diagnosis.find_probes(ProbeArea.TRUST)
            self._runner.run_all(probes, self._take, stop.is_set)

        return self._task(run)

    def _task(self, run: Callable[[], None]) -> Task:
        return Task(what=WHAT, run=run, done=lambda _: self._end(), failed=lambda _: self._end())

    def _take(self, result: ProbeResult) -> None:
        noted = replace(result, at_ms=self._services.clock.wall_ms())
        with self._guard:
            self._ended.append(noted)

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
        self._publisher.show_lists()

    def stop(self) -> None:
        """Wait for no probe any more: the operator has left."""
        self._stop.set()
