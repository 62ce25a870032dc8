"""A stand-in for cv2.VideoCapture: OpenCV's type, on a machine that has no camera."""

from collections.abc import Callable

import cv2
import numpy as np

from vision.camera.device import DeviceRequest, OpenCvCamera
from vision.camera.device_names import SystemName
from vision.frame import Pixels

__all__ = ["WEBCAM", "AdjustableCapture", "Capture", "device_camera"]

WEBCAM = SystemName("HD Webcam", "046d:0825 1-2")


class Capture:
    """Delivers noise of 640x480 around `level`, without end and without delay."""

    def __init__(self, level: int = 120, size: tuple[int, int] = (640, 480)) -> None:
        self.level = level
        self.size = size
        self.released = False
        self._random = np.random.default_rng(level)

    def read(self) -> tuple[bool, Pixels]:
        """Return an image, black at level 0."""
        width, height = self.size
        noise = self._random.integers(0, 3, (height, width, 3), dtype=np.uint8)
        return True, noise + np.uint8(max(0, self.level - 1))

    def get(self, prop: int) -> float:
        """Return a property."""
        return float(cv2.VideoWriter.fourcc(*"MJPG")) if prop == cv2.CAP_PROP_FOURCC else 0.0

    def set(self, prop: int, value: float) -> bool:
        """Take no setting."""
        del prop, value
        return False

    def getBackendName(self) -> str:  # noqa: N802 (OpenCV's name)
        """Return V4L2."""
        return "V4L2"

    def release(self) -> None:
        """Close the device."""
        self.released = True


class AdjustableCapture(Capture):
    """A V4L2 webcam whose driver takes exposure and brightness.

    obeys    the settings that its image follows, three images later, as the driver's queue makes it
    lamp     adds light to every third image, as a lamp that flickers
    settings exposure of 15.6 ms under the automatic, brightness 128 of 0..255, as `v4l2-ctl` shows
    """

    QUEUE = 3

    def __init__(
        self, level: int = 120, *, obeys: tuple[int, ...] = (cv2.CAP_PROP_EXPOSURE,), lamp: int = 0
    ) -> None:
        super().__init__(level)
        self.obeys = obeys
        self.lamp = lamp
        self.frames = 0
        self.requests = 0
        self.settings = {
            cv2.CAP_PROP_AUTO_EXPOSURE: 3.0,
            cv2.CAP_PROP_EXPOSURE: 156.0,
            cv2.CAP_PROP_BRIGHTNESS: 128.0,
        }
        self._usual = self.level
        self._queue = [float(level)] * self.QUEUE

    def read(self) -> tuple[bool, Pixels]:
        """Return an image under the settings of three images ago."""
        share = 1.0
        if cv2.CAP_PROP_EXPOSURE in self.obeys and self.settings[cv2.CAP_PROP_AUTO_EXPOSURE] == 1:
            share *= self.settings[cv2.CAP_PROP_EXPOSURE] / 156
        added = 0.0
        if cv2.CAP_PROP_BRIGHTNESS in self.obeys:
            added = (self.settings[cv2.CAP_PROP_BRIGHTNESS] - 128) / 2
        self.frames += 1
        flicker = self.lamp if self.frames % 3 == 0 else 0
        self._queue.append(min(250.0, max(0.0, self._usual * share + added + flicker)))
        self.level = round(self._queue.pop(0))
        return super().read()

    def get(self, prop: int) -> float:
        """Return a setting or a property."""
        return self.settings.get(prop, super().get(prop))

    def set(self, prop: int, value: float) -> bool:
        """Take a setting inside its range; exposure only when it is not automatic."""
        self.requests += 1
        if prop == cv2.CAP_PROP_EXPOSURE and self.settings[cv2.CAP_PROP_AUTO_EXPOSURE] != 1:
            return False
        if prop not in self.settings or not 0 <= value <= 2047:
            return False
        self.settings[prop] = value
        return True


def device_camera(
    capture: Capture | None = None, called: SystemName = WEBCAM
) -> Callable[[], OpenCvCamera]:
    """Return what opens a capture device over a stand-in of OpenCV and of the system's list."""
    used = capture or Capture()

    def open_camera() -> OpenCvCamera:
        request = DeviceRequest(0, "", 640, 480, 30)
        return OpenCvCamera(request, opened=lambda _request: used, named=lambda _index: called)

    return open_camera
