"""How a camera delivers: what is wrong with its images that is no loss, and how even its times are.

Whatever is found here is told to the teller and written into the record; nothing is judged by it. A
device's frame times are those of arrival, so a busy machine shows in them as well.
"""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from vision.camera.watchdog import WATCHDOG, CameraTrouble, CameraWatchdog
from vision.frame import CameraKind, Frame

__all__ = ["Delivery", "DeliveryWatch", "FrameTiming"]

WINDOW: Final = 90
REPORT_EVERY: Final = 30
MILLION: Final = 1_000_000
MICROSECOND_NS: Final = 1_000
PERCENTILE: Final = 95
MOST_REPEATS_PPM: Final = 100_000
"""A sensor's noise never gives the same image twice: 0 repeats in 46 clips of cameras, and half of
all frames where 15 images a second are passed on as 30, as programs in a camera's place do."""

WORDED: Final = (
    CameraTrouble.BLACK,
    CameraTrouble.TIME_REVERSED,
    CameraTrouble.SLOW,
    CameraTrouble.REPEATING,
    CameraTrouble.IRREGULAR,
)
"""The worst first. A still image is left out: a device with one is lost, a recording attacks."""


@dataclass(frozen=True, slots=True)
class FrameTiming:
    """The last three seconds or so of frames.

    interval_us  median time between two frames, in microseconds
    jitter_us    95th percentile of how far an interval is from it
    repeats_ppm  share of frames that are the image before, octet for octet
    """

    interval_us: int
    jitter_us: int
    repeats_ppm: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What stands against the images of a working camera, the worst first, and their timing."""

    troubles: tuple[CameraTrouble, ...]
    timing: FrameTiming | None


class DeliveryWatch:
    """Follows one open camera; belongs to the thread that reads it.

    A simulator's times say when it was asked, so they are not judged.
    """

    def __init__(self, kind: CameraKind) -> None:
        self._timed = kind is not CameraKind.SIMULATED
        self._watchdog = CameraWatchdog(WATCHDOG)
        self._frames: deque[tuple[int, bool]] = deque(maxlen=WINDOW)
        self._seen = 0
        self._timing: FrameTiming | None = None
        self._reported: tuple[CameraTrouble, ...] = ()

    def observe(self, frame: Frame) -> Delivery | None:
        """Take one frame in; return a report when the troubles changed and once a second or so."""
        found = set(self._watchdog.observe(frame))
        self._frames.append((frame.captured_ns, self._watchdog.repeats))
        self._seen += 1
        due = self._seen % REPORT_EVERY == 0
        if self._timed and due:
            self._timing = self._measure()
        if self._timing is not None:
            found |= _timing_troubles(self._timing)
        troubles = tuple(each for each in WORDED if each in found)
        if not due and troubles == self._reported:
            return None
        self._reported = troubles
        return Delivery(troubles, self._timing)

    def _measure(self) -> FrameTiming:
        times = [at for at, _ in self._frames]
        gaps = [(after - before) // MICROSECOND_NS for before, after in pairwise(times)]
        usual = int(median(gaps))
        away = sorted(abs(gap - usual) for gap in gaps)
        repeats = sum(repeated for _, repeated in self._frames)
        return FrameTiming(
            interval_us=usual,
            jitter_us=away[len(away) * PERCENTILE // 100],
            repeats_ppm=repeats * MILLION // len(self._frames),
        )


def _timing_troubles(timing: FrameTiming) -> set[CameraTrouble]:
    found = set()
    if timing.repeats_ppm > MOST_REPEATS_PPM:
        found.add(CameraTrouble.REPEATING)
    # One frame in twenty a whole interval late: a hub, a cable, or a program that passes images on.
    if timing.jitter_us > timing.interval_us:
        found.add(CameraTrouble.IRREGULAR)
    return found
