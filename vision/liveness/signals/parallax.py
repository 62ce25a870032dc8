"""Head against picture: in a turn the nose of a head leaves the plane of eyes and mouth.

The test only means something inside a turn: a head that keeps still cannot be told from its photo.
"""

from vision.liveness.plan import TURNS
from vision.liveness.posture import MILLION, Deviation, share
from vision.liveness.settings import LivenessSettings
from vision.results import LivenessCommand, SignalResult, Status

__all__ = ["FLAT", "ParallaxWatch"]

FLAT = "liveness.flat"
NO_TURN = "liveness.no_turn"


class ParallaxWatch:
    """Collects the relief shown in every turn of an attempt."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._held_since: int | None = None
        self._step = -1
        self._peaks: dict[int, float] = {}
        self._held: set[int] = set()

    def observe(
        self, at_ms: int, step: int, command: LivenessCommand, deviation: Deviation | None
    ) -> None:
        """Take one observation of command number `step`; other commands than turns are ignored."""
        if command not in TURNS:
            return
        if step != self._step:
            self._step, self._held_since = step, None
        if deviation is None or share(deviation, command, self._settings) < 1:
            self._held_since = None
            return
        if self._held_since is None:
            self._held_since = at_ms
        if at_ms - self._held_since >= self._settings.hold_ms:
            self._held.add(step)
        self._peaks[step] = max(self._peaks.get(step, 0.0), deviation.relief(command))

    @property
    def shown(self) -> bool:
        """Say whether the current turn has shown enough relief to be that of a head."""
        return self._peaks.get(self._step, 0.0) * MILLION >= self._settings.parallax_ppm

    def result(self) -> SignalResult:
        """Judge the least relief of all turns that were held."""
        value = min((round(self._peaks[step] * MILLION) for step in self._held), default=0)
        status, reason = Status.PASSED, ""
        if not self._held:
            status, reason = Status.INDETERMINATE, NO_TURN
        elif value < self._settings.parallax_flat_ppm:
            status, reason = Status.FAILED, FLAT
        elif value < self._settings.parallax_ppm:
            status, reason = Status.INDETERMINATE, FLAT
        return SignalResult("parallax", status, value, self._settings.parallax_ppm, reason)
