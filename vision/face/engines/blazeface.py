"""BlazeFace, short range: the large face of a frame at the cost of a millisecond or two.

Anchors and decoding are those of MediaPipe's face_detection_short_range: 16 x 16 cells of two
anchors and 8 x 8 cells of six, all of the size of the input.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.face.engines.crops import input_blob, reduce_whole
from vision.face.engines.detection import DetectedFace
from vision.face.engines.tflite import read_tflite
from vision.frame import Pixels

__all__ = ["BlazeFace"]

_SIDE: Final = 128
_GRIDS: Final = ((16, 2), (8, 6))
_POINTS: Final = 6
_OUTPUTS: Final = ("regressors", "classificators")


def _anchors() -> NDArray[np.float32]:
    """Return the 896 anchor centres in pixels of the input, row by row."""
    centres = []
    for cells, each in _GRIDS:
        middle = (np.arange(cells) + 0.5) * (_SIDE / cells)
        across, down = np.meshgrid(middle, middle)
        grid = np.stack([across.ravel(), down.ravel()], axis=1)
        centres.append(np.repeat(grid, each, axis=0))
    return np.concatenate(centres).astype(np.float32)


class BlazeFace:
    """The loaded detector.

    model      path of a verified TFLite file
    score_ppm  of a face at least
    """

    def __init__(self, model: Path, score_ppm: int) -> None:
        self._net = read_tflite(model, _SIDE)
        self._least = score_ppm / 1_000_000
        self._anchors = _anchors()

    def find(self, image: Pixels) -> DetectedFace | None:
        """Return the surest face of an RGB picture, None when there is none."""
        piece, scale, left, top = _letterbox(image)
        self._net.setInput(input_blob(piece, scale=1 / 127.5, shift=-1.0))
        boxes, logits = self._net.forward(list(_OUTPUTS))
        best = int(np.argmax(logits[0, :, 0]))
        score = float(1 / (1 + np.exp(-float(logits[0, best, 0]))))
        if score < self._least:
            return None
        values = np.asarray(boxes[0, best], np.float64)
        centre = values[:2] + self._anchors[best]
        corner = centre - values[2:4] / 2
        points = values[4:].reshape(_POINTS, 2) + self._anchors[best]
        return DetectedFace(
            float(corner[0]),
            float(corner[1]),
            float(values[2]),
            float(values[3]),
            tuple((float(x), float(y)) for x, y in points),
            score,
        ).moved(-left / scale, -top / scale, scale)


def _letterbox(image: Pixels) -> tuple[Pixels, float, int, int]:
    """Fit the picture into the black square of the input."""
    image = reduce_whole(image, factor := max(1, max(image.shape[:2]) // _SIDE))
    height, width = image.shape[:2]
    scale = _SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (_SIDE - size[0]) // 2, (_SIDE - size[1]) // 2
    square = np.zeros((_SIDE, _SIDE, 3), np.uint8)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    square[top : top + size[1], left : left + size[0]] = small
    return square, scale / factor, left, top
