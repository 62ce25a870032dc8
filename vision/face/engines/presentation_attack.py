"""A network that judges whether the picture of a face is a picture of a picture.

Shipped is none: the role is for a file that a bank brings, described by the manifest.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.face.engines.crops import input_blob
from vision.frame import Pixels
from vision.models.manifest import PresentationAttack

__all__ = ["PresentationAttackNet"]

_MILLION: Final = 1_000_000


class PresentationAttackNet:
    """The loaded network; `model` is the verified ONNX file of the manifest's row."""

    def __init__(self, model: bytes, row: PresentationAttack) -> None:
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
        self._row = row

    def live_probability(self, image: Pixels, points: NDArray[np.float64]) -> float:
        """Return the softmax of the living class for the face under the mesh points, 0..1."""
        row = self._row
        part = _enlarged(image, points, row.crop_ppm / _MILLION)
        size = (row.side_px, row.side_px)
        piece = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        if row.channels == "BGR":
            piece = np.ascontiguousarray(piece[:, :, ::-1])
        self._net.setInput(input_blob(piece, scale=row.scale_ppm / _MILLION))
        values = np.asarray(self._net.forward(), np.float64).ravel()
        shares = np.exp(values - values.max())
        return float(shares[row.live_class] / shares.sum())


def _enlarged(image: Pixels, points: NDArray[np.float64], factor: float) -> Pixels:
    """Cut out the enlarged box of the face, no larger than the picture and moved into it.

    So the networks of the Silent-Face family are trained: what lies outside would be a black frame,
    which they take for the edge of a picture.
    """
    height, width = image.shape[:2]
    low, high = points.min(axis=0), points.max(axis=0)
    across, down = (max(float(length), 1.0) for length in high - low)
    factor = min(factor, (width - 1) / across, (height - 1) / down)
    x, y = (float(value) for value in (low + high) / 2)
    left = round(min(max(0.0, x - across * factor / 2), width - across * factor))
    top = round(min(max(0.0, y - down * factor / 2), height - down * factor))
    right = max(left + 1, round(left + across * factor))
    return image[top : max(top + 1, round(top + down * factor)), left:right]
