"""What a presentation-attack network says of the face, where the station has one.

The network belongs to the bank (`models.toml`, role `presentation_attack`), and so do its bounds.
Judged are frames from the neutral second on: whoever waits alive before it and then holds up a
picture would carry the median.
"""

from math import isfinite
from statistics import median

from vision.liveness.posture import MILLION
from vision.models.manifest import PresentationAttack
from vision.results import FaceObservation, SignalResult, Status

__all__ = ["ARTEFACT", "ARTEFACT_UNJUDGED", "PresentationAttackWatch"]

ARTEFACT = "liveness.artefact"
ARTEFACT_UNJUDGED = "liveness.artefact_unjudged"


class PresentationAttackWatch:
    """Collects the network's answers of one attempt."""

    def __init__(self, row: PresentationAttack) -> None:
        self._row = row
        self._live: list[float] = []

    def observe(self, seen: FaceObservation) -> None:
        """Take one observation; what the network did not look at, or is no number, says nothing."""
        if seen.live is not None and isfinite(seen.live):
            self._live.append(seen.live)

    @property
    def is_complete(self) -> bool:
        """Say whether there are as many answers as the median needs."""
        return len(self._live) >= self._row.frames

    def result(self) -> SignalResult:
        """Judge the median probability of a living person.

        Too few answers are INDETERMINATE, none at all too. Below the bound is FAILED, which makes
        an attempt UNDECIDED and no ATTACK: such networks are wrong about honest people as well.
        """
        name, bound = self._row.role, self._row.live_ppm
        value = round(median(self._live) * MILLION) if self._live else 0
        if not self.is_complete:
            return SignalResult(name, Status.INDETERMINATE, value, bound, ARTEFACT_UNJUDGED)
        if value >= bound:
            return SignalResult(name, Status.PASSED, value, bound, "")
        return SignalResult(name, Status.FAILED, value, bound, ARTEFACT)
