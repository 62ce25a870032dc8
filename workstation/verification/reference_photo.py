"""How the reference photo comes to the counter: from a file, or from the camera's next frame."""

import stat
from pathlib import Path

from vision.errors import VisionError
from vision.frame import Frame
from vision.liveness.evidence import encode
from vision.matching.reference import ReferenceProvenance
from workstation.session.states import State
from workstation.verification.verification import Verification

__all__ = ["ReferenceIntake"]

_MAX_PHOTO = 20 << 20
_REFUSED = "reference.refused"


class ReferenceIntake:
    """Takes the photo of one session; what is wrong with a photo can be mended with another."""

    def __init__(self, verification: Verification) -> None:
        self._verification = verification
        self._asked = False

    @property
    def wants_frame(self) -> bool:
        """Whether the next camera frame is to be the photo."""
        return self._asked and self._verification.state is State.REFERENCE

    def from_file(self, path: Path) -> None:
        """Take the photo from an image file; raises IllegalTransition when none is wanted."""
        self._verification.require(State.REFERENCE)
        untrusted, trouble = _read_photo(path)
        if trouble:
            self._verification.trouble(_REFUSED, trouble)
        else:
            self._verification.biometrics.use_reference(untrusted, ReferenceProvenance.FILE)

    def from_camera(self, trouble: str) -> None:
        """Wait for a frame, or say the code of why there will be none; raises IllegalTransition."""
        self._verification.require(State.REFERENCE)
        if trouble:
            self._verification.trouble(_REFUSED, trouble)
        self._asked = not trouble

    def take(self, frame: Frame) -> None:
        """Take the frame that was waited for."""
        self._asked = False
        try:
            jpeg = encode(frame, "reference").jpeg
        except VisionError as error:
            self._verification.fault(error.code)
            return
        self._verification.biometrics.use_reference(jpeg, ReferenceProvenance.CAMERA)

    def camera_failed(self, code: str) -> None:
        """Stop waiting: the camera is gone."""
        if self.wants_frame:
            self._asked = False
            self._verification.trouble(_REFUSED, code)


def _read_photo(path: Path) -> tuple[bytes, str]:
    """Return the file's bytes, or the code of why there are none."""
    try:
        # Only regular files: a pipe or a device would hold the station for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            return b"", "reference.unreadable"
        with path.open("rb") as file:
            untrusted = file.read(_MAX_PHOTO + 1)
    except (OSError, ValueError):
        return b"", "reference.unreadable"
    return (b"", "reference.too_large") if len(untrusted) > _MAX_PHOTO else (untrusted, "")
