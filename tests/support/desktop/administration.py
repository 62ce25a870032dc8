"""Made-up snapshots of the administrator's and the auditor's pages."""

from dataclasses import replace

from tests.support.desktop.snapshots import NOW_MS, station, verification
from workstation.administration.view import (
    AdministrationView,
    ChangeLine,
    CharterRow,
    KeyRow,
    PolicyDraft,
    PolicyRow,
    ProposalView,
    ReplayView,
    RetentionRow,
    RuleLine,
    StaffRow,
)
from workstation.rules.parties import Operator, Role
from workstation.station.snapshot import StationStatus

__all__ = ["VIEW", "administrator", "auditor"]

_DAY_MS = 86_400_000
_CHANGES = (
    ChangeLine("account_added", "S-0032", "", "supervisor"),
    ChangeLine("account_role_changed", "T-0044", "teller", "auditor"),
    ChangeLine("setting_changed", "$.sign_in.longest_lock_s", "900", "1800"),
)
VIEW = AdministrationView(
    charter=4,
    charter_sha256="9f2c41d07be388aa05c1e77d3b901f6ec2d4a81560bb7e299f2c41d07be388aa",
    staff=(
        StaffRow("A-0001", "Сериков Қанат", Role.ADMIN, disabled=False, since_ms=NOW_MS),
        StaffRow("A-0002", "Әлиева Дана", Role.ADMIN, disabled=False, since_ms=NOW_MS, iin=True),
        StaffRow(
            "T-0042", "Ахметов Е. Қ.", Role.TELLER, disabled=False, since_ms=NOW_MS, locked_s=240
        ),
        StaffRow("T-0043", "Ким В.", Role.TELLER, disabled=True, since_ms=NOW_MS),
        StaffRow(
            "S-0032", "Нұрланова А.", Role.SUPERVISOR, disabled=False, since_ms=NOW_MS, staged=True
        ),
    ),
    waiting=_CHANGES,
    proposal=ProposalView(5, "ab" * 32, "A-0001", NOW_MS - 3_600_000, _CHANGES),
    history=(
        CharterRow(4, "9f" * 32, NOW_MS - _DAY_MS, ("A-0001", "A-0002")),
        CharterRow(3, "8e" * 32, NOW_MS - 30 * _DAY_MS, ("head-office",)),
    ),
    policies=(PolicyRow("kz-2026-07-12", "c4" * 32, "2026-07-12", "", (), in_force=True),),
    draft=PolicyDraft(
        "bank-2026-12-01",
        "d5" * 32,
        "2026-12-01",
        "",
        (),
        (
            RuleLine("looser", "check_removed", "loan_issue", "antifraud", "hard", "", "B-02"),
            RuleLine("stricter", "check_added", "loan_issue", "age", "", "hard", "B-03"),
        ),
    ),
    replay=ReplayView(
        records=418,
        complete=True,
        counts=(("same", 402), ("refused", 9), ("let_in", 2), ("undetermined", 5)),
    ),
    kind="sealed",
    keys=(
        KeyRow("master.passphrase", NOW_MS - 100 * _DAY_MS),
        KeyRow("log-2", NOW_MS - 3_600_000),
        KeyRow("permit", NOW_MS - 200 * _DAY_MS),
        KeyRow("permit-2", NOW_MS - _DAY_MS, waits=True),
    ),
    retention=(
        RetentionRow(12, "approved", "2030-11-22", None, due=False),
        RetentionRow(48, "other", "2025-11-01", None, due=True),
        RetentionRow(96, "approved", "2025-10-01", 120, due=False),
    ),
    erased=3,
    read_ms=NOW_MS,
)


def administrator(**changed: object) -> StationStatus:
    """Return a station at which an administrator has signed in."""
    status = station(
        operator=False,
        allowed=("verify_log", "manage_operators", "manage_policy", "manage_station"),
        administration=VIEW,
        policy_days_left=9,
    )
    who = Operator("A-0002", "Әлиева Дана", Role.ADMIN)
    return replace(status, operator=who, **changed)


def auditor(**changed: object) -> StationStatus:
    """Return a station at which an auditor has signed in."""
    status = station(
        operator=False,
        allowed=("read_log", "verify_log", "export_log"),
        verification=verification(),
    )
    return replace(status, operator=Operator("U-0001", "Ли О.", Role.AUDITOR), **changed)
