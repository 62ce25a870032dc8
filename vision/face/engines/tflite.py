"""Networks of TFLite files, run by OpenCV."""

from pathlib import Path

import cv2

from vision.models.files import name_for_library

__all__ = ["read_tflite"]


def read_tflite(path: Path) -> cv2.dnn.Net:
    """Load a verified TFLite file.

    By its path: OpenCV 5.0.0 reads a buffer with its new engine whatever engine is asked for, and
    that one gives a single output a run. Raises cv2.error.
    """
    with name_for_library(path) as name:
        return cv2.dnn.readNetFromTFLite(name, cv2.dnn.ENGINE_CLASSIC)
