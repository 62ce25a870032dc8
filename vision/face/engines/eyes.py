"""How far each eye is open, from the contour of its lids.

The mesh alone does not see a blink: its lids follow the shape of a face, not this eye.
"""

from math import atan2
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.face.engines.crops import Crop, cut_square, input_blob
from vision.face.engines.tflite import read_tflite
from vision.face.geometry import (
    EYE_INNER_LEFT,
    EYE_INNER_RIGHT,
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    contour_opening,
)
from vision.frame import Pixels
from vision.models.manifest import Eyes

__all__ = ["EyeContour"]

_MILLION: Final = 1_000_000
_POINTS: Final = 71
_CONTOUR: Final = 16
_COORDINATES: Final = 3
_SMALLEST: Final = 1.0

Points = NDArray[np.float64]


class EyeContour:
    """The loaded network; `model` is the path of the verified TFLite file of the manifest's row."""

    def __init__(self, model: Path, row: Eyes) -> None:
        self._net = read_tflite(model, row.side_px)
        self._row = row

    def openings(self, image: Pixels, mesh: Points) -> tuple[float, float]:
        """Return lid distance / corner distance of the customer's right eye and left eye.

        The image-left eye, the customer's right one, goes in as it is, the other mirrored: the
        network knows one of them. Raises ValueError for a network of other points.
        """
        right = self._opening(image, mesh[EYE_OUTER_LEFT], mesh[EYE_INNER_LEFT], mirrored=False)
        left = self._opening(image, mesh[EYE_INNER_RIGHT], mesh[EYE_OUTER_RIGHT], mirrored=True)
        return right, left

    def _opening(self, image: Pixels, start: Points, end: Points, *, mirrored: bool) -> float:
        across = end - start
        side = max(float(np.hypot(*across)), _SMALLEST) * self._row.crop_ppm / _MILLION
        middle = (start + end) / 2
        crop = Crop((float(middle[0]), float(middle[1])), side, atan2(across[1], across[0]))
        pixels = self._row.side_px
        piece = cut_square(image, crop, pixels, mirrored=mirrored)
        self._net.setInput(input_blob(piece, scale=1 / 255))
        found = np.asarray(self._net.forward(self._row.contour), np.float64)
        if found.size != _POINTS * _COORDINATES:
            raise ValueError(f"{found.size} numbers of an eye")
        return contour_opening(found.reshape(-1, _COORDINATES)[:_CONTOUR, :2])
