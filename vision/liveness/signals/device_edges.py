"""Straight parallel edges on both sides of the face: the rim of a screen or of a print.

Advisory: door frames and panels have such edges as well. It is told to the teller and recorded, and
no verdict depends on it.
"""

from collections.abc import Sequence
from math import atan2, degrees, hypot
from statistics import median
from typing import Final

import numpy as np

from vision.frame import Frame, Pixels
from vision.results import QualityFinding, Status

__all__ = ["DEVICE_EDGES", "DeviceEdges"]

DEVICE_EDGES: Final = "liveness.device_edges"
EVERY: Final = 10
FEWEST: Final = 5
MILLION: Final = 1_000_000
BOUND_PPM: Final = 1_250_000
"""Face heights that the shorter of the two edges measures, median over an attempt. Measured, and
chosen, on 46 clips: 3 of 3 replays, 3 of 4 flat prints, 1 of 4 bent ones and 1 of 26 real people (a
studio with panels) reach it."""

WIDTH: Final = 320
CANNY: Final = (60, 160)
VOTES: Final = 40
GAP: Final = 6
SHORTEST: Final = 0.8
STEEPEST_DEGREES: Final = 30
PARALLEL_DEGREES: Final = 8
BESIDE: Final = 0.3
"""Least share of the face's height that an edge passes by."""


class DeviceEdges:
    """Looks at every tenth image of one attempt; about 2 ms each."""

    def __init__(self) -> None:
        self._frames = 0
        self._lengths: list[float] = []

    def observe(self, frame: Frame, box: tuple[int, int, int, int] | None) -> None:
        """Take an image with the face's box; one without a face says nothing."""
        self._frames += 1
        if box is not None and self._frames % EVERY == 1:
            self._lengths.append(_edge_length(frame.pixels, box))

    @property
    def finding(self) -> QualityFinding:
        """Return FAILED when such edges stood for most of the time, INDETERMINATE too early."""
        value = round(median(self._lengths) * MILLION) if self._lengths else 0
        status = Status.PASSED if value < BOUND_PPM else Status.FAILED
        if len(self._lengths) < FEWEST:
            status = Status.INDETERMINATE
        return QualityFinding(DEVICE_EDGES, status, value, BOUND_PPM)


def _edge_length(pixels: Pixels, box: tuple[int, int, int, int]) -> float:
    """Return the length of the best pair of parallel edges left and right, in face heights."""
    import cv2

    scale = WIDTH / pixels.shape[1]
    size = (WIDTH, max(1, round(pixels.shape[0] * scale)))
    grey = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    left, top, right, bottom = (side * scale for side in box)
    height = max(bottom - top, 1.0)
    found = cv2.HoughLinesP(
        cv2.Canny(grey, *CANNY),
        1,
        np.pi / 180,
        VOTES,
        minLineLength=SHORTEST * height,
        maxLineGap=GAP,
    )
    before: list[tuple[float, float]] = []
    behind: list[tuple[float, float]] = []
    for line in [] if found is None else found.reshape(-1, 4).tolist():
        edge = _upright(line, top, bottom)
        if edge is None:
            continue
        middle = (line[0] + line[2]) / 2
        if middle < left:
            before.append(edge)
        elif middle > right:
            behind.append(edge)
    return max(
        (
            min(one, other) / height
            for one, lean in before
            for other, opposite in behind
            if abs(lean - opposite) < PARALLEL_DEGREES
        ),
        default=0.0,
    )


def _upright(line: Sequence[float], top: float, bottom: float) -> tuple[float, float] | None:
    """Return length and lean in degrees of an edge beside the face; None for any other."""
    x1, y1, x2, y2 = line
    lean = degrees(atan2(x2 - x1, y2 - y1))
    lean = (lean + 90) % 180 - 90
    beside = min(max(y1, y2), bottom) - max(min(y1, y2), top)
    if abs(lean) > STEEPEST_DEGREES or beside < BESIDE * (bottom - top):
        return None
    return hypot(x2 - x1, y2 - y1), lean
