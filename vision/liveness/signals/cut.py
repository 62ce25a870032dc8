"""A switch of the picture: another room behind the head, or all the light of it in one frame.

A second line behind identity, never more than INDETERMINATE: a knock at the table looks the same.
It sees nothing when the other person sits in front of the same wall, and it says nothing of a
camera that moves: whether it does is estimated from the neutral second. Where the nose jumps to is
not looked at, because a switch that keeps the eyes in place passes that in 30 of 30 cases and a
quick turn does not.
"""

from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vision.liveness.posture import MILLION
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, SignalResult, Status

__all__ = ["SCENE_CHANGED", "CutWatch"]

SCENE_CHANGED = "liveness.scene_changed"

WIDTH, HEIGHT = 80, 60
# Shares of the face box that hair, ears and shoulders take beside and above it.
BESIDE, ABOVE = 0.35, 0.45
# Grey levels: a wall has no pattern that could be recognised.
LEAST_PATTERN = 2.0

Luma = NDArray[np.float32]
Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """One thumbnail and which of its pixels are background."""

    luma: Luma
    background: Mask


class CutWatch:
    """Watches the background of one attempt; judges nothing until `begin`."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._recent: deque[tuple[int, _View]] = deque()
        self._neutral: _View | None = None
        self._strange_since: int | None = None
        self._greatest = 0.0
        self._changed = False

    def observe(
        self, at_ms: int, seen: FaceObservation, size: tuple[int, int], *, lit: bool = False
    ) -> None:
        """Take one observation.

        size  width and height of the frame, pixels
        lit   the screen has just changed its colour, so that the light proves nothing
        """
        view = _view_of(seen, size)
        before = self._recent[-1][1] if self._recent else None
        if view is None:
            self._recent.clear()
            self._strange_since = None
            return
        self._recent.append((at_ms, view))
        start = at_ms - self._settings.baseline_ms
        while self._recent[0][0] < start:
            self._recent.popleft()
        if self._neutral is None:
            return
        if before is not None and not lit:
            self._compare_to_last(before, view)
        self._compare_to_neutral(at_ms, self._neutral, view)

    def begin(self) -> None:
        """Take the last second for the neutral one; a camera that moved in it is not watched."""
        views = [view for _, view in self._recent]
        if len(views) > 1 and self._is_fixed(views):
            luma = np.stack([view.luma for view in views]).mean(axis=0, dtype=np.float32)
            background = np.logical_and.reduce([view.background for view in views])
            self._neutral = _View(luma, background)

    def _is_fixed(self, views: list[_View]) -> bool:
        settings = self._settings
        jumps = [
            jump
            for one, other in pairwise(views)
            if (jump := self._background_jump(one, other)) is not None
        ]
        if not jumps or max(jumps) * MILLION > settings.cut_still_level_ppm:
            return False
        alike = self._correlation(views[0], views[-1])
        return alike is None or alike * MILLION >= settings.cut_still_correlation_ppm

    def _compare_to_last(self, before: _View, view: _View) -> None:
        jump = self._background_jump(before, view) or 0.0
        light = abs(float(view.luma.mean()) - float(before.luma.mean()))
        self._greatest = max(self._greatest, jump)
        if (
            jump * MILLION > self._settings.cut_background_ppm
            or light * MILLION > self._settings.cut_light_ppm
        ):
            self._changed = True

    def _compare_to_neutral(self, at_ms: int, neutral: _View, view: _View) -> None:
        alike = self._correlation(neutral, view)
        if alike is None or alike * MILLION >= self._settings.cut_correlation_ppm:
            self._strange_since = None
        elif self._strange_since is None:
            self._strange_since = at_ms
        elif at_ms - self._strange_since >= self._settings.cut_hold_ms:
            self._changed = True

    def _background_jump(self, one: _View, other: _View) -> float | None:
        """Return the mean difference of the common background in levels, None when it is small."""
        common = one.background & other.background
        if int(common.sum()) < self._settings.cut_pixels:
            return None
        return float(np.abs(one.luma - other.luma)[common].mean())

    def _correlation(self, neutral: _View, view: _View) -> float | None:
        """Return how alike the common background is, -1..1; None without a pattern in it."""
        common = neutral.background & view.background
        if int(common.sum()) < self._settings.cut_pixels:
            return None
        first, second = neutral.luma[common], view.luma[common]
        first, second = first - first.mean(), second - second.mean()
        if float(first.std()) < LEAST_PATTERN:
            return None
        lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
        return float(first @ second) / lengths if lengths > 0 else 0.0

    def result(self) -> SignalResult:
        """Judge; the value is the greatest jump of the background in levels * 10^6."""
        value, bound = round(self._greatest * MILLION), self._settings.cut_background_ppm
        status, reason = Status.PASSED, ""
        if self._changed:
            status, reason = Status.INDETERMINATE, SCENE_CHANGED
        return SignalResult("cut", status, value, bound, reason)


def _view_of(seen: FaceObservation, size: tuple[int, int]) -> _View | None:
    if seen.box is None or len(seen.thumbnail) != WIDTH * HEIGHT:
        return None
    luma = np.frombuffer(seen.thumbnail, np.uint8).reshape(HEIGHT, WIDTH).astype(np.float32)
    background = np.ones((HEIGHT, WIDTH), dtype=np.bool_)
    left, right, top = _head(seen.box, size)
    background[top:, left:right] = False
    return _View(luma, background)


def _head(box: Box, size: tuple[int, int]) -> tuple[int, int, int]:
    """Return the first and the last column and the first row of head and body in the thumbnail."""
    left, top, right, bottom = box
    beside, above = BESIDE * (right - left), ABOVE * (bottom - top)
    across, down = WIDTH / size[0], HEIGHT / size[1]
    return (
        max(0, int((left - beside) * across)),
        max(0, int((right + beside) * across) + 1),
        max(0, int((top - above) * down)),
    )
