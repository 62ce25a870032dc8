"""When alarms are written into the log, what the station shows of them, and who has seen them."""

from typing import Final

from crypto.errors import CryptoError
from workstation.accounts.operators import Permission, require
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.station.publisher import Publisher
from workstation.verification.services import Services

__all__ = ["AlarmWatch"]

_RETRY_MS: Final = 60_000


class AlarmWatch:
    """Writes what was reported in any thread; belongs to the station's."""

    def __init__(self, services: Services, publisher: Publisher) -> None:
        self._services = services
        self._publisher = publisher
        self._again_ms = 0
        self.collect()

    def collect(self) -> None:
        """Take what other programs of this station have found, and show everything."""
        self._services.alarms.collect()
        self.look()
        self._show()

    def look(self) -> bool:
        """Write what was reported since; return whether anything was."""
        services, now = self._services, self._services.clock.mono_ms()
        if now < self._again_ms:
            return False
        try:
            changed = services.alarms.write(services.journal.log, services.clock.wall_ms())
        except CryptoError as error:
            # What could not be written is kept; a log that takes nothing is said once a minute.
            self._again_ms = now + _RETRY_MS
            self._publisher.show_error(error, None)
            return True
        if changed:
            self._show()
        return changed

    def acknowledge(self, who: SignedIn | None) -> None:
        """Let a supervisor take note of every open alarm.

        Raises OperationRefused when nobody is signed in, RoleMissing, LogError.
        """
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.OVERRIDE)
        self._services.alarms.acknowledge(self._services.journal, who)
        self._show()

    def _show(self) -> None:
        self._publisher.change(alarms=self._services.alarms.open)
