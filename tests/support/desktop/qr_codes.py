"""Reads a QR code as a phone would: from pixels."""

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

__all__ = ["text_in", "text_of"]

_QUIET, _SCALE = 4, 6


def text_in(picture: "QImage") -> str:
    """Return the text of the one code in a Qt picture, empty when none can be read."""
    from PySide6.QtGui import QImage

    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return _read(rows[:, : grey.width()].copy())


def text_of(modules: tuple[bytes, ...]) -> str:
    """Return the text of a code given as rows of modules."""
    dark = np.array([list(row) for row in modules], np.uint8)
    light = np.pad(255 - 255 * dark, _QUIET, constant_values=255)
    return _read(np.kron(light, np.ones((_SCALE, _SCALE), np.uint8)))


def _read(pixels: "np.ndarray") -> str:
    # The other detector of OpenCV misses one random code in twenty-five.
    text, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(pixels)
    return text
