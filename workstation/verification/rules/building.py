"""Builds what a station works with under a version of the rules, and records which one binds."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from crypto.log.file.store import LogStore
from crypto.report.alarm import ReportAlarm
from vision.models.manifest import Manifest
from workstation.preflight import policy_calendar
from workstation.records.policy_in_force import record_policy_in_force, require_no_earlier
from workstation.rules.calendar.calendar import PolicyCalendar
from workstation.rules.policy import Policy
from workstation.rules.policy_vision import (
    live_quality_settings,
    liveness_settings,
    match_settings,
    reference_quality_settings,
)
from workstation.settings.settings import LoadedSettings
from workstation.trust.revocation import Revocation, open_revocation
from workstation.trust.stores import station_timestamp_trust, station_trust
from workstation.trust.validator import build_validator
from workstation.verification.rules.built import RuleServices, RuleSource

__all__ = ["begin_policy", "build_rules", "find_source", "open_rules"]


def begin_policy(
    loaded: LoadedSettings, log: LogStore, calendar: PolicyCalendar, day: date
) -> Policy:
    """Record which version binds on this day and return it."""
    version = calendar.require(day)
    if loaded.values.policy.pinned is None:
        # A pinned file is the charter's word, which may go back; a folder anybody may write.
        require_no_earlier(log, version, day)
    record_policy_in_force(log, version, day)
    return version.policy


def open_rules(
    loaded: LoadedSettings, models: Manifest, policy: Policy, report_alarm: ReportAlarm
) -> RuleServices:
    """Open the store of revocation lists and build the rest; its owner closes the store."""
    stamping = station_timestamp_trust(loaded)
    trust = station_trust(loaded)
    revocation = open_revocation(loaded, policy, trust, stamping, report_alarm=report_alarm)
    return build_rules(loaded, models, revocation, policy)


def find_source(
    loaded: LoadedSettings, calendar: PolicyCalendar, models: Manifest, revocation: Revocation
) -> RuleSource:
    """Return where the station's versions come from."""
    table = loaded.values.policy
    return RuleSource(
        calendar,
        partial(policy_calendar, loaded),
        partial(build_rules, loaded, models, revocation),
        None if table.pinned else loaded.path(table.place),
    )


def build_rules(
    loaded: LoadedSettings, models: Manifest, opened: Revocation, policy: Policy
) -> RuleServices:
    """Return what a station builds of one version of the rules; PolicyRefused."""
    tolerance = timedelta(seconds=policy.clock_tolerance_s)
    revocation = replace(opened, keys=policy.keys(), clock_tolerance=tolerance)
    return RuleServices(
        policy=policy,
        liveness=liveness_settings(policy),
        matching=match_settings(policy, models.match),
        live_quality=live_quality_settings(policy),
        reference_quality=reference_quality_settings(policy),
        validator=build_validator(loaded, policy, revocation),
        revocation=revocation,
    )
