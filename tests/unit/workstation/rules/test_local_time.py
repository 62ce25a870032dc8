"""Days of the branch: UTC+05:00."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workstation.rules.local_time import (
    KAZAKHSTAN,
    count_local_day,
    count_local_minute,
    local_day,
)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 11, 18, 59, 59, 999_999, tzinfo=UTC), date(2026, 7, 11)),
        (datetime(2026, 7, 11, 19, tzinfo=UTC), date(2026, 7, 12)),
        (datetime(2026, 7, 11, 23, 59, 59, tzinfo=UTC), date(2026, 7, 12)),
        (datetime(2026, 7, 12, tzinfo=UTC), date(2026, 7, 12)),
        (datetime(2026, 12, 31, 19, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2028, 2, 28, 20, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 7, 12, 0, 30, tzinfo=KAZAKHSTAN), date(2026, 7, 12)),
    ],
)
def test_a_day_begins_at_19_00_utc(moment, day):
    assert local_day(moment) == day


def test_a_zone_has_no_summer_time():
    for month in range(1, 13):
        assert datetime(2026, month, 1, tzinfo=KAZAKHSTAN).utcoffset() == timedelta(hours=5)


def test_a_moment_without_a_zone_is_no_moment():
    with pytest.raises(ValueError, match="zone"):
        local_day(datetime(2026, 7, 12))  # noqa: DTZ001 - a naive time is the case


def test_days_and_minutes_of_a_wall_clock_are_those_of_the_zone():
    for second in (0, 68_399, 68_400, 68_460, 1_783_882_799, 1_783_882_800):
        moment = datetime.fromtimestamp(second, KAZAKHSTAN)
        assert count_local_day(second * 1000) == (moment.date() - date(1970, 1, 1)).days
        assert count_local_minute(second * 1000) == moment.hour * 60 + moment.minute
