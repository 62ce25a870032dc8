"""Reads a QR code as a phone would: from the pixels that were drawn."""

import cv2
import numpy as np
from PySide6.QtGui import QImage

__all__ = ["text_in"]


def text_in(picture: QImage) -> str:
    """Return the text of the one code in the picture, empty when none can be read."""
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(rows[:, : grey.width()].copy())
    return text
