"""The line about the revocation list: missing, fresh, or not being updated."""

from dataclasses import replace

import pytest

from tests.support.snapshots import NOW_MS
from ui.widgets.readiness import crl_line
from workstation.snapshot import StationStatus

STATUS = StationStatus(profile="production", station="ws-07")


@pytest.mark.parametrize(
    ("changes", "tone", "code"),
    [
        ({}, "warn", "station.crl_missing"),
        ({"crl_this_update_ms": NOW_MS}, "ok", "station.crl"),
        ({"crl_this_update_ms": NOW_MS, "crl_notice": "stale_list"}, "warn", "station.crl_late"),
        ({"crl_notice": "evidence_unusable"}, "warn", "station.crl_missing"),
        ({"crl_percent": 40}, "now", "station.crl_taken"),
    ],
)
def test_the_teller_sees_how_the_revocation_list_is(changes, tone, code):
    assert crl_line(replace(STATUS, **changes))[:2] == (tone, code)
