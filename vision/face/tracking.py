"""Finds the face in a stream of frames and follows it at a cost that fits every frame.

A face is followed by its mesh: the points of one frame say where to look in the next. A face that
is lost is looked for at once, by BlazeFace when it is near and by YuNet at every size.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.face.engines.blazeface import BlazeFace
from vision.face.engines.crops import Crop
from vision.face.engines.detection import SECOND_FACE_SHARE, DetectedFace, count_faces
from vision.face.engines.mesh import FaceMesh, crop_around
from vision.face.engines.yunet import YuNet
from vision.frame import Pixels

__all__ = ["FaceTracker", "TrackedFace", "box_of"]

_CONFIRM_EVERY: Final = 5
_CONFIRM_REGION: Final = 2.0
_SECOND_FACE_EVERY: Final = 15
_SECOND_FACE_AGAIN: Final = 4
_NEARBY_SHARE: Final = 0.25
_SMALLEST_SEEN: Final = 24
_LARGEST_GROWTH: Final = 1.6
_SMALLEST_FACE: Final = 16.0

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TrackedFace:
    """The largest face of a frame.

    points  468 x 2 in pixels of the frame
    score   0..1 of the detector that saw it last
    faces   how many count in the frame
    nearby  other faces at least a quarter as large
    """

    points: Points
    score: float
    faces: int
    nearby: int = 0


class FaceTracker:
    """Follows the largest face from frame to frame; knows nothing but its last points.

    A second face is looked for in the whole frame every 15 frames, every 4 while there is one.
    Every other search is for smaller faces too, which takes longer, and so never on acquisition.
    """

    def __init__(self, detector: YuNet, near: BlazeFace, mesh: FaceMesh, search_px: int) -> None:
        self._detector = detector
        self._near = near
        self._mesh = mesh
        self._search_px = search_px
        self._last: Points | None = None
        self._score = 0.0
        self._others = self._nearby = 0
        self._until_check = 0
        self._wide_next = False
        self._until_confirmation = 0

    def forget(self) -> None:
        """Start over: the next frame belongs to another recording or camera."""
        self._last = None
        self._others = self._nearby = 0
        self._until_check = 0
        self._wide_next = False

    def locate(self, image: Pixels) -> TrackedFace | None:
        """Return the face and how many faces count, or None."""
        points = self._follow(image)
        if points is None:
            points = self._acquire(image)
        if points is not None and self._until_check <= 0:
            points = self._check_others(image, points)
        self._last = points
        if points is None:
            self.forget()
            return None
        self._until_check -= 1
        return TrackedFace(points, self._score, 1 + self._others, max(self._others, self._nearby))

    def _follow(self, image: Pixels) -> Points | None:
        if self._last is None:
            return None
        before = crop_around(self._last)
        points, presence = self._mesh.place(image, before)
        if not self._mesh.sees_face(presence) or not _plausible(before, crop_around(points)):
            return None
        self._until_confirmation -= 1
        return points if self._until_confirmation > 0 else self._confirm(image, points)

    def _confirm(self, image: Pixels, points: Points) -> Points | None:
        """Ask the near detector now and then whether what is followed is a face."""
        crop = crop_around(points)
        reach = crop.side * _CONFIRM_REGION / 2
        height, width = image.shape[:2]
        left, top = max(0, int(crop.centre[0] - reach)), max(0, int(crop.centre[1] - reach))
        right = min(width, int(crop.centre[0] + reach))
        bottom = min(height, int(crop.centre[1] + reach))
        if right <= left or bottom <= top:
            return None
        found = self._near.find(image[top:bottom, left:right])
        if found is None:
            return None
        self._score = found.score
        self._until_confirmation = _CONFIRM_EVERY
        return points

    def _acquire(self, image: Pixels) -> Points | None:
        near = self._near.find(image)
        if near is not None and (points := self._settle(image, near)) is not None:
            return points
        scale = min(1.0, self._search_px / image.shape[1])
        for face in sorted(self._detector.find(image, scale), key=_size, reverse=True):
            if (points := self._settle(image, face)) is not None:
                return points
        return None

    def _settle(self, image: Pixels, face: DetectedFace) -> Points | None:
        """Place the mesh on a detected face, twice: the detector's box is only about right."""
        points, presence = self._mesh.place(image, face.crop)
        if not self._mesh.sees_face(presence):
            return None
        before = crop_around(points)
        points, presence = self._mesh.place(image, before)
        if not self._mesh.sees_face(presence) or not _plausible(before, crop_around(points)):
            return None
        self._score = face.score
        self._until_confirmation = _CONFIRM_EVERY
        return points

    def _check_others(self, image: Pixels, points: Points) -> Points:
        """Count the other faces; a larger one than the followed becomes the followed one."""
        main = box_of(points, self._score)
        wide, self._wide_next = self._wide_next, not self._wide_next
        smallest = max(main.size * (_NEARBY_SHARE if wide else SECOND_FACE_SHARE), 1.0)
        widest = min(1.0, self._search_px / image.shape[1])
        found = self._detector.find(image, min(widest, _SMALLEST_SEEN / smallest))
        larger = [face for face in found if face.size > main.size and not _same(face, main)]
        for face in sorted(larger, key=_size, reverse=True):
            if (settled := self._settle(image, face)) is not None:
                points, main = settled, box_of(settled, self._score)
                break
        self._others = count_faces(found, main) - 1
        if wide:
            self._nearby = count_faces(found, main, _NEARBY_SHARE) - 1
        self._until_check = _SECOND_FACE_AGAIN if self._others else _SECOND_FACE_EVERY
        return points


def box_of(points: Points, score: float) -> DetectedFace:
    """Return the upright box around placed points."""
    low, high = points.min(axis=0), points.max(axis=0)
    left, top, right, bottom = (float(value) for value in (*low, *high))
    return DetectedFace(left, top, right - left, bottom - top, (), score)


def _size(face: DetectedFace) -> float:
    return face.size


def _same(face: DetectedFace, main: DetectedFace) -> bool:
    return face.covers(main) or main.covers(face)


def _plausible(before: Crop, after: Crop) -> bool:
    """Tell whether a face may have moved and grown like that between two frames."""
    if after.side < _SMALLEST_FACE:
        return False
    growth = after.side / max(before.side, 1.0)
    moved = np.hypot(after.centre[0] - before.centre[0], after.centre[1] - before.centre[1])
    return bool(1 / _LARGEST_GROWTH < growth < _LARGEST_GROWTH and moved < before.side)
