"""The photo the live face is compared with: where it comes from and whether it is fit for that."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vision.errors import ImageHeic, ImageRefused, ImageTooLarge, ImageTruncated
from vision.face.quality import QualitySettings, assess
from vision.matching.image import decode_image
from vision.results import FaceObservation, FaceTemplate, QualityReport, Status
from vision.worker import FaceAnalysis

__all__ = ["IMAGE_REFUSED", "ReferencePhoto", "ReferenceProvenance", "load_reference"]

IMAGE_REFUSED = "reference.image_refused"
_IMAGE_REASONS = {
    ImageHeic: "reference.heic",
    ImageTooLarge: "reference.too_large",
    ImageTruncated: "reference.truncated",
}
_NO_FACE = "no_face"
_MILLION = 1_000_000


class ReferenceProvenance(StrEnum):
    """Who vouches for the photo."""

    FILE = "file"
    CAMERA = "camera"
    REGISTRY = "registry"
    CHIP = "chip"


@dataclass(frozen=True, slots=True)
class ReferencePhoto:
    """A reference photo, fit for comparison or not.

    sha256       of the file's bytes, hex
    width, height  in pixels, upright; 0 when the file is no image
    quality      every condition with its bound; FAILED without findings when there is no image
    template     None unless a face was found
    taken        day the source says the photo was taken, None when it does not say
    face_share_ppm  width of the face by that of the picture, parts per million; 0 without a face
    reason       empty when usable, otherwise `reference.` and the code of the first defect
    """

    sha256: str
    width: int
    height: int
    quality: QualityReport
    template: FaceTemplate | None
    provenance: ReferenceProvenance
    taken: date | None
    face_share_ppm: int
    reason: str

    @property
    def usable(self) -> bool:
        """Say whether the photo may be compared with a live face."""
        return not self.reason and self.template is not None


def load_reference(
    untrusted: bytes,
    analysis: FaceAnalysis,
    quality: QualitySettings,
    provenance: ReferenceProvenance,
    *,
    taken: date | None = None,
) -> ReferencePhoto:
    """Judge the bytes of a photo; defects of the photo are values, in the result's `reason`.

    Raises what the analysis raises (AnalysisLost, AnalysisBusy): that is our failure, not the
    photo's.
    """
    sha256 = hashlib.sha256(untrusted).hexdigest()
    try:
        pixels = decode_image(untrusted, jpeg_2000=provenance is ReferenceProvenance.CHIP)
    except ImageRefused as refused:
        nothing = QualityReport(Status.FAILED, ())
        reason = _IMAGE_REASONS.get(type(refused), IMAGE_REFUSED)
        return ReferencePhoto(sha256, 0, 0, nothing, None, provenance, taken, 0, reason)
    observation = analysis.describe(pixels)
    report = assess(observation, quality)
    defects = [each.code for each in report.findings if each.status is not Status.PASSED]
    if observation.template is None and not defects:
        defects = [_NO_FACE]
    reason = f"reference.{defects[0]}" if defects else ""
    return ReferencePhoto(
        sha256=sha256,
        width=pixels.shape[1],
        height=pixels.shape[0],
        quality=report,
        template=observation.template,
        provenance=provenance,
        taken=taken,
        face_share_ppm=_share_ppm(observation),
        reason=reason,
    )


def _share_ppm(seen: FaceObservation) -> int:
    return 0 if seen.box is None else (seen.box[2] - seen.box[0]) * _MILLION // seen.frame_size[0]
