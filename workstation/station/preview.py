"""Camera frames on their way to the screens: mirrored, 32 bits a pixel, with the measured rate."""

from collections import deque
from typing import Protocol

from vision.camera.preview import mirrored_bgra
from vision.frame import Frame
from workstation.station.snapshot import PreviewImage

__all__ = ["PreviewFeed"]

_WINDOW = 30
_NANOSECONDS = 1_000_000_000


class PreviewTaker(Protocol):
    """Takes preview images in the capture thread; returns at once."""

    def preview(self, image: PreviewImage) -> None:
        """Take an image."""
        ...


class PreviewFeed:
    """Belongs to the capture thread."""

    def __init__(self, listener: PreviewTaker) -> None:
        self._listener = listener
        self._times: deque[int] = deque(maxlen=_WINDOW)

    def show(self, frame: Frame) -> None:
        """Send one frame to the listener."""
        self._times.append(frame.captured_ns)
        span = self._times[-1] - self._times[0]
        rate = (len(self._times) - 1) * _NANOSECONDS / span if span > 0 else 0.0
        height, width = frame.pixels.shape[:2]
        bgra = mirrored_bgra(frame.pixels)
        self._listener.preview(PreviewImage(frame.sequence, width, height, bgra, rate))
