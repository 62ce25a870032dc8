"""One person from the first frame to the last: the track never breaks, the face never changes."""

from collections.abc import Sequence
from math import dist, fsum

from vision.liveness.posture import MILLION
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, FaceTemplate, SignalResult, Status

__all__ = [
    "FACE_LOST",
    "IDENTITY_CHANGED",
    "SECOND_FACE",
    "IdentityWatch",
    "TrackWatch",
    "mean_template",
]

FACE_LOST = "liveness.face_lost"
SECOND_FACE = "liveness.second_face"
IDENTITY_CHANGED = "liveness.identity_changed"
IDENTITY_UNPROVEN = "liveness.identity_unproven"


def mean_template(templates: Sequence[FaceTemplate]) -> FaceTemplate:
    """Return the mean of templates of equal length; at least one is needed."""
    count = len(templates)
    return tuple(fsum(column) / count for column in zip(*templates, strict=True))


class TrackWatch:
    """Notices that the face is gone, or not alone, for too long."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._lost_since: int | None = None
        self._company_since: int | None = None

    def observe(self, at_ms: int, seen: FaceObservation, allowed_gap_ms: int) -> str:
        """Take one observation; return the reason to end the attempt, or an empty string."""
        if seen.landmarks:
            self._lost_since = None
        elif self._lost_since is None:
            self._lost_since = at_ms
        if seen.faces <= 1:
            self._company_since = None
        elif self._company_since is None:
            self._company_since = at_ms
        if self._lost_since is not None and at_ms - self._lost_since > allowed_gap_ms:
            return FACE_LOST
        if (
            self._company_since is not None
            and at_ms - self._company_since > self._settings.second_face_ms
        ):
            return SECOND_FACE
        return ""


class IdentityWatch:
    """Compares every frontal template with those of the first neutral moment.

    One template can be blurred, so a change counts when two templates in a row say so; the first
    of them makes the watch doubtful and asks for the second.
    """

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._anchors: list[FaceTemplate] = []
        self._previous = 0.0
        self._confirmed = 0.0

    def add(self, template: FaceTemplate) -> None:
        """Take the next frontal template."""
        distance = dist(template, mean_template(self._anchors)) if self._anchors else 0.0
        self._confirmed = max(self._confirmed, min(distance, self._previous))
        self._previous = distance
        if len(self._anchors) < self._settings.templates_first:
            self._anchors.append(template)

    @property
    def doubtful(self) -> bool:
        """Say whether the last template looked like another person."""
        return self._previous * MILLION > self._settings.continuity_ppm

    @property
    def changed(self) -> bool:
        """Say whether another person was seen twice in a row."""
        return self._confirmed * MILLION > self._settings.continuity_ppm

    def result(self, *, complete: bool) -> SignalResult:
        """Judge the greatest confirmed distance; an attempt cut short proves no identity."""
        value = round(self._confirmed * MILLION)
        threshold = self._settings.continuity_ppm
        if self.changed:
            return SignalResult("identity", Status.FAILED, value, threshold, IDENTITY_CHANGED)
        if self.doubtful or not complete:
            return SignalResult(
                "identity", Status.INDETERMINATE, value, threshold, IDENTITY_UNPROVEN
            )
        return SignalResult("identity", Status.PASSED, value, threshold, "")
