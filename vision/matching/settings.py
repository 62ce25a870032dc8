"""The two thresholds of a comparison and how many live templates it needs. No defaults."""

from dataclasses import dataclass

from vision.errors import VisionSettingsRefused
from vision.models.manifest import Match

__all__ = ["MatchSettings"]


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Cosine distances in parts per million.

    match_ppm   at most this: MATCH
    review_ppm  above this: NON_MATCH; between the two an officer compares the photos
    frames      live templates needed, at least 1
    """

    match_ppm: int
    review_ppm: int
    frames: int

    def __post_init__(self) -> None:
        """Refuse what is no pair of thresholds. Raises SettingsRefused."""
        if self.match_ppm < 1:
            raise VisionSettingsRefused("match.match_ppm")
        if self.review_ppm < self.match_ppm:
            raise VisionSettingsRefused("match.review_ppm")
        if self.frames < 1:
            raise VisionSettingsRefused("match.frames")

    def require_no_looser_than(self, model: Match) -> None:
        """Raise SettingsRefused when a stranger would pass whom the model's own row refuses.

        Thresholds belong to the model that they were measured with; a policy may be stricter.
        """
        if self.match_ppm > model.match_ppm:
            raise VisionSettingsRefused("match.match_ppm")
        if self.review_ppm > model.review_ppm:
            raise VisionSettingsRefused("match.review_ppm")
        if self.frames < model.frames:
            raise VisionSettingsRefused("match.frames")
