"""What hinders reading the print of a rectified side: a reflection, or a blur."""

from typing import Final

import cv2
import numpy as np

from vision.document.observation import DocumentAdvice
from vision.frame import Pixels

__all__ = ["judge_print"]

_SIZE: Final = (640, 404)
_WHITE: Final = 250
_GLARE: Final = 0.005
_FOCUS: Final = 0.13
"""Measured on backs of 480 to 850 pixels: 0.14 to 0.38 up to a blur of 1.4 and motion of 5 pixels,
0.08 to 0.14 at a blur of 5."""


def judge_print(side: Pixels) -> DocumentAdvice:
    """Return LESS_GLARE, OUT_OF_FOCUS, or HOLD_STILL where neither hinders, of an RGB side."""
    if float((side.min(axis=2) >= _WHITE).mean()) > _GLARE:
        return DocumentAdvice.LESS_GLARE
    flags = cv2.INTER_AREA if side.shape[1] > _SIZE[0] else cv2.INTER_LINEAR
    grey = cv2.cvtColor(cv2.resize(side, _SIZE, interpolation=flags), cv2.COLOR_RGB2GRAY)
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 0.8)
    slope = np.hypot(
        cv2.Scharr(smooth, cv2.CV_32F, 1, 0, scale=1 / 32),
        cv2.Scharr(smooth, cv2.CV_32F, 0, 1, scale=1 / 32),
    )
    low, high = np.percentile(smooth, (1, 99))
    strength = float(np.percentile(slope, 99)) / max(float(high - low), 1.0)
    return DocumentAdvice.HOLD_STILL if strength >= _FOCUS else DocumentAdvice.OUT_OF_FOCUS
