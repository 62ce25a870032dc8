"""`tsp`: the station's time-stamping service, tried as a session would ask it."""

from datetime import UTC, datetime

import click

from crypto.tsp.client import TimestampFailed
from workstation.ctl.console import Console, Value, with_console
from workstation.ctl.crl import open_revocation_station
from workstation.ctl.failures import ExitCode, NothingFound
from workstation.ctl.moments import moment_option
from workstation.settings.settings import load_settings
from workstation.trust.timestamps import TriedService, build_timestamping, try_service
from workstation.trust.validator import build_validator

__all__ = ["tsp"]


@click.group()
def tsp() -> None:
    """Try the service that time-stamps signatures."""


@tsp.command("check")
@moment_option
@with_console
def check(console: Console, *, moment: datetime | None) -> None:
    """Have random octets time-stamped, as a session would.

    The service is that of [timestamps].

    Exit code 0 only when the time-stamp counts here: verified, trusted, at this computer's time.
    """
    loaded = load_settings(console.folder())
    timestamping = build_timestamping(loaded)
    if timestamping is None:
        raise NothingFound("the settings name no time-stamping service; fill in [timestamps]")
    service = timestamping.service
    with open_revocation_station(console, moment or datetime.now(UTC)) as station:
        validator = build_validator(loaded, station.policy, station.revocation)
        try:
            tried = try_service(
                service, lambda: validator.create_context(moment or datetime.now(UTC))
            )
        except TimestampFailed as failed:
            alarm = failed.make_alarm(str(service.url))
            if alarm is not None:
                station.alarms.report(alarm)
            _show_failure(console, str(service.url), failed)
            console.leave(ExitCode.REFUSED)
        else:
            _show(console, str(service.url), tried)


def _show_failure(console: Console, url: str, failed: TimestampFailed) -> None:
    what = console.texts.tr(f"timestamp_fault.{failed.fault}")
    record: dict[str, Value] = {
        "url": url,
        "status": failed.fault.value,
        "detail": failed.detail,
        "next": what,
    }
    console.show(record)


def _show(console: Console, url: str, tried: TriedService) -> None:
    record: dict[str, Value] = {
        "url": url,
        "status": "good",
        "time": tried.moment.isoformat(),
        "ahead_s": tried.ahead_s,
        "policy": tried.policy,
        "authority": tried.authority,
    }
    console.show(record)
