"""Are two views of a face those of a picture: the distance of its pixels from a homography.

A print or a display keeps to one however it is held, a head does not. The pixels are compared, not
the mesh: its network bends a picture into the shape of a head, and smooths most of a head's
perspective away.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.face.geometry import as_points
from vision.frame import Frame
from vision.results import FaceObservation

__all__ = ["Portrait", "cut_portrait", "distance_from_plane"]

SIDE, EYES, EDGE = 200, 80.0, 8
OUTER_EYES, MOUTH_CORNERS = (33, 263), (61, 291)
# Rims of eyes and lips, which blink and speak.
EYE_RIMS = frozenset(
    (7, 33, 133, 144, 145, 153, 154, 155, 157, 158, 159, 160, 161, 163, 173, 246, 249, 263, 362)
) | {373, 374, 380, 381, 382, 384, 385, 386, 387, 388, 390, 398, 466}
LIP_RIMS = frozenset(
    (0, 13, 14, 17, 37, 39, 40, 61, 78, 80, 81, 82, 84, 87, 88, 91, 95, 146, 178, 181, 185, 191)
) | {267, 269, 270, 291, 308, 310, 311, 312, 314, 317, 318, 321, 324, 375, 402, 405, 409, 415}
RIMS = EYE_RIMS | LIP_RIMS
FEWEST_POINTS = 60
WINDOW, LEVELS = (17, 17), 2
THERE_AND_BACK = 0.7
ROUNDS = 2
LIGHT_PIXELS, MIDDLE_LEVEL, CONTRAST, LEAST_CONTRAST = 12, 128.0, 40.0, 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A face at a common size: luma with the eyes level and 80 pixels apart, and its points."""

    luma: NDArray[np.uint8]
    points: NDArray[np.float32]


def cut_portrait(seen: FaceObservation, frame: Frame) -> Portrait:
    """Return the face of an observation that has one."""
    import cv2

    points = as_points(seen.landmarks)
    right, left = points[list(OUTER_EYES)]
    middle = points[[*OUTER_EYES, *MOUTH_CORNERS]].mean(axis=0)
    axis = left - right
    scale = EYES / max(float(np.hypot(*axis)), 1.0)
    angle = float(np.arctan2(axis[1], axis[0]))
    turn = scale * np.array(
        [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], dtype=np.float64
    )
    place = np.column_stack([turn, np.array([SIDE / 2, SIDE / 2]) - turn @ middle])
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    gray = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)
    luma = cv2.warpAffine(gray, place, (SIDE, SIDE), flags=smooth)
    kept = [index for index in range(len(points)) if index not in RIMS]
    return Portrait(_even_light(luma), (points[kept] @ turn.T + place[:, 2]).astype(np.float32))


def _even_light(luma: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Return the luma with the same mean and contrast everywhere: following expects no change."""
    import cv2

    levels = luma.astype(np.float32)
    mean = cv2.GaussianBlur(levels, (0, 0), LIGHT_PIXELS)
    spread = np.sqrt(cv2.GaussianBlur((levels - mean) ** 2, (0, 0), LIGHT_PIXELS))
    even = MIDDLE_LEVEL + CONTRAST * (levels - mean) / (spread + LEAST_CONTRAST)
    return np.clip(even, 0, 255).astype(np.uint8)


def distance_from_plane(before: Portrait, after: Portrait) -> float | None:
    """Return the median distance of followed points from the best homography, in eye distances.

    None when too few points can be followed there and back (Lucas and Kanade, pyramidal).
    """
    import cv2

    inside = ((before.points > EDGE) & (before.points < SIDE - EDGE)).all(axis=1)
    points = before.points[inside].reshape(-1, 1, 2)
    luma = after.luma
    distance = 0.0
    for _ in range(ROUNDS):
        # Each round brings the plane nearer to where it was: following errs with the distance.
        pair = _follow(before.luma, luma, points)
        if pair is None:
            return None
        start, end = pair
        plane, _ = cv2.findHomography(start, end, cv2.LMEDS)
        offset = (cv2.perspectiveTransform(start, plane) - end).reshape(-1, 2)
        distance = float(np.median(np.linalg.norm(offset, axis=1))) / EYES
        turned_back = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
        luma = cv2.warpPerspective(luma, plane, (SIDE, SIDE), flags=turned_back).astype(np.uint8)
    return distance


def _follow(
    one: NDArray[np.uint8], other: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Return the points that are found in the other picture and back, and where; None for few."""
    if len(points) < FEWEST_POINTS:
        return None
    end, forth = _flow(one, other, points)
    back, returned = _flow(other, one, end)
    apart = np.linalg.norm((back - points).reshape(-1, 2), axis=1)
    good = forth & returned & (apart < THERE_AND_BACK)
    return (points[good], end[good]) if int(good.sum()) >= FEWEST_POINTS else None


def _flow(
    one: NDArray[np.uint8], other: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    import cv2

    # The function takes no start value; its stub wants one.
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        one, other, points, points.copy(), winSize=WINDOW, maxLevel=LEVELS
    )
    return moved.astype(np.float32, copy=False), found.reshape(-1) == 1
