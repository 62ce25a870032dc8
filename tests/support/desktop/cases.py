"""Cases that wait, for the pages that list them."""

from typing import Any

from tests.support.desktop.snapshots import NOW_MS
from workstation.cases.parked_case import ParkedCase, WaitsFor

__all__ = ["HOUR_MS", "case"]

HOUR_MS = 3_600_000


def case(number: int = 418, waits_for: WaitsFor = WaitsFor.CUSTOMER, **changed: Any) -> ParkedCase:
    """Return a case that was parked an hour ago."""
    made: dict[str, Any] = {
        "case": f"{number:032x}",
        "number": number,
        "kind": "change_trusted_phone",
        "client_name": "Нұрғалиева Әсел Серікқызы",
        "iin_masked": "••••••••0421",
        "parked_ms": NOW_MS - HOUR_MS,
        "until_ms": NOW_MS + HOUR_MS,
        "by": "T-1042",
    }
    return ParkedCase(**{**made, **changed}, waits_for=waits_for)
