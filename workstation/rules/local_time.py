"""The clock on the wall of a branch: ages, terms and days in force go by it, not by UTC.

One zone for the whole country since 2024-03-01, UTC+05:00 without summer time: from 19:00 UTC on it
is tomorrow at every counter.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Final

__all__ = ["KAZAKHSTAN", "count_local_day", "count_local_minute", "local_day"]

_OFFSET: Final = timedelta(hours=5)
KAZAKHSTAN: Final = timezone(_OFFSET)

_OFFSET_MS: Final = _OFFSET // timedelta(milliseconds=1)
_DAY_MS: Final = 86_400_000
_MINUTE_MS: Final = 60_000


def local_day(moment: datetime) -> date:
    """Return the day in Kazakhstan at an aware moment; ValueError for a naive one.

    A naive moment would be taken for the computer's own zone.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(KAZAKHSTAN).date()


def count_local_day(wall_ms: int) -> int:
    """Return the number since 1970 of the day in Kazakhstan: each entry of a log is counted by it.

    wall_ms  since 1970, UTC
    """
    return (wall_ms + _OFFSET_MS) // _DAY_MS


def count_local_minute(wall_ms: int) -> int:
    """Return the minute of the day in Kazakhstan, 0 to 1439; as `count_local_day`."""
    return (wall_ms + _OFFSET_MS) % _DAY_MS // _MINUTE_MS
