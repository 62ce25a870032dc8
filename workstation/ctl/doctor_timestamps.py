"""What `doctor` sees of the time-stamping service: it is asked for one time-stamp."""

from collections.abc import Iterator
from datetime import datetime

from crypto.report.policy import TimestampRule
from crypto.tsp.client import TimestampFailed, TimestampFault
from workstation.rules.policy import Policy
from workstation.settings.settings import LoadedSettings
from workstation.trust.revocation import Revocation
from workstation.trust.timestamps import build_timestamping, try_service
from workstation.trust.validator import build_validator

__all__ = ["check_timestamps"]

_NAME = "time-stamps"


def check_timestamps(
    loaded: LoadedSettings, policy: Policy, revocation: Revocation, now: datetime
) -> Iterator[tuple[str, str, str]]:
    """Iterate over name, state and what was seen: whether a signature could be stamped now."""
    timestamping, rule = build_timestamping(loaded), policy.timestamp
    lacking = "bad" if rule is TimestampRule.REQUIRED else "warning"
    if timestamping is None:
        if rule is TimestampRule.NONE:
            yield _NAME, "good", "the policy asks for none"
        else:
            yield _NAME, lacking, f"{rule.value} by the policy, but $.timestamps names no service"
        return
    service = timestamping.service
    validator = build_validator(loaded, policy, revocation)
    try:
        tried = try_service(service, lambda: validator.create_context(now))
    except TimestampFailed as failed:
        yield _NAME, lacking, f"{service.url}: {_word(failed)}; `tsp check` says what to do"
        return
    seen = f"{service.url}: {tried.authority}, policy {tried.policy}"
    yield _NAME, "good", f"{seen}, clock {tried.ahead_s:+d} s; {rule.value} by the policy"


def _word(failed: TimestampFailed) -> str:
    if failed.fault is TimestampFault.CLOCK_DIFFERS:
        return f"its clock differs from this computer's by {failed.detail} s"
    return f"{failed.fault.value} {failed.detail}".strip()
