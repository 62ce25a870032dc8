"""How long ago a customer's key was certified: one that is minutes old is a signal of takeover."""

from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["KeyAge", "measure_key_age"]

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KeyAge:
    """Age of a key.

    hours  full hours since the certificate's notBefore; 0 when that lies ahead
    young  whether it is younger than the policy wants
    """

    hours: int
    young: bool


def measure_key_age(not_before: datetime, moment: datetime, least_hours: int) -> KeyAge:
    """Return the age of a key at `moment`; both aware.

    A key of exactly `least_hours` is old enough; with 0 none is young, except one whose
    validity has not begun.
    """
    age = moment - not_before
    ahead = age < timedelta(0)
    return KeyAge(0 if ahead else age // _HOUR, young=ahead or age < least_hours * _HOUR)
