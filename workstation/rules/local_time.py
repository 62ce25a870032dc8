"""The clock on the wall of a branch: ages, terms and days in force go by it, not by UTC.

One zone for the whole country since 2024-03-01, UTC+05:00 without summer time: from 19:00 UTC on it
is tomorrow at every counter.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Final

__all__ = ["KAZAKHSTAN", "local_day"]

KAZAKHSTAN: Final = timezone(timedelta(hours=5))


def local_day(moment: datetime) -> date:
    """Return the day in Kazakhstan at an aware moment; ValueError for a naive one.

    A naive moment would be taken for the computer's own zone.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(KAZAKHSTAN).date()
