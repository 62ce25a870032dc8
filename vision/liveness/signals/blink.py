"""Blinks, watched throughout: a picture has none, and an eye aspect ratio has no common bound.

Open eyes have a ratio of 0.19 to 0.44 depending on the person, so a blink is judged against the
customer's own recent open eyes. Source: Soukupová and Čech, CVWW 2016, made adaptive.
"""

from collections import deque
from dataclasses import dataclass, field

from vision.face.geometry import mean_opening
from vision.liveness.posture import MILLION
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, FaceTemplate, SignalResult, Status

__all__ = ["NO_BLINK", "BlinkWatch"]

NO_BLINK = "liveness.no_blink"
FEWEST_SAMPLES = 6


@dataclass(slots=True)
class _Closing:
    """An eye that is closed or closing: since when, from what, how far, at which head turn.

    templates  descriptors of frames in which it was closed
    """

    start_ms: int
    open_eye: float
    lowest: float
    least_turn: float
    most_turn: float
    falling: bool = True
    templates: list[FaceTemplate] = field(default_factory=list)


class BlinkWatch:
    """Counts confirmed blinks in a series of observations."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._history: deque[tuple[int, float]] = deque()
        self._closing: _Closing | None = None
        self.blinks: list[tuple[FaceTemplate, ...]] = []
        """The confirmed blinks, each as the descriptors of its frames with closed lids."""

    def observe(self, at_ms: int, seen: FaceObservation) -> None:
        """Take one observation; a lost face forgets an unfinished blink."""
        if not seen.landmarks:
            self._closing = None
            return
        if self._closing is None:
            self._look_for_start(at_ms, seen)
        else:
            self._follow(at_ms, seen, self._closing)
        self._history.append((at_ms, mean_opening(seen.eye_opening)))
        while self._history[0][0] < at_ms - self._settings.blink_window_ms:
            self._history.popleft()

    @property
    def wants_template(self) -> bool:
        """Say whether the next frame may show the lids at their lowest."""
        closing = self._closing
        return closing is not None and (
            closing.falling or (self._is_closed(closing.lowest, closing) and not closing.templates)
        )

    def result(self, blinks: int) -> SignalResult:
        """Judge the number of `blinks` that count; fewer than required is FAILED.

        The value counts them times 10^6.
        """
        enough = blinks >= self._settings.blinks
        return SignalResult(
            name="blink",
            status=Status.PASSED if enough else Status.FAILED,
            value_ppm=blinks * MILLION,
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
        opening = mean_opening(seen.eye_opening)
        if opening * MILLION < self._settings.blink_start_ppm * open_eye:
            self._closing = _Closing(at_ms, open_eye, opening, seen.turn, seen.turn)
            self._describe(seen, self._closing)

    def _follow(self, at_ms: int, seen: FaceObservation, closing: _Closing) -> None:
        opening = mean_opening(seen.eye_opening)
        closing.falling = opening < closing.lowest
        closing.lowest = min(closing.lowest, opening)
        self._describe(seen, closing)
        closing.least_turn = min(closing.least_turn, seen.turn)
        closing.most_turn = max(closing.most_turn, seen.turn)
        if opening * MILLION > self._settings.blink_end_ppm * closing.open_eye:
            self._closing = None
            if self._is_blink(at_ms - closing.start_ms, closing):
                self.blinks.append(tuple(closing.templates))

    def _describe(self, seen: FaceObservation, closing: _Closing) -> None:
        if seen.template is not None and self._is_closed(mean_opening(seen.eye_opening), closing):
            closing.templates.append(seen.template)

    def _is_closed(self, opening: float, closing: _Closing) -> bool:
        return opening * MILLION < self._settings.blink_confirm_ppm * closing.open_eye

    def _is_blink(self, lasted_ms: int, closing: _Closing) -> bool:
        settings = self._settings
        return (
            settings.blink_least_ms <= lasted_ms <= settings.blink_most_ms
            and self._is_closed(closing.lowest, closing)
            and (closing.most_turn - closing.least_turn) * MILLION < settings.blink_turn_ppm
        )
