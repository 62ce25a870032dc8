"""A tilted picture: the mesh believes in a turn, and the pixels stay those of a plane.

Landmarks cannot tell: their network has only seen heads, and bends a tilted print by as much as it
bends a head. So the pixels of turned frames are compared with the neutral ones
(`vision.liveness.plane`). Expressions alone are not compared: a smile moves little but the mouth.

The neutral frame is one of the neutral second, near its median turn, from which every turn is
measured. The first frame after it will not do: whoever sits aside in it and stays there shows one
view twice, which is a plane's, and a print held aside in it is never turned away from it.
"""

from collections import deque
from statistics import median

from vision.frame import Frame
from vision.liveness.plane import Portrait, cut_portrait, distance_from_plane
from vision.liveness.posture import MILLION, Deviation
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.parallax import FLAT
from vision.results import FaceObservation, SignalResult, Status

__all__ = ["PlanarWatch"]

SAMPLED_MS, SAMPLES = 200, 5
"""How often a frame is kept while the neutral second is waited for, and how many of the last."""


class PlanarWatch:
    """Compares turned frames with one of the neutral second."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._samples: deque[tuple[float, Portrait]] = deque(maxlen=SAMPLES)
        self._sampled_ms: int | None = None
        self._neutral: Portrait | None = None
        self._neutral_turn = 0.0
        self._distances: list[float] = []
        self._last_ms: int | None = None
        self._observed = False

    def prepare(self, at_ms: int, seen: FaceObservation, frame: Frame) -> None:
        """Take one observation of a face while the neutral second is waited for."""
        if self._sampled_ms is None or at_ms - self._sampled_ms >= SAMPLED_MS:
            self._sampled_ms = at_ms
            self._samples.append((seen.turn, cut_portrait(seen, frame)))

    def begin(self, neutral_turn: float) -> None:
        """Compare with the frame nearest to this turn, the median of the neutral second."""
        if self._samples:
            turn, self._neutral = min(
                self._samples, key=lambda sample: abs(sample[0] - neutral_turn)
            )
            self._neutral_turn = turn - neutral_turn
            self._samples.clear()

    def observe(
        self, at_ms: int, seen: FaceObservation, frame: Frame, now: Deviation | None
    ) -> None:
        """Take one observation; `now` is the frame's own movement, None without a face."""
        if now is None:
            return
        self._observed = True
        if self._neutral is None:
            self._neutral, self._neutral_turn = cut_portrait(seen, frame), now.turn
            return
        spacing_ms = self._settings.planar_spacing_ms
        if self._last_ms is not None and at_ms - self._last_ms < spacing_ms:
            return
        if self._is_turned(now):
            self._last_ms = at_ms
            distance = distance_from_plane(self._neutral, cut_portrait(seen, frame))
            if distance is not None:
                self._distances.append(distance)

    def _is_turned(self, now: Deviation) -> bool:
        """Say whether the mesh believes in a turn, of a face that is still in view.

        The turn is that between the two frames compared.
        """
        turned = abs(now.turn - self._neutral_turn) * MILLION
        in_view = abs(now.turn) * MILLION <= self._settings.identity_turn_ppm
        return in_view and turned >= self._settings.planar_turn_ppm

    def result(self) -> SignalResult:
        """Judge the median distance from a plane, 0 while nothing was compared.

        A face that never turned is no finding: the commands see to it that it does. Neither is one
        whose pixels show nothing that could be followed: its parallax has to pass.
        """
        bound = self._settings.planar_distance_ppm
        value = round(median(self._distances) * MILLION) if self._distances else 0
        if not self._observed:
            reason = "liveness.no_face"
            return SignalResult("planar", Status.INDETERMINATE, 0, bound, reason)
        if len(self._distances) >= self._settings.planar_comparisons and value < bound:
            return SignalResult("planar", Status.FAILED, value, bound, FLAT)
        return SignalResult("planar", Status.PASSED, value, bound, "")
