"""What breaks an attempt off by itself: the analysis is gone, or the computer has slept."""

from typing import Final

from vision.errors import AnalysisLost
from workstation.station.desk import Desk
from workstation.station.publisher import Publisher
from workstation.verification.biometrics import SUSPENDED
from workstation.verification.services import Services

__all__ = ["BreakWatch"]

_LONGEST_MS: Final = 6_000
"""Between two looks is a quarter of a second; a question to the analysis takes at most 5 s."""


class BreakWatch:
    """Owned by the station's thread; asked at every tick, before every frame and command.

    lost  the analysis has to be started anew; whoever does so says it
    """

    def __init__(self, services: Services, desk: Desk, publisher: Publisher) -> None:
        self._services = services
        self._desk = desk
        self._publisher = publisher
        self._before = self._read_clocks()
        self.lost = False

    def look(self) -> bool:
        """Break a running attempt off if its ground is gone; return whether anything changed.

        Asleep the one clock of a computer stands still and the other does not (Linux), or neither
        (Windows): whichever has jumped says that nobody was looking.
        """
        now = self._read_clocks()
        slept = max(new - old for new, old in zip(now, self._before, strict=True)) > _LONGEST_MS
        self._before = now
        if slept:
            self._desk.break_attempt(SUSPENDED)
        if not self._publisher.status.models_ready or self._services.analysis.alive:
            return slept
        self.lost = True
        self._desk.break_attempt(AnalysisLost.code)
        self._publisher.change(models_ready=False, models_message=AnalysisLost.code)
        return True

    def restart(self) -> None:
        """Count from now: what passed is no gap, because whoever drives was at work itself.

        For a driver without threads, whose camera is in the station's own thread.
        """
        self._before = self._read_clocks()

    def take_lost(self) -> bool:
        """Return, once, that the analysis has to be started anew."""
        lost, self.lost = self.lost, False
        return lost

    def _read_clocks(self) -> tuple[int, int]:
        clock = self._services.clock
        return clock.wall_ms(), clock.mono_ms()
