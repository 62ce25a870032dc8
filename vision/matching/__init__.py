"""Comparison of the live face with the reference photo: templates, thresholds, provenance."""

from vision.matching.settings import MatchSettings

__all__ = ["MatchSettings"]
