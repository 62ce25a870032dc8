"""Time as the log uses it: wall and monotonic milliseconds, and the rule that compares them."""

import secrets
import time
from typing import Protocol

__all__ = ["Clock", "Reading", "SystemClock", "has_stepped"]

TOLERANCE_MS = 2_000
TOLERANCE_PPM = 200
"""docs/formats/log.md, section 5, step 2."""

Reading = tuple[str, int, int]
"""Boot id, wall ms, monotonic ms: the clocks at one moment."""


class Clock(Protocol):
    """Where entries take their times from."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC by the wall clock."""
        ...

    def mono_ms(self) -> int:
        """Milliseconds of a clock that only goes forward and counts sleep."""
        ...

    @property
    def boot(self) -> str:
        """Random id of this run of the clock; monotonic times compare only within it."""
        ...


class SystemClock:
    """The operating system's clocks; one instance per process."""

    def __init__(self) -> None:
        self._boot = secrets.token_hex(4)
        # On Linux only CLOCK_BOOTTIME counts sleep (clock_gettime(2)); elsewhere monotonic does.
        self._source = getattr(time, "CLOCK_BOOTTIME", None)

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """Milliseconds since the machine started, sleep included."""
        nanoseconds = (
            time.monotonic_ns() if self._source is None else time.clock_gettime_ns(self._source)
        )
        return nanoseconds // 1_000_000

    @property
    def boot(self) -> str:
        """Eight random hex digits drawn when this clock was made."""
        return self._boot


def has_stepped(before: Reading | None, now: Reading) -> bool:
    """Whether a `clock.step` must stand between two readings.

    Within a boot the clocks may differ by 2 s and 200 ppm; across boots the wall clock may not
    go back.
    """
    if before is None:
        return False
    if before[0] != now[0]:
        return now[1] < before[1]
    elapsed = now[2] - before[2]
    drift = abs(now[1] - before[1] - elapsed)
    return drift > TOLERANCE_MS + abs(elapsed) * TOLERANCE_PPM // 1_000_000
