"""The thread that owns the camera: opens it, reads it, opens it again when it was lost."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from vision.camera.watchdog import CameraTrouble
from vision.errors import CameraError
from vision.frame import Camera, Frame
from workstation.station.mailbox import Mailbox
from workstation.station.preview import PreviewFeed
from workstation.station.snapshot import Listener

__all__ = ["Capture", "CaptureReader"]

_log = logging.getLogger(__name__)
_REOPEN_S = 2.0


class CaptureReader(Protocol):
    """Who is told; each method returns at once and is called from the capture thread."""

    def camera_opened(self, camera: Camera) -> None:
        """Take note of a working camera."""
        ...

    def camera_failed(self, code: str) -> None:
        """Take note of a camera that is missing or lost."""
        ...

    def frame_waits(self) -> None:
        """Come and `take` a frame."""
        ...


class Capture:
    """Frames wait in a mailbox of one, newest wins, so that a slow reader drops frames."""

    def __init__(
        self, open_camera: Callable[[], Camera], reader: CaptureReader, listener: Listener
    ) -> None:
        self._open_camera = open_camera
        self._reader = reader
        self._listener = listener
        self._frames: Mailbox[tuple[Frame, Camera]] = Mailbox()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="capture", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def take(self) -> tuple[Frame, Camera] | None:
        """Return the newest frame with its camera; None when it was taken already."""
        return self._frames.take()

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
                self._reader.camera_failed(_code_of(error))
            except Exception:  # noqa: BLE001 - the thread must live on and say that it failed
                _log.exception("unexpected failure in the capture loop")
                self._reader.camera_failed("camera_lost")
            self._stopping.wait(_REOPEN_S)

    def _until_lost(self) -> None:
        camera = self._open_camera()
        feed = PreviewFeed(self._listener)
        try:
            self._reader.camera_opened(camera)
            while not self._stopping.is_set():
                frame = camera.read()
                if self._frames.put((frame, camera)):
                    self._reader.frame_waits()
                feed.show(frame)
        finally:
            # A frame of a camera that is gone must not open an attempt with the next one.
            self._frames.take()
            camera.close()


def _code_of(error: CameraError) -> str:
    """Return the watchdog's own word where it has one: frozen says more than lost."""
    return error.detail if error.detail in set(CameraTrouble) else error.code
