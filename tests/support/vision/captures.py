"""A stand-in for cv2.VideoCapture: OpenCV's type, on a machine that has no camera."""

from collections.abc import Callable

import cv2
import numpy as np

from vision.camera.device import DeviceRequest, OpenCvCamera
from vision.camera.device_names import SystemName
from vision.frame import Pixels

__all__ = ["WEBCAM", "Capture", "device_camera"]

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

    def getBackendName(self) -> str:  # noqa: N802 (OpenCV's name)
        """Return V4L2."""
        return "V4L2"

    def release(self) -> None:
        """Close the device."""
        self.released = True


def device_camera(
    capture: Capture | None = None, called: SystemName = WEBCAM
) -> Callable[[], OpenCvCamera]:
    """Return what opens a capture device over a stand-in of OpenCV and of the system's list."""
    used = capture or Capture()

    def open_camera() -> OpenCvCamera:
        request = DeviceRequest(0, "", 640, 480, 30)
        return OpenCvCamera(request, opened=lambda _request: used, named=lambda _index: called)

    return open_camera
