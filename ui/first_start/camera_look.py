"""The camera of a set-up tried, and its picture while the step is shown: nothing of it is kept."""

import threading
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ui.first_start.whole_look import tell_probe
from vision.errors import CameraError
from vision.frame import Camera
from workstation.devices.cameras import camera_opener
from workstation.diagnosis.cameras import try_camera
from workstation.documents.texts import Texts
from workstation.first_start.findings import FindingState, SetUpFinding
from workstation.first_start.set_up import SetUp
from workstation.settings.settings import DeviceCameraTable, load_settings
from workstation.station.preview import PreviewFeed
from workstation.station.snapshot import PreviewImage

__all__ = ["CameraLook"]

_PATIENCE_S: Final = 3.0

OpenIndex = Callable[[int], Camera]


class CameraLook(QObject):
    """Tries the camera of a folder's settings and shows what it sees until it is stopped.

    opened  how a device is opened, or a stand-in; None: by the settings
    """

    pictured = Signal(object)
    _came = Signal()

    def __init__(self, opened: OpenIndex | None = None) -> None:
        super().__init__()
        self._opened = opened
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._newest: PreviewImage | None = None
        self._swapping = threading.Lock()
        self._came.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    @property
    def has_stand_in(self) -> bool:
        """Whether there is something to open where the system lists no camera."""
        return self._opened is not None

    def try_out(self, texts: Texts, set_up: SetUp) -> list[SetUpFinding]:
        """Measure the camera as `camera test` does, and go on showing one that delivers.

        Called by the thread that works: opening a device takes seconds.
        """
        self.stop()
        loaded = load_settings(set_up.at())
        configured = loaded.values.camera
        index = configured.index if isinstance(configured, DeviceCameraTable) else 0
        tried = try_camera(loaded, index, self._opened)
        if tried.measured is None:
            return [tell_probe(texts, tried.result)]
        opening = self._opened
        opener = camera_opener(loaded, None if opening is None else lambda: opening(index))
        stopped = self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=lambda: self._show(opener, stopped), name="first-start-camera", daemon=True
        )
        self._thread.start()
        look = SetUpFinding.make(FindingState.GOOD, "camera_look")
        return [tell_probe(texts, tried.result), look]

    def stop(self) -> None:
        """Close the camera; waits until it is closed, a few seconds at most."""
        self._stopped.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_PATIENCE_S)

    def preview(self, image: PreviewImage) -> None:
        """Take the newest image from the thread that reads; the one before it is forgotten."""
        with self._swapping:
            waiting, self._newest = self._newest, image
        if waiting is None:
            self._came.emit()

    @Slot()
    def _hand_over(self) -> None:
        with self._swapping:
            image, self._newest = self._newest, None
        if image is not None and not self._stopped.is_set():
            self.pictured.emit(image)

    def _show(self, opener: Callable[[], Camera], stopped: threading.Event) -> None:
        try:
            camera = opener()
        except CameraError:
            # It was there a moment ago: the step says what was measured, the picture stays away.
            return
        feed = PreviewFeed(self)
        try:
            while not stopped.is_set():
                feed.show(camera.read())
        except CameraError:
            return
        finally:
            camera.close()
