"""When witnesses are asked, and what the station shows of them; and the log's hourly heartbeat."""

from typing import Final

from crypto.errors import CryptoError
from crypto.log.format.key_record import Kind
from workstation.station.publisher import Publisher
from workstation.station.task import Task
from workstation.verification.services import Services
from workstation.witness.ask import WitnessResult

__all__ = ["WHAT", "LogWatch"]

WHAT: Final = "witness"
_AFTER_RESULT_MS: Final = 5_000
_SILENT_MS: Final = 600_000
_HEARTBEAT_MS: Final = 3_600_000
"""An open station that writes nothing else says every hour that it is there, so that its absence
shows in the log (docs/formats/log.md, section 7)."""


class LogWatch:
    """Asks the witnesses of the log in turn and writes heartbeats; belongs to the station."""

    def __init__(self, services: Services, publisher: Publisher) -> None:
        self._services = services
        self._publisher = publisher
        self._asking = False
        self._asked_ms = -(1 << 60)
        self._asked_size = 0
        self._size = services.journal.log.size
        self._grown_ms = services.clock.mono_ms()
        self._show()

    def find_task(self, *, busy: bool) -> Task | None:
        """Return the question to the witnesses when it is due; None while one is asked.

        busy  whether a session runs: then it is only asked in turn, else soon after each entry
        """
        self._beat()
        anchoring, now = self._services.anchoring, self._services.clock.mono_ms()
        waited = now - self._asked_ms
        soon = not busy and self._size != self._asked_size and waited >= _AFTER_RESULT_MS
        if self._asking or not anchoring.configured or not (soon or waited >= anchoring.every_ms):
            return None
        self._asking, self._asked_ms, self._asked_size = True, now, self._size
        return Task(WHAT, anchoring.prepare(), self._take, self._fail)

    def _beat(self) -> None:
        log, now = self._services.journal.log, self._services.clock.mono_ms()
        if log.size != self._size:
            self._size, self._grown_ms = log.size, now
        elif now - self._grown_ms >= _HEARTBEAT_MS:
            self._grown_ms = now
            newest = self._services.anchoring.newest
            try:
                log.append(Kind.HEARTBEAT, {"anchored": 0 if newest is None else newest.size})
            except CryptoError as error:
                self._publisher.show_error(error, None)
            self._size = log.size

    def _take(self, results: tuple[WitnessResult, ...]) -> None:
        self._asking = False
        log = self._services.journal.log
        before = log.size
        try:
            self._services.anchoring.record(results, log)
        except CryptoError as error:
            self._publisher.show_error(error, None)
        # What was just written here is no reason to ask at once; what came meanwhile is.
        self._asked_size += log.size - before
        self._size = log.size
        self._show()

    def _fail(self, error: Exception) -> None:
        self._asking = False
        if isinstance(error, CryptoError):
            self._publisher.show_error(error, None)
        else:
            self._publisher.show_message("internal")

    def _show(self) -> None:
        anchoring = self._services.anchoring
        newest = anchoring.newest
        self._publisher.change(
            witnessed=anchoring.configured,
            anchored_size=0 if newest is None else newest.size,
            anchored_ms=0 if newest is None else newest.time_s * 1000,
            anchor_message=anchoring.alarm or self._find_silence(),
        )

    def _find_silence(self) -> str:
        """Return the code of witnesses that have not cosigned for long; empty before the first."""
        anchoring, now = self._services.anchoring, self._services.clock.wall_ms()
        if not anchoring.configured or not self._asked_size:
            return ""
        newest = anchoring.newest
        late = newest is None or now - newest.time_s * 1000 > _SILENT_MS
        return "witness_silent" if late else ""
