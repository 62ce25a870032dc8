"""Head against picture without a turn: what comes closer must not stay a plane.

Nose, cheeks and temples of a head that comes closer grow by different shares; a picture stays a
plane (`vision.liveness.plane`).
"""

from statistics import median

from vision.frame import Frame
from vision.liveness.plane import Portrait, cut_portrait, distance_from_plane
from vision.liveness.posture import MILLION, Deviation, share
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, LivenessCommand, SignalResult, Status

__all__ = ["NOT_CLOSER", "NO_DEPTH", "PerspectiveWatch"]

NO_DEPTH = "liveness.no_depth"
NOT_CLOSER = "liveness.not_closer"

# Turning, nodding and speaking move the face too, so only frames near straight are compared.
STRAIGHT = 0.5
OTHER_MOVEMENTS = (
    LivenessCommand.TURN_LEFT,
    LivenessCommand.LOOK_DOWN,
    LivenessCommand.OPEN_MOUTH,
)
KEPT = 3


class PerspectiveWatch:
    """Keeps the neutral face and the three that came closest, and compares them at the end."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._neutral: Portrait | None = None
        self._closest: list[tuple[float, Portrait]] = []

    def observe(
        self, seen: FaceObservation, frame: Frame, now: Deviation | None, *, closer: bool
    ) -> None:
        """Take one observation after the neutral second.

        now     the frame's own movement, None without a face
        closer  the customer is just being asked to come closer
        """
        if now is None or not self._is_straight(now):
            return
        if self._neutral is None:
            self._neutral = cut_portrait(seen, frame)
        if not closer or now.growth * MILLION < self._settings.closer_ppm:
            return
        if len(self._closest) < KEPT or now.growth > self._closest[-1][0]:
            self._closest.append((now.growth, cut_portrait(seen, frame)))
            self._closest.sort(key=lambda each: -each[0])
            del self._closest[KEPT:]

    def _is_straight(self, now: Deviation) -> bool:
        return all(abs(share(now, each, self._settings)) < STRAIGHT for each in OTHER_MOVEMENTS)

    def result(self) -> SignalResult:
        """Judge the median of three comparisons; never FAILED: a bent picture is no plane."""
        bound = self._settings.perspective_ppm
        name, status = "perspective", Status.INDETERMINATE
        if self._neutral is None or len(self._closest) < KEPT:
            return SignalResult(name, status, 0, bound, NOT_CLOSER)
        found = [distance_from_plane(self._neutral, each) for _, each in self._closest]
        distances = [each for each in found if each is not None]
        value = round(median(distances) * MILLION) if distances else 0
        if value < bound:
            return SignalResult(name, status, value, bound, NO_DEPTH)
        return SignalResult(name, Status.PASSED, value, bound, "")
