from datetime import UTC, datetime, timedelta, timezone

import pytest

from workstation.verification.findings.key_age import KeyAge, measure_key_age

ISSUED = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (timedelta(0), KeyAge(0, young=True)),
        (timedelta(minutes=10), KeyAge(0, young=True)),
        (72 * HOUR - timedelta(seconds=1), KeyAge(71, young=True)),
        (72 * HOUR, KeyAge(72, young=False)),
        (timedelta(days=365), KeyAge(8760, young=False)),
        (-timedelta(seconds=1), KeyAge(0, young=True)),
    ],
)
def test_a_key_is_young_until_it_has_the_policys_hours(age, found):
    assert measure_key_age(ISSUED, ISSUED + age, 72) == found


def test_the_zone_in_which_a_moment_is_written_does_not_matter():
    almaty = timezone(timedelta(hours=5))

    assert measure_key_age(ISSUED.astimezone(almaty), ISSUED + 2 * HOUR, 2).young is False


def test_a_policy_of_no_hours_finds_no_key_young_but_one_from_the_future():
    assert measure_key_age(ISSUED, ISSUED, 0).young is False
    assert measure_key_age(ISSUED, ISSUED - HOUR, 0).young is True
