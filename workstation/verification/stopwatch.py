"""How long a session has taken at the desk."""

from crypto.log.file.clock import Clock

__all__ = ["Stopwatch"]


class Stopwatch:
    """Counts milliseconds of a clock's forward time from its making, pauses left out.

    taken_ms  what was counted before, by another watch
    """

    def __init__(self, clock: Clock, taken_ms: int = 0) -> None:
        self._clock = clock
        self._started_ms = clock.mono_ms() - taken_ms
        self._paused_ms: int | None = None

    @property
    def taken_ms(self) -> int:
        """Return the milliseconds counted so far."""
        now_ms = self._clock.mono_ms() if self._paused_ms is None else self._paused_ms
        return now_ms - self._started_ms

    def pause(self) -> None:
        """Stop counting."""
        if self._paused_ms is None:
            self._paused_ms = self._clock.mono_ms()

    def resume(self) -> None:
        """Count on."""
        if self._paused_ms is not None:
            self._started_ms += self._clock.mono_ms() - self._paused_ms
            self._paused_ms = None
