"""A tilted plane: the face outline is foreshortened like a sheet of paper, without depth.

The best affine map from the neutral landmarks to the present ones gives two numbers: by how much
the face became narrower, and how far the landmarks are from where a plane would carry them. A head
that turns far enough to become narrower leaves the plane; a picture does not. Expressions bend the
plane without narrowing it, so they do not disturb the test.
"""

from collections import deque

import numpy as np

from vision.face.geometry import RIGID_POINTS, as_points
from vision.liveness.parallax import FLAT
from vision.liveness.posture import MILLION, Landmarks, Neutral
from vision.liveness.settings import LivenessSettings
from vision.results import SignalResult, Status

__all__ = ["PlanarWatch", "narrowing_and_residual"]

OUTER_EYES = (36, 45)


def narrowing_and_residual(neutral: Landmarks, now: Landmarks) -> tuple[float, float]:
    """Return the foreshortening 0..1 and the RMS distance from the plane in outer eye distances."""
    start, end = as_points(neutral), as_points(now)
    index = list(RIGID_POINTS)
    design = np.column_stack([start[index], np.ones(len(index))])
    solution = np.linalg.lstsq(design, end[index], rcond=None)[0]
    major, minor = np.linalg.svd(solution[:2], compute_uv=False)
    eyes = float(np.hypot(*(start[OUTER_EYES[1]] - start[OUTER_EYES[0]])))
    scale = eyes * float(np.sqrt(major * minor))
    if major <= 0 or scale <= 0:
        return 0.0, 1.0
    offset = end[index] - design @ solution
    residual = float(np.sqrt((offset**2).sum(axis=1).mean())) / scale
    return 1.0 - float(minor / major), residual


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
