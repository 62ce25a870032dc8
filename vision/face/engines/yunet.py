"""YuNet: faces of every size with the five points that align a face (OpenCV's FaceDetectorYN)."""

from typing import Final

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from vision.face.engines.crops import shrink
from vision.face.engines.detection import DetectedFace
from vision.frame import Pixels

__all__ = ["YuNet"]

_OVERLAP: Final = 0.3
_MOST: Final = 50
_BOX, _POINTS, _SCORE = slice(0, 4), slice(4, 14), 14
Row = NDArray[np.float32]


class YuNet:
    """The loaded detector; `model` is a verified ONNX file, score_ppm of a face at least."""

    def __init__(self, model: bytes, score_ppm: int) -> None:
        octets = np.frombuffer(model, np.uint8)
        none = np.empty(0, np.uint8)
        self._net = cv2.FaceDetectorYN.create(
            "onnx", octets, none, (320, 320), score_ppm / 1_000_000, _OVERLAP, _MOST
        )

    def find(self, image: Pixels, scale: float = 1.0) -> list[DetectedFace]:
        """Return the faces of an RGB picture that is searched reduced by `scale`; surest first."""
        found = self.find_rows(cv2.cvtColor(shrink(image, scale), cv2.COLOR_RGB2BGR))
        return [_face(row).moved(0, 0, scale) for row in found]

    def find_rows(self, bgr: MatLike) -> Row:
        """Return the faces of a BGR picture as OpenCV's rows of 15, surest first."""
        height, width = bgr.shape[:2]
        self._net.setInputSize((width, height))
        rows: object = self._net.detect(bgr)[1]
        # OpenCV's types do not know that it is None where no face is.
        return np.empty((0, 15), np.float32) if rows is None else np.asarray(rows, np.float32)


def _face(row: Row) -> DetectedFace:
    left, top, width, height = (float(value) for value in row[_BOX])
    points = tuple((float(x), float(y)) for x, y in row[_POINTS].reshape(5, 2))
    return DetectedFace(left, top, width, height, points, float(row[_SCORE]))
