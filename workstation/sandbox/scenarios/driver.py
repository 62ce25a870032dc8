"""A station without threads: every command, task and camera frame in the caller's own order.

`workstation-ctl demo`, scenarios and tests use it; the desktop uses `workstation.station.runtime`.
Both drive the same Station.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from vision.camera.control import challenge_device
from vision.camera.delivery import DeliveryWatch
from vision.errors import CameraError, CameraUnavailable
from vision.frame import Camera
from vision.results import Status
from workstation.rules.checks import CheckName
from workstation.sandbox.demo import DEMO_SECRET, SUPERVISOR
from workstation.session.overrides.reasons import list_reasons
from workstation.session.states import State
from workstation.station import commands as c
from workstation.station.capture import code_of
from workstation.station.commands import Command, ReportCustomerWindow
from workstation.station.snapshot import PreviewImage, SessionSnapshot, StationStatus
from workstation.station.station import Station
from workstation.station.task import Task
from workstation.verification.services import Services

__all__ = ["InlineDriver", "Recorder", "waive_check"]

_log = logging.getLogger(__name__)
_MAX_FRAMES = 30 * 120


@dataclass
class Recorder:
    """A Listener that keeps the newest snapshots and every message."""

    snapshot: SessionSnapshot = field(default_factory=lambda: SessionSnapshot(State.IDLE))
    status: StationStatus | None = None
    messages: list[str] = field(default_factory=list)

    def session_changed(self, snapshot: SessionSnapshot) -> None:
        """Keep the session's snapshot, and its message when it is new."""
        for message, before in (
            (snapshot.message, self.snapshot.message),
            (snapshot.attempt_reason, self.snapshot.attempt_reason),
        ):
            if message and message != before:
                self.messages.append(message)
        self.snapshot = snapshot

    def station_changed(self, status: StationStatus) -> None:
        """Keep the station's status, and its message when it is new."""
        if status.message and (self.status is None or status.message != self.status.message):
            self.messages.append(status.message)
        self.status = status

    def preview(self, image: PreviewImage) -> None:
        """Preview images are not looked at here."""


class InlineDriver:
    """Drives one station; unexpected exceptions end the session as in the runtime's loop."""

    def __init__(self, services: Services) -> None:
        self.recorder = Recorder()
        self.services = services
        self.station = Station(services, self.recorder)
        # The customer of a scenario sits before a window of their own and reads.
        self.station.handle(ReportCustomerWindow(shown=True))
        self.camera: Camera | None = None
        self._watch: DeliveryWatch | None = None

    @property
    def snapshot(self) -> SessionSnapshot:
        """Return the newest snapshot of the session."""
        return self.recorder.snapshot

    def do(self, command: Command) -> SessionSnapshot:
        """Perform a command and every task that follows from it."""
        return self._finish(self._guard(lambda: self.station.handle(command)))

    def wait(self) -> SessionSnapshot:
        """Let the station ask whoever it waits for, if it is time."""
        return self._finish(self._guard(self.station.tick))

    def _finish(self, task: Task | None) -> SessionSnapshot:
        """Perform a task and every one that follows from it."""
        while task is not None:
            try:
                outcome: object = task.run()
            except Exception as error:  # noqa: BLE001 - the station judges it
                outcome = error
            task = self._guard(partial(self.station.finish, task, outcome))
        return self.snapshot

    def connect_camera(self) -> bool:
        """Open the configured camera; False when it is not there."""
        try:
            camera = self.services.open_camera()
            self._require_response(camera)
        except CameraError as error:
            self.station.camera_failed(code_of(error))
            return False
        self.camera, self._watch = camera, DeliveryWatch(camera.identity.kind)
        self.station.camera_opened(camera)
        return True

    def _require_response(self, camera: Camera) -> None:
        """Challenge the device as the capture thread does."""
        response = challenge_device(camera, self.services.rng)
        self.station.camera_challenged(response)
        if response.status is Status.FAILED:
            camera.close()
            raise CameraUnavailable(response.reason)

    def feed_frames(
        self, *, until: Callable[[SessionSnapshot], bool] | None = None, every: int = 1
    ) -> SessionSnapshot:
        """Feed camera frames while the station wants them, at most two minutes of them.

        every  of so many frames the last one; the others come while one is looked at, and are lost
        """
        for number in range(1, _MAX_FRAMES + 1):
            if self.camera is None or not self.station.wants_frames:
                break
            if until is not None and until(self.snapshot):
                break
            try:
                frame = self.camera.read()
            except CameraError as error:
                self.station.camera_failed(code_of(error))
                break
            # A picture that a slow machine draws for seconds is no sleep of the computer.
            self.station.breaks.restart()
            delivery = None if self._watch is None else self._watch.observe(frame)
            if delivery is not None:
                self.station.camera_watched(delivery)
            if number % every == 0:
                self._guard(partial(self.station.take_frame, frame, self.camera))
        return self.snapshot

    @property
    def last_case(self) -> str:
        """Return the id of the newest session, empty before the first."""
        verification = self.station.verification
        return "" if verification is None else verification.case.id

    def close(self) -> None:
        """Sign out and let the camera go."""
        self.station.close("closed")
        if self.camera is not None:
            self.camera.close()

    def _guard(self, step: Callable[[], Task | None]) -> Task | None:
        try:
            return step()
        except Exception:  # noqa: BLE001 - as in the runtime: a fault, never a crash
            _log.exception("unexpected failure")
            self.station.fault("internal")
            return None


def waive_check(check: CheckName, words: str) -> c.Override:
    """Return the supervisor's override of one check, for the first reason of its list."""
    return c.Override(SUPERVISOR, check, list_reasons(check)[0], words, secret=DEMO_SECRET)
