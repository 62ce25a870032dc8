"""What a station has of the rules: where the versions come from, and what is built of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crypto.signatures.validator import SignatureValidator
from vision.face.quality import QualitySettings
from vision.liveness.settings import LivenessSettings
from vision.matching.settings import MatchSettings
from workstation.rules.calendar.calendar import PolicyCalendar
from workstation.rules.policy import Policy
from workstation.trust.revocation import Revocation

__all__ = ["RuleServices", "RuleSource"]


@dataclass(frozen=True, slots=True)
class RuleServices:
    """One version of the rules, and what a station builds of it."""

    policy: Policy
    liveness: LivenessSettings
    matching: MatchSettings
    live_quality: QualitySettings
    reference_quality: QualitySettings
    validator: SignatureValidator
    revocation: Revocation


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Where the versions of the rules come from.

    calendar  as it was read last
    read      reads it anew at a moment: PolicyRefused, SettingsRefused
    build     builds what a station needs of one version
    folder    of signed versions; None: the settings pin one file
    """

    calendar: PolicyCalendar
    read: Callable[[datetime], PolicyCalendar]
    build: Callable[[Policy], RuleServices]
    folder: Path | None
