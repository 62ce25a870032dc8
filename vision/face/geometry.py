"""Ratios over the 68 landmarks (iBUG order): pure functions, no image.

Every ratio is free of scale and of in-plane rotation. Left and right in point names are those of
the image; the customer's own left eye is on the image's right (frames are not mirrored).
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LANDMARK_COUNT",
    "eye_aspect_ratio",
    "jaw_width",
    "mouth_ratio",
    "neutral_affine_nose",
    "nod_ratio",
    "turn_ratio",
]

Landmarks = Sequence[tuple[float, float]]
Points = NDArray[np.float64]

LANDMARK_COUNT: Final = 68
# Pixels: far below what a landmark is rounded to, far above what rounding leaves of a distance.
NO_LENGTH: Final = 1e-6
JAW_LEFT, JAW_RIGHT, CHIN = 1, 15, 8
NOSE_TIP = 30
EYE_LEFT, EYE_RIGHT = slice(36, 42), slice(42, 48)
EYE_OUTER_LEFT, EYE_OUTER_RIGHT = 36, 45
MOUTH_LEFT, MOUTH_RIGHT = 48, 54
AFFINE_POINTS = (36, 39, 42, 45, 48, 54)
# Jaw above the mouth, nose, eye corners, inner brow ends: what expression moves least.
RIGID_POINTS = (*range(5), *range(12, 17), *range(27, 36), 36, 39, 42, 45, 19, 21, 22, 24, 33)


def as_points(landmarks: Landmarks) -> Points:
    """Return the landmarks as a 68 x 2 array. Raises ValueError on any other number of points."""
    points = np.asarray(landmarks, dtype=np.float64)
    if points.shape != (LANDMARK_COUNT, 2):
        raise ValueError("68 landmarks are needed")
    return points


def eye_axis(points: Points) -> Points:
    """Return the unit vector from the image-left eye to the image-right eye."""
    axis = points[EYE_RIGHT].mean(axis=0) - points[EYE_LEFT].mean(axis=0)
    length = float(np.hypot(*axis))
    return axis / length if length > NO_LENGTH else np.array([1.0, 0.0])


def ratio(numerator: float, denominator: float) -> float:
    """Divide, with 0 for a degenerate face: no ratio is the neutral one, nothing is claimed."""
    return numerator / denominator if abs(denominator) > NO_LENGTH else 0.0


def turn_ratio(landmarks: Landmarks) -> float:
    """Return the nose offset from the jaw middle / half jaw width; positive: own left.

    A plane keeps the ratio almost still however it is tilted, a head does not.
    """
    points = as_points(landmarks)
    axis = eye_axis(points)
    half = float((points[JAW_RIGHT] - points[JAW_LEFT]) @ axis) / 2
    middle = (points[JAW_RIGHT] + points[JAW_LEFT]) / 2
    return ratio(float((points[NOSE_TIP] - middle) @ axis), half)


def nod_ratio(landmarks: Landmarks) -> float:
    """Return the height of the nose tip between eyes (0) and mouth corners (1)."""
    points = as_points(landmarks)
    axis = eye_axis(points)
    down = np.array([-axis[1], axis[0]])
    eyes = (points[EYE_LEFT].mean(axis=0) + points[EYE_RIGHT].mean(axis=0)) / 2
    mouth = (points[MOUTH_LEFT] + points[MOUTH_RIGHT]) / 2
    return ratio(float((points[NOSE_TIP] - eyes) @ down), float((mouth - eyes) @ down))


def mouth_ratio(landmarks: Landmarks) -> float:
    """Return the mean inner lip opening / inner mouth width."""
    points = as_points(landmarks)
    openings = np.hypot(*(points[[67, 66, 65]] - points[[61, 62, 63]]).T)
    return ratio(float(openings.mean()), float(np.hypot(*(points[64] - points[60]))))


def eye_aspect_ratio(landmarks: Landmarks) -> float:
    """Return the mean of both eyes' aspect ratios (Soukupová and Čech, CVWW 2016, eq. 1)."""
    points = as_points(landmarks)
    return (_one_eye(points[EYE_LEFT]) + _one_eye(points[EYE_RIGHT])) / 2


def _one_eye(eye: Points) -> float:
    heights = np.hypot(*(eye[5] - eye[1])) + np.hypot(*(eye[4] - eye[2]))
    return ratio(float(heights), 2 * float(np.hypot(*(eye[3] - eye[0]))))


def jaw_width(landmarks: Landmarks) -> float:
    """Return the distance of the jaw's two upper ends in pixels."""
    points = as_points(landmarks)
    return float(np.hypot(*(points[16] - points[0])))


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
