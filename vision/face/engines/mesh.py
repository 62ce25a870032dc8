"""The face mesh: 468 points of a face whose place is roughly known, and whether one is there.

MediaPipe's newer file places ten more, of the irises, which nothing here needs.
"""

from math import atan2
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.face.engines.crops import Crop, cut_square, input_blob
from vision.face.engines.tflite import read_tflite
from vision.face.geometry import EYE_OUTER_LEFT, EYE_OUTER_RIGHT, LANDMARK_COUNT
from vision.frame import Pixels
from vision.models.manifest import Landmarks

__all__ = ["FaceMesh", "crop_around"]

_MILLION: Final = 1_000_000
_COORDINATES: Final = 3
_WITH_IRISES: Final = LANDMARK_COUNT + 10

Points = NDArray[np.float64]


class FaceMesh:
    """The loaded network; `model` is the path of the verified TFLite file of the manifest's row."""

    def __init__(self, model: Path, row: Landmarks) -> None:
        self._net = read_tflite(model, row.side_px)
        self._row = row
        self._outputs = [row.points] + ([row.presence] if row.presence else [])

    def place(self, image: Pixels, face: Crop) -> tuple[Points, float]:
        """Return 468 x 2 points in pixels of an RGB picture, and how probably a face is there.

        `face` is the square around the face, eyes level; the probability is 1 where the row names
        no output for it. Raises ValueError for a network of other points.
        """
        side = self._row.side_px
        crop = Crop(face.centre, face.side * self._row.crop_ppm / _MILLION, face.angle)
        self._net.setInput(input_blob(cut_square(image, crop, side), scale=1 / 255))
        found = self._net.forward(self._outputs)
        placed = np.asarray(found[0], np.float64).reshape(-1, _COORDINATES)
        if len(placed) not in (LANDMARK_COUNT, _WITH_IRISES):
            raise ValueError(f"a mesh of {len(placed)} points")
        local = placed[:LANDMARK_COUNT, :2]
        presence = 1.0
        if self._row.presence:
            presence = float(1 / (1 + np.exp(-float(np.asarray(found[1]).ravel()[0]))))
        return crop.to_picture(local, side), presence

    def sees_face(self, presence: float) -> bool:
        """Tell whether the probability is that of a face."""
        return presence * _MILLION >= self._row.presence_ppm


def crop_around(points: Points) -> Crop:
    """Return the square around placed points, with the eyes level."""
    across = points[EYE_OUTER_RIGHT] - points[EYE_OUTER_LEFT]
    angle = atan2(across[1], across[0])
    sine, cosine = np.sin(angle), np.cos(angle)
    upright = points @ np.array([[cosine, -sine], [sine, cosine]])
    low, high = upright.min(axis=0), upright.max(axis=0)
    middle = (low + high) / 2 @ np.array([[cosine, sine], [-sine, cosine]])
    return Crop((float(middle[0]), float(middle[1])), float((high - low).max()), float(angle))
