"""The thread that owns the camera: opens it, reads it, opens it again when it was lost."""

import logging
import secrets
import threading
import time
from collections.abc import Callable

from vision.camera.control import ControlResponse, challenge_device
from vision.camera.delivery import Delivery, DeliveryWatch
from vision.camera.watchdog import CameraTrouble
from vision.errors import CameraError, CameraLost, CameraUnavailable
from vision.frame import Camera, Frame
from vision.results import Status
from workstation.station.mailbox import Mailbox
from workstation.station.preview import PreviewFeed
from workstation.station.snapshot import Listener

__all__ = ["Capture", "code_of"]

_log = logging.getLogger(__name__)
_REOPEN_S = 2.0


class Capture:
    """Frames wait in a mailbox of one, newest wins, so that a slow reader drops frames.

    The callables are called in the capture thread and return at once.

    challenged   how the device answered when its settings were changed: before `opened`, and again
                 after `challenge`
    opened       a camera works
    watched      how the camera delivers: when that changes, and once a second or so
    failed       a camera is missing or lost, with the stable code why
    frame_waits  the mailbox was empty and holds a frame to `take`
    """

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        listener: Listener,
        *,
        challenged: Callable[[ControlResponse], None],
        opened: Callable[[Camera], None],
        watched: Callable[[Delivery], None],
        failed: Callable[[str], None],
        frame_waits: Callable[[], None],
    ) -> None:
        self._open_camera = open_camera
        self._listener = listener
        self._challenged = challenged
        self._opened = opened
        self._watched = watched
        self._failed = failed
        self._frame_waits = frame_waits
        self._frames: Mailbox[tuple[Frame, Camera]] = Mailbox()
        self._stopping = threading.Event()
        self._challenge_due = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="capture", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def count_dropped(self) -> int:
        """Return how many frames nobody took before a newer one came."""
        return self._frames.dropped

    def take(self) -> tuple[Frame, Camera] | None:
        """Return the newest frame with its camera; None when it was taken already.

        None as well while the device is challenged: those images are dark on purpose.
        """
        return None if self._challenge_due.is_set() else self._frames.take()

    def challenge(self) -> None:
        """Change the device's settings and see whether the image follows; returns at once."""
        self._challenge_due.set()

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self._stopping.set()

    def join(self, deadline: float) -> tuple[str, ...]:
        """Wait until `deadline` (time.monotonic); return the thread's name if it lingers."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return (self._thread.name,) if self._thread.is_alive() else ()

    def _loop(self) -> None:
        while not self._stopping.is_set():
            try:
                self._until_lost()
            except CameraError as error:
                self._failed(code_of(error))
            except Exception:  # noqa: BLE001 - the thread must live on and say that it failed
                _log.exception("unexpected failure in the capture loop")
                self._failed("camera_lost")
            self._stopping.wait(_REOPEN_S)

    def _until_lost(self) -> None:
        camera = self._open_camera()
        feed = PreviewFeed(self._listener)
        watch = DeliveryWatch(camera.identity.kind)
        try:
            self._require_response(camera, CameraUnavailable)
            self._opened(camera)
            while not self._stopping.is_set():
                if self._challenge_due.is_set():
                    self._frames.take()
                    self._require_response(camera, CameraLost)
                    # Its images are not counted: the gap that they leave is no slowness.
                    watch = DeliveryWatch(camera.identity.kind)
                frame = camera.read()
                # Before the frame: what is black is said before it is looked at.
                if (delivery := watch.observe(frame)) is not None:
                    self._watched(delivery)
                if self._frames.put((frame, camera)):
                    self._frame_waits()
                feed.show(frame)
        finally:
            # A frame of a camera that is gone must not open an attempt with the next one.
            self._frames.take()
            camera.close()

    def _require_response(self, camera: Camera, error: type[CameraError]) -> None:
        """Challenge the device; raise the error when its driver lies."""
        response = challenge_device(camera, secrets.SystemRandom())
        self._challenge_due.clear()
        self._challenged(response)
        if response.status is Status.FAILED:
            raise error(response.reason)


def code_of(error: CameraError) -> str:
    """Return the trouble's own code where there is one: frozen says more than lost."""
    return error.detail if error.detail in set(CameraTrouble) else error.code
