"""Dates of PDF (ISO 32000-2 7.9.4): claims of whoever wrote them."""

import re
from datetime import UTC, datetime, timedelta, timezone

from crypto.containers.pdf.syntax import Value

__all__ = ["read_date"]

_DATE = re.compile(
    rb"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z(?:00'?00'?)?|([+-])(\d\d)'?(\d\d)?'?)?"
)


def read_date(value: Value) -> datetime | None:
    """Read a date down to the second; aware, UTC where no zone is stated; None for no date."""
    found = _DATE.fullmatch(value) if isinstance(value, bytes) else None
    if found is None:
        return None
    *fields, sign, hours, minutes = found.groups()
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        zone = timezone(-ahead if sign == b"-" else ahead) if sign else UTC
        year, month, day, hour, minute, second = (int(each) for each in fields)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
