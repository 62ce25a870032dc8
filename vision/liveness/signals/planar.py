"""A tilted plane: the face outline is foreshortened like a sheet of paper, without depth.

The best affine map from the neutral landmarks to the present ones gives two numbers: by how much
the face became narrower, and how far the landmarks are from where a plane would carry them. A head
that turns far enough to become narrower leaves the plane; a picture does not. Expressions bend the
plane without narrowing it, so they do not disturb the test.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from vision.face.geometry import RIGID_POINTS, as_points
from vision.liveness.posture import MILLION, Landmarks, Neutral
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.parallax import FLAT
from vision.results import SignalResult, Status

__all__ = ["PlanarWatch", "narrowing_and_residual"]

OUTER_EYES = (36, 45)
# Landmarks on one line or in one point keep a width of rounding errors, and which ones depends on
# the CPU's kernels: 1e-16 to 1e-13 of their coordinates. A face keeps more than 1e-3 of them.
NO_WIDTH = 1e-9


def narrowing_and_residual(neutral: Landmarks, now: Landmarks) -> tuple[float, float]:
    """Return the foreshortening 0..1 and the RMS distance from the plane in outer eye distances.

    Landmarks in one point or on one line, then or now, are no picture of a face: 0 and 1.
    """
    start, end = as_points(neutral), as_points(now)
    index = list(RIGID_POINTS)
    # Without their middles the fit does not depend on where in the frame the face is.
    before, after = (points[index] - points[index].mean(axis=0) for points in (start, end))
    if _least_width(before) <= NO_WIDTH * np.abs(start).max():
        return 0.0, 1.0
    solution = np.linalg.lstsq(before, after, rcond=None)[0]
    major, minor = np.linalg.svd(solution, compute_uv=False)
    eyes = float(np.hypot(*(start[OUTER_EYES[1]] - start[OUTER_EYES[0]])))
    if eyes * minor <= NO_WIDTH * np.abs(end).max():
        return 0.0, 1.0
    offset = after - before @ solution
    residual = float(np.sqrt((offset**2).sum(axis=1).mean() / (major * minor))) / eyes
    return 1.0 - float(minor / major), residual


def _least_width(centred: NDArray[np.float64]) -> float:
    """Return the RMS extent of points around their middle in the direction where it is least."""
    return float(np.linalg.svd(centred, compute_uv=False)[-1]) / float(np.sqrt(len(centred)))


class PlanarWatch:
    """Looks for a plane that is tilted for longer than landmarks may err."""

    def __init__(self, neutral: Neutral, settings: LivenessSettings) -> None:
        self._neutral = neutral
        self._settings = settings
        self._recent: deque[tuple[int, float]] = deque()
        self._greatest = 0.0
        self._observed = False

    def observe(self, at_ms: int, landmarks: Landmarks) -> None:
        """Take the landmarks of one observation; empty ones interrupt the tilt."""
        if not landmarks:
            self._recent.clear()
            return
        self._observed = True
        narrowing, residual = narrowing_and_residual(self._neutral.landmarks, landmarks)
        is_plane = residual * MILLION <= self._settings.planar_residual_ppm
        self._recent.append((at_ms, narrowing if is_plane else 0.0))
        start = at_ms - self._settings.planar_hold_ms
        while len(self._recent) > 1 and self._recent[1][0] <= start:
            self._recent.popleft()
        if self._recent[0][0] <= start:
            self._greatest = max(self._greatest, min(tilt for _, tilt in self._recent))

    def result(self) -> SignalResult:
        """Judge the greatest foreshortening a plane kept up for the whole hold time."""
        value = round(self._greatest * MILLION)
        status, reason = Status.PASSED, ""
        if not self._observed:
            status, reason = Status.INDETERMINATE, "liveness.no_face"
        elif value >= self._settings.planar_narrowing_ppm:
            status, reason = Status.FAILED, FLAT
        return SignalResult("planar", status, value, self._settings.planar_narrowing_ppm, reason)
