"""Blinks, watched throughout: a picture has none, and an eye aspect ratio has no common bound.

Open eyes have a ratio of 0.19 to 0.44 depending on the person, so a blink is judged against the
customer's own recent open eyes. Source: Soukupová and Čech, CVWW 2016, made adaptive.
"""

from collections import deque
from dataclasses import dataclass

from vision.liveness.posture import MILLION
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, SignalResult, Status

__all__ = ["NO_BLINK", "BlinkWatch"]

NO_BLINK = "liveness.no_blink"
FEWEST_SAMPLES = 6


@dataclass(slots=True)
class _Closing:
    """An eye that is closed or closing: since when, from what, how far, at which head turn."""

    start_ms: int
    open_eye: float
    lowest: float
    least_turn: float
    most_turn: float


class BlinkWatch:
    """Counts confirmed blinks in a series of observations."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._history: deque[tuple[int, float]] = deque()
        self._closing: _Closing | None = None
        self.confirmed = 0

    def observe(self, at_ms: int, seen: FaceObservation) -> None:
        """Take one observation; a lost face forgets an unfinished blink."""
        if not seen.landmarks:
            self._closing = None
            return
        if self._closing is None:
            self._look_for_start(at_ms, seen)
        else:
            self._follow(at_ms, seen, self._closing)
        self._history.append((at_ms, seen.eye_aspect))
        while self._history[0][0] < at_ms - self._settings.blink_window_ms:
            self._history.popleft()

    @property
    def enough(self) -> bool:
        """Say whether the required number of blinks was confirmed."""
        return self.confirmed >= self._settings.blinks

    def result(self) -> SignalResult:
        """Judge: fewer blinks than required is FAILED. The value counts blinks times 10^6."""
        enough = self.enough
        return SignalResult(
            name="blink",
            status=Status.PASSED if enough else Status.FAILED,
            value_ppm=self.confirmed * MILLION,
            threshold_ppm=self._settings.blinks * MILLION,
            reason="" if enough else NO_BLINK,
        )

    def _open_eye(self) -> float | None:
        if len(self._history) < FEWEST_SAMPLES:
            return None
        ordered = sorted(ratio for _, ratio in self._history)
        return ordered[(len(ordered) - 1) * self._settings.blink_baseline_ppm // MILLION]

    def _look_for_start(self, at_ms: int, seen: FaceObservation) -> None:
        open_eye = self._open_eye()
        if open_eye is None or open_eye <= 0:
            return
        if seen.eye_aspect * MILLION < self._settings.blink_start_ppm * open_eye:
            self._closing = _Closing(at_ms, open_eye, seen.eye_aspect, seen.turn, seen.turn)

    def _follow(self, at_ms: int, seen: FaceObservation, closing: _Closing) -> None:
        closing.lowest = min(closing.lowest, seen.eye_aspect)
        closing.least_turn = min(closing.least_turn, seen.turn)
        closing.most_turn = max(closing.most_turn, seen.turn)
        if seen.eye_aspect * MILLION > self._settings.blink_end_ppm * closing.open_eye:
            self._closing = None
            self.confirmed += int(self._is_blink(at_ms - closing.start_ms, closing))

    def _is_blink(self, lasted_ms: int, closing: _Closing) -> bool:
        settings = self._settings
        return (
            settings.blink_least_ms <= lasted_ms <= settings.blink_most_ms
            and closing.lowest * MILLION < settings.blink_confirm_ppm * closing.open_eye
            and (closing.most_turn - closing.least_turn) * MILLION < settings.blink_turn_ppm
        )
