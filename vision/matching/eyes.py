"""Where the eyes are in a photo, so that two can be laid level beside each other."""

from vision.errors import VisionError
from vision.face.geometry import as_points, eye_middles
from vision.matching.image import decode_image
from vision.results import PairOfEyes
from vision.worker import FaceAnalysis

__all__ = ["locate_eyes"]


def locate_eyes(untrusted: bytes, analysis: FaceAnalysis) -> PairOfEyes | None:
    """Return the eyes of the largest face; None where there is no picture, no face or no answer.

    It serves the people who look, so nothing that fails here is a fault.
    """
    try:
        observation = analysis.describe(decode_image(untrusted))
    except VisionError:
        return None
    if not observation.landmarks:
        return None
    width, height = observation.frame_size
    left, right = eye_middles(as_points(observation.landmarks))
    return (
        (float(left[0]) / width, float(left[1]) / height),
        (float(right[0]) / width, float(right[1]) / height),
    )
