"""The face that is printed on the rectified side of a document, and whether it may be taken.

A printed face is small and has its place: the bounds hold off the living person behind or beside
the card, who is never his own document.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.document.observation import PrintedPortrait
from vision.face.engines.detection import DetectedFace
from vision.face.engines.yunet import YuNet
from vision.frame import Pixels
from vision.results import QualityFinding, Status

__all__ = ["find_portrait"]

_PPM: Final = 1_000_000
_SEARCH_PX: Final = 400
_SHARE: Final = (0.03, 0.15)
"""Of the side's area. Measured: 5.9 to 9.7 % on fronts of identity cards, 4 to 6 % on pages."""
_PLACE: Final = (0.05, 0.20, 0.48, 0.82)
"""Left, top, right, bottom in shares of the side, of the middle of the face (Doc 9303 parts 4 to 6:
zone III is at the left)."""
_WHITE: Final = 250
_GLARE: Final = 0.01
_SHARPNESS: Final = 0.12
"""Measured at 480 to 800 pixels of card: 0.14 to 0.25 up to a blur of 1.4 and a motion of 5 pixels,
0.08 to 0.14 at a blur of 5."""
_COLOUR: Final = 0.015
"""Of the logarithm of red and blue by green. Measured: fronts printed in colour have 0.026 to 0.58,
copies in greys 0.00 to 0.04, under tinted light up to 0.18: only the greyest are named."""
_COLOUR_PX: Final = (160, 101)
_DARK: Final = 60
_OTHER_SHARE: Final = 0.7
_JPEG_QUALITY: Final = 95
_FACE_PX: Final = 96


def find_portrait(side: Pixels, detector: YuNet) -> PrintedPortrait | None:
    """Judge the largest face of a rectified RGB side, None without one.

    The side is looked at both ways up: the detector finds faces that stand on their heads too, but
    is surer of others.
    """
    found = []
    for upside_down in (False, True):
        picture = np.ascontiguousarray(side[::-1, ::-1]) if upside_down else side
        faces = detector.find(picture, min(1.0, _SEARCH_PX / picture.shape[1]))
        if faces:
            largest = max(faces, key=lambda each: each.size)
            found.append((largest.score, upside_down, picture, faces))
    if not found:
        return None
    _, upside_down, picture, faces = max(found, key=itemgetter(0))
    return _judge(picture, faces, upside_down=upside_down)


def _judge(side: Pixels, faces: Sequence[DetectedFace], *, upside_down: bool) -> PrintedPortrait:
    height, width = side.shape[:2]
    face = max(faces, key=lambda each: each.size)
    share = face.width * face.height / (width * height)
    left, top = max(0, round(face.left)), max(0, round(face.top))
    right = min(width, round(face.left + face.width))
    bottom = min(height, round(face.top + face.height))
    grey = cv2.cvtColor(side, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
    skin = grey[top:bottom, left:right]
    sharpness = _measure_sharpness(skin) if skin.size else 0.0
    white = float((skin >= _WHITE).mean()) if skin.size else 1.0
    others = sum(each.size >= _OTHER_SHARE * face.size for each in faces)
    findings = (
        _at_most("portrait_upside_down", float(upside_down), 0.0),
        _at_least("portrait_too_small", share, _SHARE[0]),
        _at_most("portrait_too_large", share, _SHARE[1]),
        _at_most("portrait_misplaced", float(not _in_place(face, width, height)), 0.0),
        _at_most("portrait_several", float(others), 1.0),
        _at_most("portrait_glare", white, _GLARE),
        _at_least("portrait_out_of_focus", sharpness, _SHARPNESS),
        _at_least("portrait_photocopy", _measure_colour(side), _COLOUR),
    )
    usable = all(each.status is Status.PASSED for each in findings)
    return PrintedPortrait(
        box=(left, top, right, bottom),
        side_size=(width, height),
        score=face.score,
        sharpness=sharpness,
        upside_down=upside_down,
        findings=findings,
        side=_encode(side) if usable else b"",
    )


def _in_place(face: DetectedFace, width: int, height: int) -> bool:
    x, y = face.centre[0] / width, face.centre[1] / height
    left, top, right, bottom = _PLACE
    return left <= x <= right and top <= y <= bottom


def _measure_sharpness(skin: NDArray[np.uint8]) -> float:
    """Return the strength of the strongest edges of a face, brought to one size, by its tones."""
    scale = _FACE_PX / skin.shape[0]
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    face = cv2.resize(skin, None, fx=scale, fy=scale, interpolation=flags).astype(np.float32)
    low, high = np.percentile(face, (2, 98))
    slope = np.hypot(
        cv2.Scharr(face, cv2.CV_32F, 1, 0, scale=1 / 32),
        cv2.Scharr(face, cv2.CV_32F, 0, 1, scale=1 / 32),
    )
    return float(np.percentile(slope, 98) / max(float(high - low), 1.0))


def _measure_colour(side: Pixels) -> float:
    """Return how far a tenth of the side is from its usual hue, whatever the light's is."""
    small = cv2.resize(side, _COLOUR_PX, interpolation=cv2.INTER_AREA).astype(np.float32)
    lit = small[small.max(axis=2) > _DARK] + 8
    if not len(lit):
        return 0.0
    hues = np.log(lit[:, [0, 2]] / lit[:, 1:2])
    return float(np.percentile(np.linalg.norm(hues - np.median(hues, axis=0), axis=1), 90))


def _encode(side: Pixels) -> bytes:
    bgr = cv2.cvtColor(side, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()


def _at_least(code: str, value: float, bound: float) -> QualityFinding:
    return _finding(code, value, bound, passed=value >= bound)


def _at_most(code: str, value: float, bound: float) -> QualityFinding:
    return _finding(code, value, bound, passed=value <= bound)


def _finding(code: str, value: float, bound: float, *, passed: bool) -> QualityFinding:
    status = Status.PASSED if passed else Status.FAILED
    return QualityFinding(code, status, round(value * _PPM), round(bound * _PPM))
