"""The second opinion on a pair of photos: an independent model that can only ask for a review."""

from collections.abc import Sequence

from vision.analysis import FaceAnalysis
from vision.errors import ImageRefused
from vision.matching.comparison import NOT_COMPARED_PPM, SecondOpinion
from vision.matching.image import decode_image
from vision.results import EvidenceFrame, FaceTemplate
from vision.templates import cosine_distance, mean_template

__all__ = ["most_typical", "second_opinion"]

MILLION = 1_000_000


def most_typical(
    frames: Sequence[EvidenceFrame], templates: Sequence[FaceTemplate]
) -> EvidenceFrame | None:
    """Return the frame whose template is nearest to the mean of all, None without any."""
    if not templates:
        return None
    mean = mean_template(templates)
    pairs = zip(frames, templates, strict=True)
    return min(pairs, key=lambda pair: cosine_distance(pair[1], mean))[0]


def second_opinion(
    analysis: FaceAnalysis, probe: bytes, reference: bytes, review_ppm: int
) -> SecondOpinion:
    """Compare two images by the second model; NOT_COMPARED_PPM when either shows it no face.

    Raises AnalysisLost or AnalysisBusy, which say nothing of the faces.
    """
    templates = []
    for image in (probe, reference):
        try:
            templates.append(analysis.describe_second(decode_image(image)))
        except ImageRefused:
            templates.append(None)
    first, other = templates
    if first is None or other is None:
        return SecondOpinion(NOT_COMPARED_PPM, review_ppm)
    return SecondOpinion(round(max(0.0, cosine_distance(first, other)) * MILLION), review_ppm)
