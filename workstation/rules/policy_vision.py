"""Turns the policy's tables of thresholds into the settings that the vision room asks for."""

from dataclasses import fields
from typing import TypeVar

from vision.errors import VisionError
from vision.face.quality import QualitySettings
from vision.liveness.settings import LivenessSettings
from vision.matching.settings import MatchSettings
from vision.models.manifest import Match
from workstation.errors import PolicyRefused
from workstation.rules.policy import Policy, Table

__all__ = [
    "live_quality_settings",
    "liveness_settings",
    "match_settings",
    "reference_quality_settings",
    "require_vision_tables",
]

_Settings = TypeVar("_Settings", LivenessSettings, MatchSettings, QualitySettings)


def liveness_settings(policy: Policy) -> LivenessSettings:
    """Return the settings of a liveness attempt; PolicyRefused when the table is not exact."""
    settings = _settings(policy.liveness, LivenessSettings, "$.vision.liveness")
    if settings.commands < policy.commands_min:
        raise PolicyRefused("$.vision.liveness.commands is below $.limits.commands_min")
    return settings


def match_settings(policy: Policy, model: Match) -> MatchSettings:
    """Return the thresholds of the face comparison.

    PolicyRefused when the table is not exact, or looser than those of the comparing model.
    """
    settings = _settings(policy.match, MatchSettings, "$.vision.match")
    try:
        settings.require_no_looser_than(model)
    except VisionError as error:
        raise PolicyRefused(f"$.vision: {error.detail} is looser than the model's own") from None
    return settings


def reference_quality_settings(policy: Policy) -> QualitySettings:
    """Return what a reference photo must be like; PolicyRefused when the table is not exact."""
    return _settings(policy.reference_quality, QualitySettings, "$.vision.reference_quality")


def live_quality_settings(policy: Policy) -> QualitySettings:
    """Return what a live frame must be like; PolicyRefused when the table is not exact."""
    return _settings(policy.live_quality, QualitySettings, "$.vision.live_quality")


def require_vision_tables(policy: Policy, model: Match) -> None:
    """Raise PolicyRefused when any of the four tables does not build its settings."""
    liveness_settings(policy)
    match_settings(policy, model)
    reference_quality_settings(policy)
    live_quality_settings(policy)


def _settings(table: Table, shape: type[_Settings], place: str) -> _Settings:
    values = dict(table)
    wanted = [field.name for field in fields(shape)]
    for name in wanted:
        if name not in values:
            raise PolicyRefused(f"{place}.{name} is missing")
    for name in values:
        if name not in wanted:
            raise PolicyRefused(f"{place}.{name} is unknown")
    try:
        return shape(**values)
    except VisionError as error:
        raise PolicyRefused(f"$.vision: {error.detail or error.code}") from None
