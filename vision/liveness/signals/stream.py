"""The stream itself: a still image or a repeated recording instead of a camera.

Both tests work on 80x60 thumbnails of the whole frame and know nothing about faces.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from vision.liveness.posture import MILLION
from vision.liveness.settings import LivenessSettings
from vision.results import SignalResult, Status

__all__ = ["FROZEN", "LOOPED", "StreamWatch", "loop_ratio"]

FROZEN = "liveness.frozen"
LOOPED = "liveness.looped"
TOO_SHORT = "liveness.too_short"

WIDTH, HEIGHT = 80, 60
GRID_MS = 40
LONGEST_MS = 36_000
FEWEST_FRAMES = 10
DARK = 16
"""Level that a sensor's noise does not reach behind a shutter; no face shows below it."""

# Grey levels. Equal rows differ by up to 1e-6 once they went through a matrix product, by how much
# depends on the CPU; one pixel of one thumbnail that changes by one level makes 7e-3.
NO_CHANGE = 1e-3

Luma = NDArray[np.float32]


class StreamWatch:
    """Keeps the last 36 seconds of thumbnails and the share of near-identical frames."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._kept: deque[tuple[int, Luma]] = deque()
        self._last: Luma | None = None
        self._same: deque[tuple[int, bool]] = deque()
        self._stillest = 0.0
        self._watched = False

    def observe(self, at_ms: int, thumbnail: bytes) -> None:
        """Take one thumbnail of 4800 bytes; any other length is no image and counts as still.

        A dark one is left out: a closed shutter delivers the same image for ever and fools nobody.
        """
        luma = _luma(thumbnail)
        if len(thumbnail) == WIDTH * HEIGHT and luma.max() < DARK:
            return
        if self._last is not None:
            level = float(np.abs(luma - self._last).mean())
            self._note_sameness(at_ms, same=level * MILLION < self._settings.identical_level_ppm)
        self._last = luma
        halves = luma.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3), dtype=np.float32)
        self._kept.append((at_ms, halves.ravel()))
        while self._kept[0][0] < at_ms - LONGEST_MS:
            self._kept.popleft()

    def _note_sameness(self, at_ms: int, *, same: bool) -> None:
        window = self._same
        window.append((at_ms, same))
        start = at_ms - self._settings.freeze_window_ms
        while len(window) > 1 and window[1][0] <= start:
            window.popleft()
        if window[0][0] <= start and len(window) >= FEWEST_FRAMES:
            self._watched = True
            share = sum(same for _, same in window) / len(window)
            self._stillest = max(self._stillest, share)

    def freeze(self) -> SignalResult:
        """Judge the stillest window: the share of frames that repeat their predecessor."""
        value = round(self._stillest * MILLION)
        threshold = self._settings.near_identical_ppm
        if not self._watched:
            return SignalResult("freeze", Status.INDETERMINATE, value, threshold, TOO_SHORT)
        if value > threshold:
            return SignalResult("freeze", Status.FAILED, value, threshold, FROZEN)
        return SignalResult("freeze", Status.PASSED, value, threshold, "")

    def loop(self) -> SignalResult:
        """Judge the self-similarity; a stream shorter than two shortest periods cannot be."""
        threshold = self._settings.loop_ratio_ppm
        ratio = loop_ratio(
            [at_ms for at_ms, _ in self._kept],
            [luma for _, luma in self._kept],
            self._settings.loop_lag_ms,
        )
        if ratio is None:
            return SignalResult("loop", Status.INDETERMINATE, 0, threshold, TOO_SHORT)
        value = round(ratio * MILLION)
        if value < threshold:
            return SignalResult("loop", Status.FAILED, value, threshold, LOOPED)
        return SignalResult("loop", Status.PASSED, value, threshold, "")


def loop_ratio(times_ms: list[int], images: list[Luma], least_lag_ms: int) -> float | None:
    """Return how much more alike two moments one period apart are than other moments.

    About 1 without a loop, near 0 with one; None when the stream is too short. For every lag up to
    half the duration, the median difference at that lag is divided by the smaller of two
    yardsticks: the median difference of all moments, and the greatest median difference at a
    shorter lag. The second keeps a person who moves once and then sits still from looking like a
    loop: there the difference only grows with the lag, a loop comes back.
    """
    if len(times_ms) < FEWEST_FRAMES:
        return None
    grid = np.arange(times_ms[0], times_ms[-1] + 1, GRID_MS)
    first, last = -(-least_lag_ms // GRID_MS), len(grid) // 2
    if last < first:
        return None
    distance = _distances(_resample(np.array(times_ms), images, grid))
    near = _nearest_of_three(distance)
    by_lag = np.array([np.median(np.diagonal(near, lag)) for lag in range(last + 1)])
    overall = float(np.median(distance[np.triu_indices(len(grid), first)]))
    before = np.maximum.accumulate(by_lag)
    yardstick = np.minimum(overall, before[first - 1 : last])
    ratios = by_lag[first : last + 1] / np.maximum(yardstick, NO_CHANGE)
    return float(ratios.min())


def _luma(thumbnail: bytes) -> Luma:
    if len(thumbnail) != WIDTH * HEIGHT:
        return np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    return np.frombuffer(thumbnail, dtype=np.uint8).reshape(HEIGHT, WIDTH).astype(np.float32)


def _resample(times_ms: NDArray[np.int64], images: list[Luma], grid: NDArray[np.int64]) -> Luma:
    """Return the images nearest to the moments of the grid, one per row."""
    after = np.clip(np.searchsorted(times_ms, grid), 1, len(times_ms) - 1)
    nearer = after - (grid - times_ms[after - 1] <= times_ms[after] - grid)
    return np.stack(images)[nearer]


def _distances(rows: Luma) -> NDArray[np.float64]:
    """Return the RMS difference of every two rows."""
    centred = rows.astype(np.float64) - rows.mean(axis=0)
    gram = centred @ centred.T
    square = np.diag(gram)
    squared = np.maximum(square[:, None] + square[None, :] - 2 * gram, 0) / rows.shape[1]
    return np.asarray(np.sqrt(squared), dtype=np.float64)


def _nearest_of_three(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Allow one grid step of jitter: dropped frames must not hide a loop."""
    padded = np.pad(distance, ((0, 0), (1, 1)), mode="edge")
    return np.minimum(distance, np.minimum(padded[:, :-2], padded[:, 2:]))
