"""Lids that do not move at all: eyes held open by force or by a drug, or those of a picture.

Advisory: recorded, and no verdict depends on it. A blink is asked for by its own signal; this one
is for attempts that ask for none. Eyes wider than usual cannot be told: nobody's usual is known.
"""

from statistics import median
from typing import Final

from vision.face.geometry import mean_opening
from vision.liveness.posture import MILLION
from vision.results import FaceObservation, SignalResult, Status

__all__ = ["EYES_HELD_OPEN", "EyesHeldOpenWatch"]

EYES_HELD_OPEN: Final = "liveness.eyes_held_open"
LEAST_FALL: Final = 0.20
"""Greatest fall of the opening, by the open eye. Prints have 0.11 to 0.18; of 22 clips of people
that rest long enough 17 have 0.27 and more, and 5, in which nobody blinks, 0.05 to 0.19."""

FALL_MS: Final = 300
FEWEST_MS: Final = 5_000
LONGEST_STEP_MS: Final = 200


class EyesHeldOpenWatch:
    """Follows the opening of both eyes while the head is at rest: a nod lowers the lids too."""

    def __init__(self) -> None:
        self._openings: list[tuple[int, float]] = []
        self._watched_ms = 0
        self._fall = 0.0

    def observe(self, at_ms: int, seen: FaceObservation, *, at_rest: bool) -> None:
        """Take one observation of any phase."""
        if not at_rest or not seen.landmarks:
            return
        opening = mean_opening(seen.eye_opening)
        if self._openings:
            step_ms = at_ms - self._openings[-1][0]
            self._watched_ms += step_ms if step_ms <= LONGEST_STEP_MS else 0
        for before_ms, before in reversed(self._openings):
            if at_ms - before_ms > FALL_MS:
                break
            self._fall = max(self._fall, before - opening)
        self._openings.append((at_ms, opening))

    def result(self) -> SignalResult:
        """Judge the greatest fall of the opening within 300 ms, by the median opening."""
        name, bound = "eyes_held_open", round(LEAST_FALL * MILLION)
        usual = median(opening for _, opening in self._openings) if self._openings else 0.0
        value = round(self._fall / usual * MILLION) if usual > 0 else 0
        if value >= bound:
            return SignalResult(name, Status.PASSED, value, bound, "")
        if self._watched_ms < FEWEST_MS:
            return SignalResult(name, Status.INDETERMINATE, value, bound, "liveness.too_short")
        return SignalResult(name, Status.FAILED, value, bound, EYES_HELD_OPEN)
