"""Measures of the light on a face, each by the face's own tones.

A bound on mean luma is nearer to refusing a dark skin than a light one, and lets hard light from
behind pass, so everything here is a ratio inside one face.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from vision.face.engines.crops import reduce_whole
from vision.face.geometry import (
    EYE_INNER_LEFT,
    EYE_INNER_RIGHT,
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    LIP_ABOVE,
    LIP_BELOW,
    MOUTH_LEFT,
    MOUTH_RIGHT,
    ratio,
)
from vision.frame import Pixels

__all__ = ["FaceTones", "measure_tones"]

SIDE: Final = 128
_SHADOW, _LIGHT = 5, 95
_BLOWN_OUT: Final = 250
# Half sizes of the pieces around eyes and mouth, by the distance of the outer eye corners.
_EYE_PIECE: Final = (0.16, 0.09)
_MOUTH_PIECE: Final = (0.22, 0.14)
_PIECE_SIDE: Final = 32
_SMOOTHED: Final = 1.4
"""Pixels of the face at 128x128. Without it a sensor's noise of 3 levels is as sharp as a face is:
of 26 clips of people, blurred and with that noise, none was found."""

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaceTones:
    """What the light does on one face.

    brightness  mean luma, 0..255
    contrast    (light - shadow) / (light + shadow) of the 95th and 5th percentiles, 0..1
    glare       share of blown-out pixels, 0..1
    relief      least standard deviation of eyes and mouth by the range of tones: what is covered
                by a mask, a bar or a hand has almost none
    sharpness   standard deviation of the Laplacian of the smoothed 128x128 face by its range of
                tones
    """

    brightness: float
    contrast: float
    glare: float
    relief: float
    sharpness: float


def measure_tones(image: Pixels, points: Points) -> FaceTones:
    """Measure the face under the mesh points of an RGB picture."""
    part, scale, corner = _face(image, points)
    gray = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    luma = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    shadow, light = (float(value) for value in np.percentile(luma, (_SHADOW, _LIGHT)))
    return FaceTones(
        brightness=float(luma.mean()),
        contrast=ratio(light - shadow, light + shadow),
        glare=float((luma >= _BLOWN_OUT).mean()),
        relief=ratio(_least_deviation(gray, (points - corner) / scale), light - shadow),
        sharpness=ratio(_measure_edges(luma), light - shadow),
    )


def _measure_edges(luma: MatLike) -> float:
    smooth = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), _SMOOTHED)
    return float(cv2.Laplacian(smooth, cv2.CV_32F).std())


def _face(image: Pixels, points: Points) -> tuple[Pixels, int, Points]:
    """Cut out the part of the face's box that lies in the picture, reduced; with scale and corner.

    At least one pixel.
    """
    height, width = image.shape[:2]
    low, high = points.min(axis=0), points.max(axis=0)
    left, top = min(max(0, round(low[0])), width - 1), min(max(0, round(low[1])), height - 1)
    part = image[top : max(top + 1, round(high[1])), left : max(left + 1, round(high[0]))]
    scale = max(1, min(part.shape[:2]) // SIDE)
    return reduce_whole(part, scale), scale, np.array([left, top], np.float64)


def _least_deviation(gray: MatLike, points: Points) -> float:
    outer = points[EYE_OUTER_RIGHT] - points[EYE_OUTER_LEFT]
    span = float(np.hypot(*outer))
    mouth = points[[MOUTH_LEFT, MOUTH_RIGHT, LIP_ABOVE, LIP_BELOW]].mean(axis=0)
    right = (points[EYE_OUTER_LEFT] + points[EYE_INNER_LEFT]) / 2
    left = (points[EYE_OUTER_RIGHT] + points[EYE_INNER_RIGHT]) / 2
    pieces = ((right, _EYE_PIECE), (left, _EYE_PIECE), (mouth, _MOUTH_PIECE))
    axis = outer / span if span else np.array([1.0, 0.0])
    return min(_deviation(gray, place, axis * span, size) for place, size in pieces)


def _deviation(gray: MatLike, place: Points, across: Points, size: tuple[float, float]) -> float:
    """Return the standard deviation of an upright piece around a place."""
    right, down = across * size[0], np.array([-across[1], across[0]]) * size[1]
    start = np.array([place - right - down, place + right - down, place - right + down], np.float32)
    end = np.array([[0, 0], [_PIECE_SIDE, 0], [0, _PIECE_SIDE]], np.float32)
    piece = cv2.warpAffine(
        gray,
        cv2.getAffineTransform(start, end),
        (_PIECE_SIDE, _PIECE_SIDE),
        borderMode=cv2.BORDER_REPLICATE,
    )
    return float(piece.std())
