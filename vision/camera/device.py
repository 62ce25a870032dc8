"""A real capture device through OpenCV.

What was asked for and what a device delivers differ, so size is read back and the rate is measured.
OpenCV counts devices and knows neither their names nor their maker: on Linux sysfs does.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from vision.errors import CameraLost, CameraUnavailable
from vision.frame import CameraIdentity, CameraKind, Frame, Pixels

__all__ = ["DeviceRequest", "OpenCvCamera", "SystemName", "prepare_environment", "system_name"]

WARM_UP_FRAMES: Final = 10
MEASURED_FRAMES: Final = 20
SLOWEST_WARM_UP_S: Final = 10.0
READ_ATTEMPTS: Final = 3
READ_DEADLINE_NS: Final = 2_000_000_000
SECOND_NS: Final = 1_000_000_000
SYSFS: Final = Path("/sys/class/video4linux")
LONGEST_NAME: Final = 200
ENVIRONMENT: Final = {
    # With hardware transforms Media Foundation opens some cameras in 4 to 30 seconds.
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
    # Seconds a stalled V4L2 device may block a read; OpenCV's own value is 10.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
}


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """Which device and what it is asked for; `name` empty accepts any device at the index."""

    index: int
    name: str
    width: int
    height: int
    frames_per_second: int


@dataclass(frozen=True, slots=True)
class SystemName:
    """What the system calls a device: name, and VID:PID with its USB path, `virtual` or empty."""

    name: str
    hardware_id: str


def prepare_environment() -> None:
    """Set OpenCV's camera options; on Windows only of effect before cv2 is first imported."""
    for option, value in ENVIRONMENT.items():
        os.environ.setdefault(option, value)


def system_name(index: int, sysfs: Path = SYSFS) -> SystemName:
    """Return name and hardware id of a V4L2 device; empty fields where sysfs does not tell."""
    entry = sysfs / f"video{index}"
    name = _line(entry / "name")
    device = (entry / "device").resolve() if (entry / "device").exists() else None
    if device is None:
        # Only loopback drivers register a video node without a device behind it.
        return SystemName(name, "virtual" if name else "")
    for folder in (device, *device.parents[:3]):
        vendor, product = _line(folder / "idVendor"), _line(folder / "idProduct")
        if vendor and product:
            return SystemName(name, f"{vendor}:{product} {folder.name}")
    return SystemName(name, device.name)


def open_device(request: DeviceRequest) -> Any:
    """Return an opened cv2.VideoCapture, MJPG first. Raises CameraUnavailable."""
    prepare_environment()
    import cv2

    # Errors only: a device that cannot be opened is reported by us.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    wanted = [
        *(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        *(cv2.CAP_PROP_FRAME_WIDTH, request.width),
        *(cv2.CAP_PROP_FRAME_HEIGHT, request.height),
        *(cv2.CAP_PROP_FPS, request.frames_per_second),
    ]
    for backend in _backends():
        # All at once: Media Foundation negotiates anew at every single setting.
        for parameters in (wanted, wanted[2:], []):
            capture = cv2.VideoCapture(request.index, backend, parameters)
            if capture.isOpened():
                return capture
            capture.release()
    raise CameraUnavailable(f"index {request.index} cannot be opened")


class OpenCvCamera:
    """A capture device; opening takes one to several seconds, so it belongs to its own thread.

    Frames carry time.monotonic_ns() of their arrival. Raises CameraUnavailable when the device is
    absent, busy, forbidden, delivers nothing, or is not the one named in the request.

    opened, named  how the device is reached: OpenCV and sysfs, or a stand-in for both in a test
    """

    def __init__(
        self,
        request: DeviceRequest,
        *,
        opened: Callable[[DeviceRequest], Any] = open_device,
        named: Callable[[int], SystemName] = system_name,
    ) -> None:
        called = named(request.index)
        if request.name and request.name != called.name:
            raise CameraUnavailable(f"device at index {request.index} is not the one configured")
        self._reading = threading.Lock()
        self._closed = False
        self._sequence = -1
        self._capture = opened(request)
        try:
            self._identity = _measured(self._capture, called, request.index)
        except CameraUnavailable:
            self.close()
            raise

    @property
    def identity(self) -> CameraIdentity:
        """Return what was negotiated and measured."""
        return self._identity

    def read(self) -> Frame:
        """Return the next image. Raises CameraLost after three failures or two seconds."""
        started_ns = time.monotonic_ns()
        with self._reading:
            for _ in range(READ_ATTEMPTS):
                if self._closed:
                    raise CameraLost("closed")
                found, picture = self._capture.read()
                now_ns = time.monotonic_ns()
                if found and picture is not None:
                    return self._frame(picture, now_ns)
                if now_ns - started_ns > READ_DEADLINE_NS:
                    break
        raise CameraLost("no image")

    def close(self) -> None:
        """Release the device, after a read in progress."""
        with self._reading:
            self._closed = True
            self._capture.release()

    def _frame(self, picture: Pixels, now_ns: int) -> Frame:
        import cv2

        expected = (self._identity.height, self._identity.width, 3)
        if picture.shape != expected:
            raise CameraLost("image size changed")
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        pixels.flags.writeable = False
        self._sequence += 1
        return Frame(self._sequence, now_ns, pixels)


def _measured(capture: Any, called: SystemName, index: int) -> CameraIdentity:
    """Drop the first images, which are dark while the exposure settles, and time the next."""
    started = time.monotonic()
    times: list[float] = []
    shape: tuple[int, ...] = ()
    for _ in range(WARM_UP_FRAMES + MEASURED_FRAMES):
        found, picture = capture.read()
        times.append(time.monotonic())
        if not found or picture is None or times[-1] - started > SLOWEST_WARM_UP_S:
            raise CameraUnavailable(f"index {index} delivers no images")
        shape = picture.shape
    elapsed = max(times[-1] - times[WARM_UP_FRAMES - 1], 1e-3)
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


def _backend(capture: Any) -> str:
    """Return backend and pixel format, such as `V4L2 MJPG`."""
    import cv2

    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFF_FFFF
    letters = code.to_bytes(4, "little").decode("ascii", "replace")
    return f"{capture.getBackendName()} {letters if letters.isprintable() else ''}".strip()


def _backends() -> tuple[int, ...]:
    import cv2

    if sys.platform == "win32":
        return cv2.CAP_MSMF, cv2.CAP_DSHOW
    if sys.platform == "darwin":
        return (cv2.CAP_AVFOUNDATION,)
    return (cv2.CAP_V4L2,)


def _line(path: Path) -> str:
    """Return the first line of a sysfs attribute, empty when there is none."""
    with contextlib.suppress(OSError, UnicodeDecodeError), path.open(encoding="utf-8") as stream:
        return stream.readline(LONGEST_NAME).strip()
    return ""
