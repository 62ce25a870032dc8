"""Twelve scenarios of the demo as a person plays them, in one run of `workstation-ctl demo`.

Those that touch most: each way to sign, a child that is killed, a supervisor, two people in one
session, an approval that waits, refusals by every source. All others are played by
`workstation-ctl demo --scenario all`.
"""

import json
import sys
from pathlib import Path

import pytest

from tests.support.desktop.windows import said_by

pytestmark = [
    pytest.mark.skipif(sys.platform != "win32", reason="tests/e2e plays them elsewhere"),
    pytest.mark.timeout(1800),
]

CHOSEN = (
    "approve",
    "approve_by_phone",
    "approve_by_file",
    "park_and_return",
    "replay",
    "analysis_killed",
    "revoked",
    "ocsp_down_stale_crl",
    "tampered_cms",
    "supervisor_overrides_soft",
    "poa_two_signatures",
    "unblock_waits",
)


def test_twelve_scenarios_end_as_they_must(tmp_path: Path) -> None:
    flat = [each for name in CHOSEN for each in ("--scenario", name)]
    code, printed = said_by(
        *("-m", "workstation.ctl", "--json", "--data", str(tmp_path), "demo", *flat), seconds=1500
    )
    played = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]

    assert [each["scenario"] for each in played if each["as_expected"]] == list(CHOSEN), printed
    assert all(each["log_verified"] and each["records"] == 1 for each in played)
    assert code == 0
