"""When somebody who has not answered is asked again: after pauses that grow."""

from crypto.log.file.clock import Clock

__all__ = ["Retry"]

_FIRST_MS = 2_000
_LONGEST_MS = 30_000


class Retry:
    """Counts the pauses between questions of one kind: 2 s, then twice as long, at most 30 s.

    since_ms  wall clock of the first question without an answer, None while nobody is waited for
    again_ms  wall clock of the next question, 0 while one is being asked
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause_ms = _FIRST_MS
        self._due_ms = 0
        self.since_ms: int | None = None
        self.again_ms = 0

    @property
    def due(self) -> bool:
        """Whether it is time to ask again; never while one question is under way."""
        return self.again_ms > 0 and self._clock.mono_ms() >= self._due_ms

    def begin(self) -> None:
        """Take note that a question is put now."""
        if self.since_ms is None:
            self.since_ms = self._clock.wall_ms()
        self.again_ms = 0

    def pause(self) -> None:
        """Take note that it was not answered."""
        self._due_ms = self._clock.mono_ms() + self._pause_ms
        self.again_ms = self._clock.wall_ms() + self._pause_ms
        self._pause_ms = min(2 * self._pause_ms, _LONGEST_MS)

    def end(self) -> None:
        """Take note that nobody is waited for any more."""
        self.since_ms, self.again_ms, self._pause_ms = None, 0, _FIRST_MS
