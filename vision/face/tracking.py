"""Finds the face in a stream of grey images at a cost that fits every frame.

The HOG detector sees faces from 80 px upwards, so its cost is set by the scale it is given: a scan
of the frame reduced to 480 px width finds a face, then a small region around it follows it.
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2

from vision.frame import Pixels

__all__ = ["Box", "FaceTracker", "Located", "faces_at_least", "scan"]

Box = tuple[int, int, int, int]

ACQUISITION_WIDTH: Final = 480
FOLLOWED_FACE: Final = 115
HOG_SMALLEST_FACE: Final = 80
REGION_TO_FACE: Final = 1.8
SECOND_FACE_SHARE: Final = 0.4
SECOND_FACE_EVERY: Final = 15
SECOND_FACE_AGAIN: Final = 4
LOWEST_SCORE: Final = 0.0
SECOND_FACE_SCORE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Located:
    """A face box in frame pixels and the detector's confidence."""

    box: Box
    score: float

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.box[3] - self.box[1]

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    def covers(self, other: "Located") -> bool:
        """Tell whether the middle of the other box lies in this one."""
        x, y = other.centre
        return self.box[0] <= x <= self.box[2] and self.box[1] <= y <= self.box[3]


def scan(
    detector: Any, gray: Pixels, scale: float, upsample: int = 0, origin: tuple[int, int] = (0, 0)
) -> list[Located]:
    """Run the HOG detector on a scaled image; boxes in pixels of the frame `gray` was cut from."""
    image = gray
    if scale != 1.0:
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        image = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=way).astype("uint8")
    rectangles, scores, _ = detector.run(image, upsample, LOWEST_SCORE)
    left, top = origin
    return [
        Located(
            (
                left + round(found.left() / scale),
                top + round(found.top() / scale),
                left + round(found.right() / scale),
                top + round(found.bottom() / scale),
            ),
            float(score),
        )
        for found, score in zip(rectangles, scores, strict=True)
    ]


def faces_at_least(found: list[Located], main: Located) -> int:
    """Count the main face and every other confident one at least 40 % as high."""
    smallest = main.height * SECOND_FACE_SHARE
    return 1 + sum(
        1
        for face in found
        if face.height >= smallest
        and face.score >= SECOND_FACE_SCORE
        and not main.covers(face)
        and not face.covers(main)
    )


class FaceTracker:
    """Follows the largest face from frame to frame; knows nothing but its last box.

    A second face is looked for in the whole frame every 15 frames, every 4 while there is one.
    """

    def __init__(self, detector: Any) -> None:
        self._detector = detector
        self._last: Located | None = None
        self._others = 0
        self._until_check = 0

    def forget(self) -> None:
        """Start over: the next frame belongs to another recording or camera."""
        self._last = None
        self._others = 0
        self._until_check = 0

    def locate(self, gray: Pixels) -> tuple[Located, int] | None:
        """Return the face and how many faces count, or None. Never looks at an enlarged frame."""
        face = self._follow(gray) or self._acquire(gray)
        self._last = face
        if face is None:
            self._others = 0
            self._until_check = 0
            return None
        if self._until_check <= 0:
            self._others = self._other_faces(gray, face)
            self._until_check = SECOND_FACE_AGAIN if self._others else SECOND_FACE_EVERY
        self._until_check -= 1
        return face, 1 + self._others

    def _follow(self, gray: Pixels) -> Located | None:
        if self._last is None:
            return None
        side = self._last.height * REGION_TO_FACE
        x, y = self._last.centre
        height, width = gray.shape[:2]
        left, top = max(0, int(x - side / 2)), max(0, int(y - side / 2))
        right, bottom = min(width, int(x + side / 2)), min(height, int(y + side / 2))
        if min(right - left, bottom - top) < HOG_SMALLEST_FACE // 2:
            return None
        scale = FOLLOWED_FACE / max(self._last.height, 1)
        found = scan(self._detector, gray[top:bottom, left:right], scale, origin=(left, top))
        return max(found, key=lambda face: face.score, default=None)

    def _acquire(self, gray: Pixels) -> Located | None:
        scale = min(1.0, ACQUISITION_WIDTH / gray.shape[1])
        return max(scan(self._detector, gray, scale), key=_prominence, default=None)

    def _other_faces(self, gray: Pixels, face: Located) -> int:
        smallest = max(face.height * SECOND_FACE_SHARE, 1.0)
        scale = min(1.0, HOG_SMALLEST_FACE / smallest)
        return faces_at_least(scan(self._detector, gray, scale), face) - 1


def _prominence(face: Located) -> float:
    """Order faces by size, with uncertain detections behind certain ones."""
    return face.height * (1.0 if face.score >= SECOND_FACE_SCORE else 0.1)
