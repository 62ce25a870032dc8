"""A face that a detector found: where, how surely, and how it is turned in the picture."""

from dataclasses import dataclass, replace
from math import atan2

from vision.face.engines.crops import Crop

__all__ = ["SECOND_FACE_SHARE", "DetectedFace", "count_faces"]

SECOND_FACE_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """A face in pixels of the picture.

    left, top, width, height  of its box
    points  eyes (image-left, image-right), nose and what else the detector places, x, y
    score   0..1
    """

    left: float
    top: float
    width: float
    height: float
    points: tuple[tuple[float, float], ...]
    score: float

    @property
    def centre(self) -> tuple[float, float]:
        """Return the middle of the box."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def size(self) -> float:
        """Return the longer side of the box."""
        return max(self.width, self.height)

    @property
    def crop(self) -> Crop:
        """Return the square around the box, with the eyes level."""
        (x, y), (far_x, far_y) = self.points[:2]
        return Crop(self.centre, self.size, atan2(far_y - y, far_x - x))

    def covers(self, other: "DetectedFace") -> bool:
        """Tell whether the middle of the other box lies in this one."""
        x, y = other.centre
        inside_x = self.left <= x <= self.left + self.width
        return inside_x and self.top <= y <= self.top + self.height

    def moved(self, left: float, top: float, scale: float) -> "DetectedFace":
        """Return the face in the picture that the searched one was cut from, then reduced."""
        return replace(
            self,
            left=self.left / scale + left,
            top=self.top / scale + top,
            width=self.width / scale,
            height=self.height / scale,
            points=tuple((x / scale + left, y / scale + top) for x, y in self.points),
        )


def count_faces(
    found: list[DetectedFace], main: DetectedFace, share: float = SECOND_FACE_SHARE
) -> int:
    """Count the main face and every other one at least `share` as large that lies apart."""
    smallest = main.size * share
    return 1 + sum(
        face.size >= smallest and not main.covers(face) and not face.covers(main) for face in found
    )
