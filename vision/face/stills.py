"""Finds the face of a still photo, however long it takes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.face.engines.crops import shrink
from vision.face.engines.detection import DetectedFace, count_faces
from vision.face.engines.mesh import FaceMesh, crop_around
from vision.face.engines.yunet import YuNet
from vision.face.tracking import TrackedFace
from vision.frame import Pixels

__all__ = ["StillSearch"]

_SIDE: Final = 1000
_HIDDEN_SIDE: Final = 1600
_SMALL_SIDE: Final = 320
_MARGIN: Final = 0.35
_QUARTER_TURNS: Final = (1, 3, 2)

Points = NDArray[np.float64]


class StillSearch:
    """Looks for the largest face of a photo: as it is, small, with a margin, and turned."""

    def __init__(self, detector: YuNet, mesh: FaceMesh) -> None:
        self._detector = detector
        self._mesh = mesh

    def locate(self, image: Pixels) -> TrackedFace | None:
        """Return the largest face of an RGB photo in its own pixels, or None.

        The points of a face in a picture that lies on its side lie on their side too.
        """
        if (face := self._plain(image)) is not None:
            return face
        # Turned and widened copies of 30 megapixels would take 500 MB.
        reduced = shrink(image, _HIDDEN_SIDE / max(image.shape[:2]))
        if (face := self._hidden(reduced)) is None:
            return None
        return TrackedFace(face.points * image.shape[1] / reduced.shape[1], face.score, face.faces)

    def _hidden(self, image: Pixels) -> TrackedFace | None:
        """Look with a margin around the picture, then at the turned picture."""
        if (face := self._widened(image)) is not None:
            return face
        for turns in _QUARTER_TURNS:
            turned = np.ascontiguousarray(np.rot90(image, turns))
            if (face := self._plain(turned) or self._widened(turned)) is not None:
                points = _turned_back(face.points, turns, image.shape[1], image.shape[0])
                return TrackedFace(points, face.score, face.faces)
        return None

    def _plain(self, image: Pixels) -> TrackedFace | None:
        scale = min(1.0, _SIDE / max(image.shape[:2]))
        small = min(1.0, _SMALL_SIDE / max(image.shape[:2]))
        return self._largest(image, scale) or self._largest(image, small)

    def _widened(self, image: Pixels) -> TrackedFace | None:
        """Look with a margin: a face that fills the picture is found in none of its sizes."""
        margin = int(max(image.shape[:2]) * _MARGIN)
        padded = np.pad(image, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
        face = self._largest(padded, min(1.0, _SMALL_SIDE / max(padded.shape[:2])))
        if face is None:
            return None
        return TrackedFace(face.points - margin, face.score, face.faces)

    def _largest(self, image: Pixels, scale: float) -> TrackedFace | None:
        reduced = shrink(image, scale)
        found = self._detector.find(reduced)
        for face in sorted(found, key=_size, reverse=True):
            there = face.moved(0, 0, reduced.shape[1] / image.shape[1])
            points, presence = self._mesh.place(image, there.crop)
            if self._mesh.sees_face(presence):
                points, presence = self._mesh.place(image, crop_around(points))
            if self._mesh.sees_face(presence):
                return TrackedFace(points, face.score, count_faces(found, face))
        return None


def _turned_back(points: Points, turns: int, width: int, height: int) -> Points:
    """Return points of a picture turned anticlockwise in quarters, in the picture as it was."""
    x, y = points.T
    match turns:
        case 1:
            return np.stack([width - y, x], axis=1)
        case 2:
            return np.stack([width - x, height - y], axis=1)
        case _:
            return np.stack([y, height - x], axis=1)


def _size(face: DetectedFace) -> float:
    return face.size
