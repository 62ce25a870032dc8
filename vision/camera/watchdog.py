"""Notices what a camera does instead of failing: it freezes, goes black, slows down, falls silent.

Drivers answer `read` with the last image of an unplugged camera, so CameraLost may never come. Pure
logic over frames and instants; what follows from a finding is decided elsewhere.
"""

from collections import deque
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

import numpy as np

from vision.camera.device_names import VIRTUAL
from vision.errors import VisionSettingsRefused
from vision.frame import CameraIdentity, CameraKind, Frame, Pixels

__all__ = [
    "WATCHDOG",
    "CameraTrouble",
    "CameraWatchdog",
    "WatchdogSettings",
    "identity_trouble",
]

MILLISECOND_NS: Final = 1_000_000
SECOND_NS: Final = 1_000_000_000
SAMPLE_STEP: Final = 8
UNKNOWN: Final = "index"
"""Hardware id of a device that the system does not describe: `index 0`."""

SOFTWARE_NAMES: Final = (
    *("virtual cam", "virtualcam", "virtual video", "v4l2loopback", "v4l2 loopback"),
    *("dummy video device", "obs-cam", "obs cam", "manycam", "xsplit", "splitcam", "snap camera"),
    *("droidcam", "ivcam", "e2esoft", "altercam", "mmhmm", "nvidia broadcast", "webcamoid"),
    *("epoccam", "youcam", "unity video capture", "chromacam", "webcammax", "sparkocam"),
)
"""What programs call the cameras they make, in lower case; a second line behind the path."""


class CameraTrouble(StrEnum):
    """Stable codes of what is wrong with the stream or its device.

    frozen          the same image again and again, unless it is black: a shutter is no fault
    black           shutter closed, used by another program, or forbidden by the system
    slow            reads take too long again and again, or too few images arrive
    silent          no image for too long
    time_reversed   a frame older than the one before
    repeating       many images are the one before, octet for octet
    irregular       the times between images differ widely
    unresponsive    the driver says that a setting is done and the image does not show it
    absent          no device at the index
    busy            another program has it
    forbidden       the system's rights or privacy settings keep it from this program
    other_device    not the one that the settings name
    unknown_device  not on the list of allowed devices, or nobody knows what it is
    virtual_device  made by software
    """

    FROZEN = "camera_frozen"
    BLACK = "camera_black"
    SLOW = "camera_slow"
    SILENT = "camera_silent"
    TIME_REVERSED = "camera_time_reversed"
    REPEATING = "camera_repeating"
    IRREGULAR = "camera_irregular"
    UNRESPONSIVE = "camera_unresponsive"
    ABSENT = "camera_absent"
    BUSY = "camera_busy"
    FORBIDDEN = "camera_forbidden"
    OTHER_DEVICE = "camera_other_device"
    UNKNOWN_DEVICE = "camera_unknown_device"
    VIRTUAL_DEVICE = "camera_virtual_device"


@dataclass(frozen=True, slots=True)
class WatchdogSettings:
    """Bounds; no defaults. In brackets: measured or reported values that are known to work.

    Raises SettingsRefused when one is below 1, which would switch its check off or find it always.

    frozen_frames   identical images in a row (15)
    black_frames    dark images in a row (20)
    black_mean      mean value below this is dark, 0..255 (8)
    black_deviation standard deviation below this is dark (3)
    slow_ms         a gap between frames, or one read, at least this long is slow (750)
    slow_frames     slow gaps, or slow reads, in a row (4)
    least_rate      images per second over the last 30 at least (10)
    silent_ms       time without an image (1500)
    """

    frozen_frames: int
    black_frames: int
    black_mean: int
    black_deviation: int
    slow_ms: int
    slow_frames: int
    least_rate: int
    silent_ms: int

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise VisionSettingsRefused(field.name)


WATCHDOG: Final = WatchdogSettings(
    frozen_frames=15,
    black_frames=20,
    black_mean=8,
    black_deviation=3,
    slow_ms=750,
    slow_frames=4,
    least_rate=10,
    silent_ms=1500,
)


class CameraWatchdog:
    """Follows one open camera. A trouble ends as soon as its cause does."""

    RATE_OVER: Final = 30

    def __init__(self, settings: WatchdogSettings) -> None:
        self._settings = settings
        self._previous: Pixels | None = None
        self._identical = 0
        self._dark = 0
        self._slow = 0
        self._slow_reads = 0
        self._last_ns: int | None = None
        self._times: deque[int] = deque(maxlen=self.RATE_OVER)

    def observe(self, frame: Frame) -> frozenset[CameraTrouble]:
        """Take one frame in and return the troubles that stand after it."""
        reversed_time = self._last_ns is not None and frame.captured_ns <= self._last_ns
        self._count(frame)
        bounds = self._settings
        standing = {
            # A closed shutter may deliver the very same black image: that is black, not frozen.
            CameraTrouble.FROZEN: self._dark == 0 and self._identical >= bounds.frozen_frames,
            CameraTrouble.BLACK: self._dark >= bounds.black_frames,
            CameraTrouble.SLOW: self._slow >= bounds.slow_frames or self._rate_too_low(),
            CameraTrouble.TIME_REVERSED: reversed_time,
        }
        return frozenset(trouble for trouble, stands in standing.items() if stands)

    @property
    def repeats(self) -> bool:
        """Say whether the last frame is the one before, octet for octet, and not a dark one."""
        return self._dark == 0 and self._identical > 1

    def observe_read(self, read_ms: int) -> CameraTrouble | None:
        """Take in how long one read took, with an image or without; return what it means.

        Unlike the gap between frames this leaves out the time the reader itself was busy.
        """
        bounds = self._settings
        self._slow_reads = self._slow_reads + 1 if read_ms >= bounds.slow_ms else 0
        if read_ms >= bounds.silent_ms:
            return CameraTrouble.SILENT
        if self._slow_reads >= bounds.slow_frames:
            return CameraTrouble.SLOW
        return None

    def _count(self, frame: Frame) -> None:
        # Every byte counts: a sensor's noise never gives the same image twice.
        same = self._previous is not None and _identical(self._previous, frame.pixels)
        self._identical = self._identical + 1 if same else 1
        self._previous = frame.pixels
        sample = frame.pixels[::SAMPLE_STEP, ::SAMPLE_STEP]
        bounds = self._settings
        dark = sample.mean() < bounds.black_mean and sample.std() < bounds.black_deviation
        self._dark = self._dark + 1 if dark else 0
        if self._last_ns is not None:
            gap_ns = frame.captured_ns - self._last_ns
            self._slow = self._slow + 1 if gap_ns >= bounds.slow_ms * MILLISECOND_NS else 0
        self._last_ns = frame.captured_ns
        self._times.append(frame.captured_ns)

    def _rate_too_low(self) -> bool:
        if len(self._times) < self.RATE_OVER:
            return False
        span_ns = self._times[-1] - self._times[0]
        return span_ns * self._settings.least_rate > (self.RATE_OVER - 1) * SECOND_NS


def _identical(one: Pixels, other: Pixels) -> bool:
    """Compare every byte, a sample first: images differ almost always, and at once."""
    first, second = one[::SAMPLE_STEP, ::SAMPLE_STEP], other[::SAMPLE_STEP, ::SAMPLE_STEP]
    return np.array_equal(first, second) and np.array_equal(one, other)


def identity_trouble(
    identity: CameraIdentity, allowed_hardware: AbstractSet[str]
) -> CameraTrouble | None:
    """Return what speaks against a capture device by what the system says it is.

    allowed_hardware  VID:PID pairs such as `046d:0825`, or whole hardware ids with the port;
                      empty allows every physical device

    Recordings and simulators are judged by their kind, not here. A capture card that claims another
    maker's VID:PID cannot be told from that maker's camera.
    """
    if identity.kind is not CameraKind.DEVICE:
        return None
    maker, _, place = identity.hardware_id.partition(" ")
    name = identity.name.casefold()
    if maker == VIRTUAL or any(known in name for known in SOFTWARE_NAMES):
        return CameraTrouble.VIRTUAL_DEVICE
    if maker == UNKNOWN and place.isdecimal():
        return CameraTrouble.UNKNOWN_DEVICE
    if allowed_hardware and allowed_hardware.isdisjoint({maker, identity.hardware_id}):
        return CameraTrouble.UNKNOWN_DEVICE
    return None
