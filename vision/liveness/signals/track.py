"""One face in view from the first frame to the last: the track never breaks for long."""

from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation

__all__ = ["FACE_LOST", "SECOND_FACE", "TrackWatch"]

FACE_LOST = "liveness.face_lost"
SECOND_FACE = "liveness.second_face"


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
