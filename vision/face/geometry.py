"""Ratios over the 468 points of the face mesh (MediaPipe's order): pure functions, no image.

Every ratio is free of scale and of in-plane rotation. Left and right in point names are those of
the image; the customer's own left eye is on the image's right (frames are not mirrored).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LANDMARK_COUNT",
    "contour_opening",
    "face_extent",
    "jaw_width",
    "mean_opening",
    "mouth_ratio",
    "neutral_affine_nose",
    "nod_ratio",
    "turn_ratio",
]

Points = NDArray[np.float64]
Landmarks = Sequence[tuple[float, float]] | Points

LANDMARK_COUNT: Final = 468
# Pixels: far below what a landmark is rounded to, far above what rounding leaves of a distance.
NO_LENGTH: Final = 1e-6
CHEEK_LEFT, CHEEK_RIGHT = 234, 454
FOREHEAD, CHIN = 10, 152
NOSE_TIP = 1
EYE_OUTER_LEFT, EYE_INNER_LEFT = 33, 133
EYE_INNER_RIGHT, EYE_OUTER_RIGHT = 362, 263
MOUTH_LEFT, MOUTH_RIGHT = 61, 291
LIP_LEFT, LIP_RIGHT, LIP_UPPER, LIP_LOWER = 78, 308, 13, 14
LIP_ABOVE, LIP_BELOW = 0, 17
AFFINE_POINTS = (33, 133, 362, 263, 61, 291)
# Of the contour of one eye: corners, and two pairs of lower and upper lid.
CONTOUR_CORNERS = (0, 8)
CONTOUR_LIDS = ((3, 11), (5, 13))


def as_points(landmarks: Landmarks) -> Points:
    """Return the landmarks as a 468 x 2 array. Raises ValueError on any other number of points."""
    points = np.asarray(landmarks, dtype=np.float64)
    if points.shape != (LANDMARK_COUNT, 2):
        raise ValueError("468 landmarks are needed")
    return points


def eye_middles(points: Points) -> tuple[Points, Points]:
    """Return the middles between the corners of the image-left and of the image-right eye."""
    return (
        (points[EYE_OUTER_LEFT] + points[EYE_INNER_LEFT]) / 2,
        (points[EYE_INNER_RIGHT] + points[EYE_OUTER_RIGHT]) / 2,
    )


def eye_axis(points: Points) -> Points:
    """Return the unit vector from the image-left eye to the image-right eye."""
    left, right = eye_middles(points)
    axis = right - left
    length = float(np.hypot(*axis))
    return axis / length if length > NO_LENGTH else np.array([1.0, 0.0])


def ratio(numerator: float, denominator: float) -> float:
    """Divide, with 0 for a degenerate face: no ratio is the neutral one, nothing is claimed."""
    return numerator / denominator if abs(denominator) > NO_LENGTH else 0.0


def turn_ratio(landmarks: Landmarks) -> float:
    """Return the nose offset from the middle of the cheeks / half their distance.

    Positive: to the customer's own left. A plane keeps the ratio almost still however it is
    tilted, a head does not.
    """
    points = as_points(landmarks)
    axis = eye_axis(points)
    half = float((points[CHEEK_RIGHT] - points[CHEEK_LEFT]) @ axis) / 2
    middle = (points[CHEEK_RIGHT] + points[CHEEK_LEFT]) / 2
    return ratio(float((points[NOSE_TIP] - middle) @ axis), half)


def nod_ratio(landmarks: Landmarks) -> float:
    """Return the height of the nose tip between eyes (0) and mouth corners (1)."""
    points = as_points(landmarks)
    axis = eye_axis(points)
    down = np.array([-axis[1], axis[0]])
    left, right = eye_middles(points)
    eyes = (left + right) / 2
    mouth = (points[MOUTH_LEFT] + points[MOUTH_RIGHT]) / 2
    return ratio(float((points[NOSE_TIP] - eyes) @ down), float((mouth - eyes) @ down))


def mouth_ratio(landmarks: Landmarks) -> float:
    """Return the inner lip opening / inner mouth width."""
    points = as_points(landmarks)
    opening = float(np.hypot(*(points[LIP_LOWER] - points[LIP_UPPER])))
    return ratio(opening, float(np.hypot(*(points[LIP_RIGHT] - points[LIP_LEFT]))))


def contour_opening(contour: Points) -> float:
    """Return lid distance / corner distance of one eye's contour, n x 2 points of the network.

    The mean of two pairs of lid points, as in the eye aspect ratio of Soukupová and Čech (CVWW
    2016, eq. 1).
    """
    start, end = (contour[index] for index in CONTOUR_CORNERS)
    lids = [float(np.hypot(*(contour[low] - contour[high]))) for low, high in CONTOUR_LIDS]
    return ratio(sum(lids) / len(lids), float(np.hypot(*(end - start))))


def mean_opening(opening: tuple[float, float]) -> float:
    """Return the mean opening of both eyes."""
    return (opening[0] + opening[1]) / 2


def jaw_width(landmarks: Landmarks) -> float:
    """Return the distance of the cheeks' outer points in pixels."""
    points = as_points(landmarks)
    return float(np.hypot(*(points[CHEEK_RIGHT] - points[CHEEK_LEFT])))


def face_extent(landmarks: Landmarks) -> tuple[float, float]:
    """Return the distance of the outer eye corners and of eyes and mouth, pixels."""
    points = as_points(landmarks)
    left, right = points[EYE_OUTER_LEFT], points[EYE_OUTER_RIGHT]
    mouth = (points[MOUTH_LEFT] + points[MOUTH_RIGHT]) / 2
    return float(np.hypot(*(right - left))), float(np.hypot(*(mouth - (left + right) / 2)))


def neutral_affine_nose(neutral: Landmarks, now: Landmarks) -> float:
    """Return how far the nose tip is from where a plane would carry it, in eye distances, signed.

    The affine map of eye and mouth corners from `neutral` to `now` predicts the nose tip; along the
    eye axis, positive to the customer's own left. A flat picture stays near 0.
    """
    start, end = as_points(neutral), as_points(now)
    index = list(AFFINE_POINTS)
    design = np.column_stack([start[index], np.ones(len(index))])
    solution = np.linalg.lstsq(design, end[index], rcond=None)[0]
    predicted = np.append(start[NOSE_TIP], 1.0) @ solution
    axis = eye_axis(end)
    span = float((end[EYE_OUTER_RIGHT] - end[EYE_OUTER_LEFT]) @ axis)
    return ratio(float((end[NOSE_TIP] - predicted) @ axis), span)
