"""Square pieces of a picture, upright to the face, and the way back to the picture's pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.frame import Pixels

__all__ = ["Crop", "cut_square", "input_blob", "reduce_whole", "shrink"]

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crop:
    """A square piece of a picture.

    centre  x, y in pixels of the picture
    side    in pixels of the picture
    angle   of the upper edge against the picture's, radians, clockwise
    """

    centre: tuple[float, float]
    side: float
    angle: float = 0.0

    def to_picture(self, points: Points, pixels: int, *, mirrored: bool = False) -> Points:
        """Return points of the piece, `pixels` wide, in pixels of the picture."""
        placed = np.array(points, dtype=np.float64)
        if mirrored:
            placed[:, 0] = pixels - placed[:, 0]
        local = (placed - pixels / 2) * (self.side / pixels)
        sine, cosine = np.sin(self.angle), np.cos(self.angle)
        turned: Points = local @ np.array([[cosine, sine], [-sine, cosine]]) + self.centre
        return turned


def cut_square(image: Pixels, crop: Crop, pixels: int, *, mirrored: bool = False) -> Pixels:
    """Return the piece, `pixels` wide; what lies outside the picture is black.

    A piece twice as large as `pixels` or more is taken from a reduced picture, so that it is
    averaged and not sampled.
    """
    centre, side = crop.centre, crop.side
    factor = int(side / pixels)
    if factor > 1:
        image, left, top = _around(image, crop, factor)
        centre = ((centre[0] - left) / factor, (centre[1] - top) / factor)
        side /= factor
    zoom = pixels / side
    sine, cosine = np.sin(crop.angle) * zoom, np.cos(crop.angle) * zoom
    across = np.array([cosine, sine]) * (-1 if mirrored else 1)
    down = np.array([-sine, cosine])
    matrix = np.array(
        [
            [*across, pixels / 2 - across @ centre],
            [*down, pixels / 2 - down @ centre],
        ]
    )
    return cv2.warpAffine(image, matrix, (pixels, pixels), flags=cv2.INTER_LINEAR).astype(
        np.uint8, copy=False
    )


def reduce_whole(image: Pixels, factor: int) -> Pixels:
    """Return the picture reduced by a whole factor, each pixel the mean of its square.

    Some rows and columns at the far edges may be left out. Several times as fast as by any factor.
    """
    if factor <= 1:
        return image
    height, width = (length // factor for length in image.shape[:2])
    whole = image[: height * factor, : width * factor]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )


def shrink(image: Pixels, scale: float) -> Pixels:
    """Return the picture reduced by averaging; unchanged at a scale of 1 or more."""
    if scale >= 1:
        return image
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )


def input_blob(piece: Pixels, *, scale: float, shift: float = 0.0) -> NDArray[np.float32]:
    """Return a square RGB piece as 1 x 3 x side x side floats, `octet * scale + shift`."""
    planes = piece.transpose(2, 0, 1)[np.newaxis].astype(np.float32)
    planes *= scale
    if shift:
        planes += shift
    return planes


def _around(image: Pixels, crop: Crop, factor: int) -> tuple[Pixels, int, int]:
    """Reduce the part of the picture that a turned piece can touch; with its left upper corner."""
    reach = crop.side * 0.75
    height, width = image.shape[:2]
    left = max(0, min(int(crop.centre[0] - reach), width - factor))
    top = max(0, min(int(crop.centre[1] - reach), height - factor))
    right = max(left + factor, min(width, int(crop.centre[0] + reach) + 1))
    bottom = max(top + factor, min(height, int(crop.centre[1] + reach) + 1))
    return reduce_whole(image[top:bottom, left:right], factor), left, top
