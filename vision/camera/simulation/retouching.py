"""Portraits made from portraits: somebody beside, spectacles, a likeness of two people."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from vision.camera.simulation.photographs import HEIGHT, WIDTH, SimulatedPerson, Still, still_of

__all__ = ["add_spectacles", "blend_faces", "place_beside"]

COMPANY_SHIFT: Final = 130
COMPANY_SCALE: Final = 0.8
COMPANY_COLUMNS: Final = (130, 510)
COMPANY_FEATHER: Final = 24

RIM: Final = (58, 44, 38)
RIM_WIDTH: Final = 3
LENS: Final = 0.42
"""Half width of a lens in distances between the middles of the eyes."""

JAW: Final = slice(0, 17)
BROWS: Final = slice(17, 27)
FEATHER: Final = 14.0


def place_beside(still: Still, companion: SimulatedPerson) -> Still:
    """Return the portrait moved to the left with somebody else at its right."""
    place = np.array([[1.0, 0, -COMPANY_SHIFT], [0, 1.0, 0]])
    moved = cv2.warpAffine(still.pixels, place, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT_101)
    left, right = COMPANY_COLUMNS
    other = cv2.resize(
        still_of(companion).pixels[:, left:right],
        None,
        fx=COMPANY_SCALE,
        fy=COMPANY_SCALE,
        interpolation=cv2.INTER_AREA,
    )
    height, width = other.shape[:2]
    seam = np.clip(np.arange(width) / COMPANY_FEATHER, 0, 1)[None, :, None]
    under = moved[HEIGHT - height :, WIDTH - width :]
    moved[HEIGHT - height :, WIDTH - width :] = under * (1 - seam) + other * seam
    shift = np.array([COMPANY_SHIFT, 0], dtype=np.float32)
    return replace(
        still,
        pixels=moved.astype(np.uint8, copy=False),
        landmarks=still.landmarks - shift,
        eyes=still.eyes - shift,
    )


def add_spectacles(still: Still) -> Still:
    """Return the portrait with the rims of spectacles, a little glare, and temples."""
    pixels = still.pixels.copy()
    left, right = (still.eyes[part].mean(axis=0) for part in (slice(0, 6), slice(6, 12)))
    between = float(np.hypot(*(right - left)))
    size = (round(LENS * between), round(0.8 * LENS * between))
    middles = [(round(x), round(y + 0.06 * between)) for x, y in (left, right)]
    glass = pixels.copy()
    for middle in middles:
        cv2.ellipse(glass, middle, size, 0, 0, 360, (255, 255, 255), -1, cv2.LINE_AA)
    pixels = cv2.addWeighted(pixels, 0.95, glass, 0.05, 0).astype(np.uint8, copy=False)
    for middle, aside, end in zip(middles, (-1, 1), still.landmarks[[0, 16]], strict=True):
        cv2.ellipse(pixels, middle, size, 0, 0, 360, RIM, RIM_WIDTH, cv2.LINE_AA)
        hinge = (middle[0] + aside * size[0], middle[1] - size[1] // 4)
        temple = (round(float(end[0])), round(float(end[1])))
        cv2.line(pixels, hinge, temple, RIM, RIM_WIDTH, cv2.LINE_AA)
    bridge = [(x - aside * size[0], y) for (x, y), aside in zip(middles, (-1, 1), strict=True)]
    cv2.line(pixels, bridge[0], bridge[1], RIM, RIM_WIDTH, cv2.LINE_AA)
    return replace(still, pixels=pixels)


def blend_faces(still: Still, other: Still, share: float) -> Still:
    """Return the portrait with `share` of another face laid over its own, feature upon feature."""
    place, _ = cv2.estimateAffine2D(other.landmarks, still.landmarks, method=cv2.LMEDS)
    laid = cv2.warpAffine(other.pixels, place, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT_101)
    outline = np.concatenate([still.landmarks[JAW], still.landmarks[BROWS] - (0, 18)])
    inside = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.fillConvexPoly(inside, cv2.convexHull(outline.astype(np.int32)), 1.0)
    inside = share * cv2.GaussianBlur(cv2.erode(inside, np.ones((15, 15))), (0, 0), FEATHER)
    part = inside[..., None]
    face = inside > share / 2
    # In the first face's colours, so that only the features are the other's.
    own, its = still.pixels[face].astype(np.float32), laid[face].astype(np.float32)
    toned = (laid - its.mean(axis=0)) * (own.std(axis=0) / its.std(axis=0)) + own.mean(axis=0)
    blended = still.pixels * (1 - part) + np.clip(toned, 0, 255) * part
    return replace(still, pixels=blended.astype(np.uint8))
