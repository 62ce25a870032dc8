"""Looks at clock, disk and keys every half minute, so that no teller finds out by a refusal."""

from typing import Final

from crypto.errors import CryptoError
from workstation.station.home_view import StationHealth
from workstation.station.publisher import Publisher
from workstation.station.readiness import (
    find_clock_fault,
    find_disk_fault,
    needs_window,
    read_clocks,
)
from workstation.verification.services import Services

__all__ = ["HealthWatch"]

_LOOK_MS: Final = 30_000


class HealthWatch:
    """Belongs to the station's thread."""

    def __init__(self, services: Services, publisher: Publisher) -> None:
        self._services = services
        self._publisher = publisher
        self._started = read_clocks(services.clock)
        self._next_ms = services.clock.mono_ms()
        self.look()

    def look(self) -> bool:
        """Look if it is time; return whether anything has changed."""
        now_ms = self._services.clock.mono_ms()
        if now_ms < self._next_ms:
            return False
        self._next_ms = now_ms + _LOOK_MS
        before = self._publisher.status.health
        self._publisher.change(health=self._judge())
        return self._publisher.status.health != before

    def _judge(self) -> StationHealth:
        services = self._services
        disk, free = find_disk_fault(services)
        clock, keys = "", "begin.log_closed" if services.journal.log.closed else ""
        try:
            clock = find_clock_fault(services, self._started)
        except CryptoError:
            # Told here; it would end the case at the desk for the sake of a look.
            keys = "begin.log_broken"
        return StationHealth(
            clock=clock,
            disk=disk,
            keys=keys,
            free_gb=free // 1024**3,
            needs_screen=needs_window(services),
        )
