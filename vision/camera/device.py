"""A real capture device through OpenCV.

What was asked for and what a device delivers differ, so size is read back and the rate is measured.
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from vision.camera.access import opening_trouble
from vision.camera.control import CameraControls
from vision.camera.device_names import (
    SystemName,
    directshow_index,
    system_name,
)
from vision.camera.opencv_controls import AdjustableCapture, OpenCvControls
from vision.camera.watchdog import WATCHDOG, CameraTrouble, CameraWatchdog
from vision.camera.windows_devices import directshow_devices, media_foundation_devices
from vision.errors import CameraLost, CameraUnavailable
from vision.frame import CameraIdentity, CameraKind, Frame, Pixels

__all__ = ["DeviceRequest", "OpenCvCamera"]

WARM_UP_FRAMES: Final = 10
MEASURED_FRAMES: Final = 20
SLOWEST_WARM_UP_S: Final = 10.0
READ_ATTEMPTS: Final = 3
MILLISECOND_NS: Final = 1_000_000
LARGEST_INDEX: Final = 63
LARGEST_SIDE: Final = 4096


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """Which device and what it is asked for; `name` empty accepts any device at the index.

    challenged  False: its settings are never touched, so that it cannot show that it obeys
    """

    index: int
    name: str
    width: int
    height: int
    frames_per_second: int
    challenged: bool = True


class VideoCapture(AdjustableCapture, Protocol):
    """What is used of cv2.VideoCapture."""

    def read(self) -> tuple[bool, Any]:
        """Return whether there is an image, and the image: height x width x 3, BGR."""
        ...

    def release(self) -> None:
        """Close the device."""
        ...


def open_device(request: DeviceRequest) -> VideoCapture:
    """Return an opened cv2.VideoCapture, MJPG first. Raises CameraUnavailable."""
    import cv2

    # Errors only: a device that cannot be opened is reported by us.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    wanted = [
        *(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        *(cv2.CAP_PROP_FRAME_WIDTH, request.width),
        *(cv2.CAP_PROP_FRAME_HEIGHT, request.height),
        *(cv2.CAP_PROP_FPS, request.frames_per_second),
    ]
    for backend, index in _backends(request.index):
        # All at once: Media Foundation negotiates anew at every single setting.
        for parameters in (wanted, wanted[2:], []):
            capture = cv2.VideoCapture(index, backend, parameters)
            if capture.isOpened():
                return capture
            capture.release()
    raise CameraUnavailable(opening_trouble(request.index))


class OpenCvCamera:
    """A capture device; opening takes one to several seconds, so it belongs to its own thread.

    Frames carry time.perf_counter_ns() of their arrival: Windows' monotonic clock stands still for
    16 ms at a time, half a frame. Raises CameraUnavailable, with the trouble's code where it is
    known, when the device is absent, busy, forbidden, delivers nothing, or is not the one named in
    the request.

    opened, named  how the device is reached: OpenCV and the system's list, or a stand-in in a test
    """

    def __init__(
        self,
        request: DeviceRequest,
        *,
        opened: Callable[[DeviceRequest], VideoCapture] = open_device,
        named: Callable[[int], SystemName] = system_name,
    ) -> None:
        # OpenCV takes a path or an address for an index as well; configuration is not trusted here.
        if type(request.index) is not int or not 0 <= request.index <= LARGEST_INDEX:
            raise CameraUnavailable("no device index")
        called = _require_expected(request, named)
        self._reading = threading.Lock()
        self._closed = False
        self._sequence = -1
        self._watchdog = CameraWatchdog(WATCHDOG)
        self._capture = opened(request)
        self._controls = OpenCvControls(self._capture) if request.challenged else None
        try:
            # Asked again: another device may have taken the index meanwhile.
            called = _require_expected(request, named)
            self._identity = _measure(self._capture, called, request.index)
        except CameraUnavailable:
            self.close()
            raise

    @property
    def identity(self) -> CameraIdentity:
        """Return what was negotiated and measured."""
        return self._identity

    @property
    def controls(self) -> CameraControls | None:
        """Return the driver's settings, for the thread that reads; None when left alone."""
        return self._controls

    def read(self) -> Frame:
        """Return the next image, after up to three attempts: a torn MJPG image is one failure.

        Raises CameraLost with the trouble's code when the watchdog finds the stream frozen, the
        reads slow or the device silent; a driver may keep its last image after an unplugging.
        """
        with self._reading:
            started_ns = time.perf_counter_ns()
            for _ in range(READ_ATTEMPTS):
                if self._closed:
                    raise CameraLost("closed")
                found, picture = _read(self._capture)
                now_ns = time.perf_counter_ns()
                trouble = self._watchdog.observe_read((now_ns - started_ns) // MILLISECOND_NS)
                if trouble is not None:
                    raise CameraLost(trouble)
                if found and picture is not None:
                    return self._watch(self._frame(picture, now_ns))
        raise CameraLost("no image")

    def close(self) -> None:
        """Release the device, after a read in progress."""
        with self._reading:
            self._closed = True
            self._capture.release()

    def _watch(self, frame: Frame) -> Frame:
        if CameraTrouble.FROZEN in self._watchdog.observe(frame):
            raise CameraLost(CameraTrouble.FROZEN)
        return frame

    def _frame(self, picture: Pixels, now_ns: int) -> Frame:
        import cv2

        expected = (self._identity.height, self._identity.width, 3)
        if picture.shape != expected:
            raise CameraLost("image size changed")
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        pixels.flags.writeable = False
        self._sequence += 1
        return Frame(self._sequence, now_ns, pixels)


def _require_expected(request: DeviceRequest, named: Callable[[int], SystemName]) -> SystemName:
    """Return what the system calls the device, if that is the one of the request."""
    called = named(request.index)
    if request.name and request.name != called.name:
        raise CameraUnavailable(CameraTrouble.OTHER_DEVICE if called.name else CameraTrouble.ABSENT)
    return called


def _read(capture: VideoCapture) -> tuple[bool, Any]:
    import cv2

    try:
        return capture.read()
    except cv2.error as error:
        raise CameraLost("read failed") from error


def _measure(capture: VideoCapture, called: SystemName, index: int) -> CameraIdentity:
    """Drop the first images, which are dark while the exposure settles, and time the next."""
    started = time.perf_counter()
    times: list[float] = []
    shape: tuple[int, ...] = ()
    failures = 0
    while len(times) < WARM_UP_FRAMES + MEASURED_FRAMES:
        try:
            found, picture = _read(capture)
        except CameraLost as lost:
            raise CameraUnavailable(CameraTrouble.SILENT) from lost
        # The first MJPG image is often torn.
        failures = 0 if found and picture is not None else failures + 1
        if failures == READ_ATTEMPTS or time.perf_counter() - started > SLOWEST_WARM_UP_S:
            raise CameraUnavailable(CameraTrouble.SILENT)
        if not failures:
            times.append(time.perf_counter())
            shape = picture.shape
    elapsed = max(times[-1] - times[WARM_UP_FRAMES - 1], 1e-3)
    if shape[2:] != (3,) or max(shape) > LARGEST_SIDE:
        raise CameraUnavailable(f"index {index} delivers unfit images")
    height, width = shape[:2]
    return CameraIdentity(
        kind=CameraKind.DEVICE,
        name=called.name,
        hardware_id=called.hardware_id or f"index {index}",
        backend=_backend(capture),
        width=width,
        height=height,
        frames_per_second=max(1, round(MEASURED_FRAMES / elapsed)),
    )


def _backend(capture: VideoCapture) -> str:
    """Return backend and pixel format, such as `V4L2 MJPG`."""
    import cv2

    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFF_FFFF
    letters = code.to_bytes(4, "little").decode("ascii", "replace")
    return f"{capture.getBackendName()} {letters if letters.isprintable() else ''}".strip()


def _backends(index: int) -> tuple[tuple[int, int], ...]:
    """Return the backends to try, each with what it counts the device as."""
    import cv2

    if sys.platform == "win32":
        listed = media_foundation_devices()
        if not listed:
            return ((cv2.CAP_DSHOW, index),)
        if index >= len(listed):
            return ()
        # The same device, never whatever DirectShow has at this place of its own list.
        second = directshow_index(listed[index], directshow_devices())
        first = (cv2.CAP_MSMF, index)
        return (first,) if second is None else (first, (cv2.CAP_DSHOW, second))
    if sys.platform == "darwin":
        return ((cv2.CAP_AVFOUNDATION, index),)
    return ((cv2.CAP_V4L2, index),)
