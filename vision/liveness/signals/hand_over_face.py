"""A hand over nose or chin during a command: neither looks as it did in the neutral second.

Advisory: recorded, and no verdict depends on it. The mouth is left out, because it speaks and
opens; what covers eyes and mouth in the pauses is `occluded` among the conditions.
"""

from collections import deque
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frame import Frame
from vision.liveness.plane import cut_portrait
from vision.liveness.posture import MILLION, Deviation
from vision.results import FaceObservation, LivenessCommand, SignalResult, Status

__all__ = ["HAND_OVER_FACE", "HandOverFaceWatch"]

HAND_OVER_FACE: Final = "liveness.hand_over_face"
LEAST_LIKENESS: Final = 0.35
"""Normalised correlation. Of 26 clips of people one falls below it uncovered; with a hand of the
cheek's colour painted over the chin for 0.6 s 20 of 24 do, over the nose 18, over an eye 11, over
the mouth 2 (docs/liveness.md 4.8)."""

MOST_TURN: Final = 0.3
SPACING_MS: Final = 60
SMOOTHED: Final = 5
NOSE: Final = (slice(55, 112), slice(70, 130))
CHIN: Final = (slice(140, 178), slice(62, 138))
"""Rows and columns of a portrait, whose eyes are level and 80 pixels apart."""

SLACK: Final = 10


class HandOverFaceWatch:
    """Compares frames of commands with one of the neutral posture; about 4 ms each."""

    def __init__(self) -> None:
        self._neutral: NDArray[np.uint8] | None = None
        self._recent: deque[float] = deque(maxlen=SMOOTHED)
        self._least: float | None = None
        self._last_ms: int | None = None

    def observe(
        self,
        at_ms: int,
        seen: FaceObservation,
        frame: Frame,
        now: Deviation | None,
        command: LivenessCommand | None,
    ) -> None:
        """Take one observation; `now` is the frame's own movement, None without a face."""
        if now is None or abs(now.turn) > MOST_TURN:
            return
        if self._neutral is None:
            self._neutral = cut_portrait(seen, frame).luma
            return
        if command is None:
            self._recent.clear()
            return
        if self._last_ms is not None and at_ms - self._last_ms < SPACING_MS:
            return
        self._last_ms = at_ms
        places = (NOSE,) if command is LivenessCommand.OPEN_MOUTH else (NOSE, CHIN)
        luma = cut_portrait(seen, frame).luma
        self._recent.append(min(_likeness(self._neutral, luma, place) for place in places))
        if len(self._recent) == SMOOTHED:
            now_like = median(self._recent)
            self._least = now_like if self._least is None else min(self._least, now_like)

    def result(self) -> SignalResult:
        """Judge the least likeness that lasted for five comparisons."""
        name, bound = "hand_over_face", round(LEAST_LIKENESS * MILLION)
        if self._least is None:
            return SignalResult(name, Status.INDETERMINATE, 0, bound, "liveness.too_short")
        value = round(self._least * MILLION)
        if value < bound:
            return SignalResult(name, Status.FAILED, value, bound, HAND_OVER_FACE)
        return SignalResult(name, Status.PASSED, value, bound, "")


def _likeness(
    neutral: NDArray[np.uint8], luma: NDArray[np.uint8], place: tuple[slice, slice]
) -> float:
    """Return the best correlation of a piece of the neutral portrait near its place, -1..1."""
    rows, columns = place
    around = luma[
        max(0, rows.start - SLACK) : rows.stop + SLACK,
        max(0, columns.start - SLACK) : columns.stop + SLACK,
    ]
    return float(cv2.matchTemplate(around, neutral[place], cv2.TM_CCOEFF_NORMED).max())
