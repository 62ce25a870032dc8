"""Somebody near the customer: a second face for too short, or too small, to end the attempt.

Advisory: told to the teller and recorded, and no verdict depends on it. Somebody at the shoulder
may prompt or force; a face on a poster counts as well.
"""

from typing import Final

from vision.liveness.posture import MILLION
from vision.results import FaceObservation, SignalResult, Status

__all__ = ["SECOND_PERSON", "SecondPersonWatch"]

SECOND_PERSON: Final = "liveness.second_person"
MOST_SHARE: Final = 0.10
"""Of the frames with a face. Smaller faces are looked for every 30 frames and a find is kept until
the next search, so that one false find in an attempt does not reach it."""

FEWEST_FRAMES: Final = 30


class SecondPersonWatch:
    """Counts the frames with another face at least a quarter as high as the customer's."""

    def __init__(self) -> None:
        self._frames = self._accompanied = 0

    def observe(self, seen: FaceObservation) -> None:
        """Take one observation of any phase; one without a face says nothing."""
        if seen.faces:
            self._frames += 1
            self._accompanied += seen.nearby > 0

    def result(self) -> SignalResult:
        """Judge the share of accompanied frames."""
        name, bound = "second_person", round(MOST_SHARE * MILLION)
        value = self._accompanied * MILLION // max(1, self._frames)
        if self._frames < FEWEST_FRAMES:
            return SignalResult(name, Status.INDETERMINATE, value, bound, "liveness.too_short")
        if value > bound:
            return SignalResult(name, Status.FAILED, value, bound, SECOND_PERSON)
        return SignalResult(name, Status.PASSED, value, bound, "")
