"""Scenarios of the time-stamping service: what it fails at costs a time-stamp, never the truth."""

from workstation.sandbox.demo import DemoStation
from workstation.sandbox.pki.timestamps import TsaMode
from workstation.sandbox.scenarios.arranging import (
    APPROVED,
    STOPPED,
    edit_policy,
    left_open,
    set_timestamps,
)
from workstation.sandbox.scenarios.scenario import Scenario, Script

__all__ = ["TIME_STAMPS"]

_REQUIRED = edit_policy(('timestamp = "wanted"', 'timestamp = "required"'))


def _require_of_carrier(demo: DemoStation) -> None:
    _REQUIRED(demo)
    if demo.services.timestamping is not None:
        demo.services.timestamping.by_carrier = True


TIME_STAMPS = (
    Scenario("tsa_silent", APPROVED, arrange=set_timestamps(TsaMode.DOWN)),
    Scenario(
        "tsa_silent_required",
        left_open(STOPPED, "timestamp_fault.unreachable"),
        arrange=set_timestamps(TsaMode.DOWN),
        prepare=_REQUIRED,
    ),
    Scenario(
        "tsa_back",
        APPROVED,
        script=Script.TSA_BACK,
        arrange=set_timestamps(TsaMode.DOWN),
        prepare=_REQUIRED,
    ),
    Scenario(
        "tsa_clock_ahead",
        left_open(STOPPED, "timestamp_fault.clock_differs"),
        arrange=set_timestamps(TsaMode.CLOCK_AHEAD),
        prepare=_REQUIRED,
    ),
    Scenario("tsa_replays", APPROVED, arrange=set_timestamps(TsaMode.WRONG_NONCE)),
    Scenario(
        "tsa_forged",
        left_open(STOPPED, "timestamp_fault.not_trusted"),
        arrange=set_timestamps(TsaMode.FORGED),
        prepare=_REQUIRED,
    ),
    Scenario(
        "stamped_by_carrier",
        APPROVED,
        # The workstation could not: the time-stamp that counts is NCALayer's own.
        arrange=set_timestamps(TsaMode.DOWN),
        prepare=_require_of_carrier,
    ),
)
