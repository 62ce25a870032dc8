"""A recorded clip as a camera: for measuring, for `workstation-ctl liveness` and for the demo.

A clip is foreign data for a large decoder. Only four containers are let through by their first
bytes, because FFmpeg also reads playlists that name other files and addresses.
"""

import hashlib
import math
import threading
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from vision.camera.container import HEAD, is_recording, is_whole
from vision.errors import CameraLost, RecordingRefused
from vision.frame import CameraIdentity, CameraKind, Frame

__all__ = ["LARGEST_CLIP", "LONGEST_CLIP_S", "RecordedCamera"]

LARGEST_CLIP: Final = 200_000_000
LONGEST_CLIP_S: Final = 120
LARGEST_SIDE: Final = 4096
SMALLEST_SIDE: Final = 80
LARGEST_UNSCALED: Final = (1920, 1080)
"""Long and short side up to which a frame is delivered as it is, upright or lying."""
SCALED_SIDE: Final = 1280
LONGEST_WAIT_NS: Final = 2_000_000_000
FRAMES_PER_SECOND: Final = (1, 240)
SECOND_NS: Final = 1_000_000_000
HASH_CHUNK: Final = 1 << 20


class RecordedCamera:
    """Delivers a clip's frames with the times its container states; CameraLost at its end.

    path   an MP4, MOV, AVI, Matroska or WebM file on this machine, at most 200 MB, two minutes and
           4096 pixels a side; above 1920x1080 frames are scaled to a long side of 1280
    paced  True: in real time, a late reader misses frames; False: every frame, at once

    whole  False when the file ends before its container says: the clip was cut short

    Raises RecordingRefused when the file is none of these.
    """

    def __init__(self, path: Path, *, paced: bool) -> None:
        digest, self.whole = _check(path)
        self._capture = _open(path)
        self._reading = threading.Lock()
        self._closed = False
        self._paced = paced
        self._started_ns: int | None = None
        self._sequence = -1
        self._last_ns = -1
        try:
            self._stated = _stated_size(self._capture)
            self._identity = _identity(self._capture, path, digest, self._stated)
        except RecordingRefused:
            self.close()
            raise

    @property
    def identity(self) -> CameraIdentity:
        """Return the identity: kind `recording`, hardware_id the file's SHA-256 in hex."""
        return self._identity

    def read(self) -> Frame:
        """Return the next frame. Raises CameraLost at the end, when broken, when closed."""
        with self._reading:
            return self._next()

    def close(self) -> None:
        """Close the file."""
        with self._reading:
            self._closed = True
            self._capture.release()

    def _next(self) -> Frame:
        import cv2

        captured_ns = self._grab()
        while self._paced and not self._in_time(captured_ns):
            captured_ns = self._grab()
        try:
            found, picture = self._capture.retrieve()
        except cv2.error as error:
            raise CameraLost("frame cannot be decoded") from error
        if not found or picture is None:
            raise CameraLost("frame cannot be decoded")
        if picture.shape != (self._stated[1], self._stated[0], 3):
            raise CameraLost("frame size changed")
        size = (self._identity.width, self._identity.height)
        if size != self._stated:
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        pixels.flags.writeable = False
        return Frame(self._sequence, captured_ns, pixels)

    def _grab(self) -> int:
        """Step to the next frame and return its time, which always grows."""
        import cv2

        if self._closed or not self._capture.grab():
            raise CameraLost("end of the recording")
        self._sequence += 1
        stated_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
        stated_ns = int(stated_ms * 1_000_000) if math.isfinite(stated_ms) else -1
        if stated_ns <= self._last_ns:
            stated_ns = self._last_ns + SECOND_NS // self._identity.frames_per_second
        if stated_ns > LONGEST_CLIP_S * SECOND_NS:
            raise CameraLost("recording too long")
        self._last_ns = stated_ns
        return stated_ns

    def _in_time(self, captured_ns: int) -> bool:
        """Wait for the frame's moment; False when it passed more than one frame ago."""
        if self._started_ns is None:
            self._started_ns = time.monotonic_ns() - captured_ns
        early_ns = captured_ns - (time.monotonic_ns() - self._started_ns)
        if early_ns > 0:
            # A forged time must not hold the capture thread: `read` blocks two seconds at most.
            time.sleep(min(early_ns, LONGEST_WAIT_NS) / SECOND_NS)
        return early_ns > -SECOND_NS // self._identity.frames_per_second


def _check(path: Path) -> tuple[str, bool]:
    """Return the SHA-256 of a small enough file of a known kind, and whether it is whole."""
    try:
        if path.resolve().drive.startswith("\\\\"):
            raise RecordingRefused("recording on another machine")
        if not path.is_file() or path.stat().st_size > LARGEST_CLIP:
            raise RecordingRefused("recording absent or too large")
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            head = stream.read(HEAD)
            digest.update(head)
            while chunk := stream.read(HASH_CHUNK):
                digest.update(chunk)
        if not is_recording(head):
            raise RecordingRefused("no known kind of recording")
        return digest.hexdigest(), is_whole(path)
    except OSError as error:
        raise RecordingRefused("recording cannot be read") from error


def _open(path: Path) -> Any:
    import cv2

    # Named, because other backends take a path with a percent sign for a row of images.
    probe = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
    try:
        # The size first: decoding allocates what the header asks for.
        decodes = probe.isOpened() and bool(_stated_size(probe)) and probe.grab()
    finally:
        probe.release()
    # Opened anew rather than wound back: seeking is not exact in every container.
    capture = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
    if not (decodes and capture.isOpened()):
        capture.release()
        raise RecordingRefused("recording cannot be decoded")
    return capture


def _stated_size(capture: Any) -> tuple[int, int]:
    """Return width and height as the container states them."""
    import cv2

    width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    if not (SMALLEST_SIDE <= width <= LARGEST_SIDE and SMALLEST_SIDE <= height <= LARGEST_SIDE):
        raise RecordingRefused("recording of an unfit size")
    return width, height


def _delivered_size(stated: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of the frames that are handed out."""
    if max(stated) <= LARGEST_UNSCALED[0] and min(stated) <= LARGEST_UNSCALED[1]:
        return stated
    width, height = stated
    longest = max(stated)
    return max(1, width * SCALED_SIDE // longest), max(1, height * SCALED_SIDE // longest)


def _identity(
    capture: Any, path: Path, digest: str, stated_size: tuple[int, int]
) -> CameraIdentity:
    import cv2

    stated = capture.get(cv2.CAP_PROP_FPS)
    slowest, fastest = FRAMES_PER_SECOND
    rate = round(stated) if slowest <= stated <= fastest else 0
    if rate == 0:
        raise RecordingRefused("recording of an unfit frame rate")
    if capture.get(cv2.CAP_PROP_FRAME_COUNT) > LONGEST_CLIP_S * rate:
        raise RecordingRefused("recording too long")
    width, height = _delivered_size(stated_size)
    return CameraIdentity(
        kind=CameraKind.RECORDING,
        name=path.name,
        hardware_id=digest,
        backend=str(capture.getBackendName()),
        width=width,
        height=height,
        frames_per_second=rate,
    )
