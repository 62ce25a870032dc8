"""The two thresholds of a comparison and how many live templates it needs. No defaults."""

from dataclasses import dataclass

from vision.errors import VisionSettingsRefused

__all__ = ["HIGHEST_MATCH_PPM", "MatchSettings"]

HIGHEST_MATCH_PPM = 500_000
"""Refuse a raw match threshold above this: at 0.6, the value usually copied from examples, one in
three pairs of different Asian faces matched in our measurement (docs/liveness.md)."""


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Raw L2 distances in parts per million.

    match_ppm   at most this: MATCH
    review_ppm  above this: NON_MATCH; between the two an officer compares the photos
    frames      live templates needed, at least 1
    """

    match_ppm: int
    review_ppm: int
    frames: int

    def __post_init__(self) -> None:
        """Refuse thresholds that would accept strangers. Raises SettingsRefused."""
        if not 0 < self.match_ppm <= HIGHEST_MATCH_PPM:
            raise VisionSettingsRefused("match.match_ppm")
        if self.review_ppm < self.match_ppm:
            raise VisionSettingsRefused("match.review_ppm")
        if self.frames < 1:
            raise VisionSettingsRefused("match.frames")
