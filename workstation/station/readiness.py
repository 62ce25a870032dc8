"""What is asked before every session, so that no customer is troubled for nothing."""

import shutil
from typing import Final

from crypto.errors import CryptoError
from crypto.log.file.clock import Clock, Reading, has_stepped
from workstation.errors import OperationRefused, PolicyRefused
from workstation.rules.local_time import local_day
from workstation.rules.people.window import WindowRule
from workstation.rules.policy_file import require_in_force
from workstation.station.log_view import LogVerification
from workstation.trust.crl_coverage import needed_crls
from workstation.verification.services import Services

__all__ = [
    "find_clock_fault",
    "find_disk_fault",
    "needs_window",
    "read_clocks",
    "require_ready",
    "require_screen",
    "require_trusted",
]

_FIELD: Final = "station"
"""What a refusal is about: no field of the form."""

_LEAST_FREE: Final = 64 * 1024 * 1024
"""Octets: a session seals some megabytes, and the log must never be the one that finds it full."""

_TOLERANCE_MS: Final = 2_000
"""What the log calls no step within a run (docs/formats/log.md, section 5, step 2)."""


def read_clocks(clock: Clock) -> Reading:
    """Return the clocks at this moment."""
    return clock.boot, clock.wall_ms(), clock.mono_ms()


def require_ready(
    services: Services,
    kind: str,
    *,
    started: Reading,
    log: LogVerification | None,
    camera: str,
) -> None:
    """Raise OperationRefused with the code of what a session would fail by.

    started  the clocks when the program started
    log      the newest verification of the log, None before there was one
    camera   code of why the camera gives no image, empty while it does
    """
    if code := _find_policy_fault(services, kind):
        raise OperationRefused(_FIELD, code)
    require_trusted(services, started=started, log=log)
    if code := _find_crl_fault(services) or camera or find_disk_fault(services)[0]:
        raise OperationRefused(_FIELD, code)


def require_trusted(services: Services, *, started: Reading, log: LogVerification | None) -> None:
    """Raise OperationRefused where times, the log or what is worked by are not to be believed."""
    office = services.administration
    if office is not None and office.restart:
        raise OperationRefused(_FIELD, "begin.restart")
    broken = "begin.log_broken" if log is not None and _is_broken(log) else ""
    if code := broken or find_clock_fault(services, started):
        raise OperationRefused(_FIELD, code)


def require_screen(services: Services, *, shown: bool) -> None:
    """Raise OperationRefused where customers have a screen and their window is not shown on it."""
    if services.facts.customer_screen and not shown:
        raise OperationRefused(_FIELD, "begin.customer_screen")


def needs_window(services: Services) -> bool:
    """Whether a case goes on only while the customer can read the own window.

    A bank that gave customers a screen has them read it, whatever the policy asks of others.
    """
    return services.facts.customer_screen or services.policy.window is WindowRule.REQUIRED


def _is_broken(log: LogVerification) -> bool:
    """Whether the log was found broken, and not yet found whole again."""
    return not log.ok and (not log.running or log.reason != "")


def _find_policy_fault(services: Services, kind: str) -> str:
    """Find whether the policy and its rules bind today, as they did when the program started."""
    policy, day = services.policy, local_day(services.now())
    try:
        require_in_force(policy, day)
    except PolicyRefused:
        return "begin.policy_ended"
    try:
        if policy.operation(kind).needs_mci:
            policy.mci_on(day)
    except PolicyRefused:
        return "begin.mci_missing"
    return ""


def find_clock_fault(services: Services, started: Reading) -> str:
    """Find whether the wall clock was changed: since the start, or to before the log's end."""
    now = read_clocks(services.clock)
    log = services.journal.log
    newest = log.entry(log.size - 1).t_ms if log.size else 0
    stepped = has_stepped(started, now) or now[1] < newest - _TOLERANCE_MS
    return "begin.clock_stepped" if stepped else ""


def _find_crl_fault(services: Services) -> str:
    """Find whether no list about an authority is in force: then no signature can be accepted.

    Where one is, customers of that authority can be served; what else is missing is on the screen.
    """
    try:
        needed = needed_crls(services.revocation, services.policy, services.now())
    except CryptoError as unusable:
        return unusable.code
    about = [each.good for each in needed if each.itself]
    return "begin.lists_missing" if about and not any(about) else ""


def find_disk_fault(services: Services) -> tuple[str, int]:
    """Find whether the disk of the log is full, or gone; with the octets that are free."""
    try:
        free = shutil.disk_usage(services.log_path.parent).free
    except OSError:
        free = 0
    return "begin.disk_full" if free < _LEAST_FREE else "", free
