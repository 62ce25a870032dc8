"""dlib's ResNet descriptor: the independent second opinion, and the engine to fall back to."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.face.engines.crops import shrink
from vision.face.engines.descriptor import Described, normalise
from vision.face.geometry import CHIN, EYE_OUTER_LEFT, EYE_OUTER_RIGHT
from vision.frame import Pixels
from vision.models.files import name_for_library

__all__ = ["DlibResnet"]

_FACE_PIXELS: Final = 240
# The box of dlib's own detector, on which the five points were trained, by the distance of eye line
# and chin: medians of 82 photos.
_BOX_SIDE: Final = 1.36
_BOX_BELOW_EYES: Final = 0.27
Points = NDArray[np.float64]


class DlibResnet:
    """The loaded models, from the paths of verified files; holds the GIL while it describes.

    Raises RuntimeError for files that dlib cannot read.
    """

    def __init__(self, descriptor: Path, alignment: Path) -> None:
        import dlib

        self._rectangle = dlib.rectangle
        with name_for_library(alignment) as path:
            self._alignment = dlib.shape_predictor(path)
        with name_for_library(descriptor) as path:
            self._net = dlib.face_recognition_model_v1(path)

    def describe(self, image: Pixels, mesh: Points) -> Described:
        """Return the descriptor of the face under the mesh points of an RGB picture."""
        eyes = (mesh[EYE_OUTER_LEFT] + mesh[EYE_OUTER_RIGHT]) / 2
        down = mesh[CHIN] - eyes
        length = float(np.hypot(*down))
        scale = min(1.0, _FACE_PIXELS / max(length * _BOX_SIDE, 1.0))
        middle = (eyes + down * _BOX_BELOW_EYES) * scale
        half = max(length * _BOX_SIDE * scale / 2, 1.0)
        corners = (round(float(value)) for value in (*(middle - half), *(middle + half)))
        picture = np.ascontiguousarray(shrink(image, scale))
        shape = self._alignment(picture, self._rectangle(*corners))
        numbers = self._net.compute_face_descriptor(picture, shape)
        return Described(normalise(np.array(numbers)), None)

    def describe_still(self, image: Pixels, mesh: Points) -> Described:
        """Return the same as `describe`: averaging with the mirror image gained nothing."""
        return self.describe(image, mesh)
