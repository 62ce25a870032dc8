"""Closing eyes and an opening mouth: patches of the portrait, made once per degree of movement."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.camera.simulation.photographs import HEIGHT, WIDTH, Still
from vision.frame import Pixels

__all__ = ["Expression"]

Field = NDArray[np.float32]

LID_DEGREES: Final = 12
MOUTH_DEGREES: Final = 24
CREASE: Final = 6.0
OVERLAP: Final = 2.0
SKIN_BELOW: Final = 2.0
LASH_WIDTH: Final = 1.2
"""Pixels: the lid begins that far above the eye, above the dark of the open one's fold, and ends
below the lower lid; skin below that; lashes."""

LASHES: Final = 0.75
"""Share of the light that lashes take away."""

CAVITY: Final = (52.0, 20.0, 22.0)
"""Colour of an open mouth's inside."""

# image-left eye: corner, upper lid, corner, lower lid; the other eye is 6 points further
UPPER_LID: Final = (0, 1, 2, 3)
LOWER_LID: Final = (0, 5, 4, 3)
SECOND_EYE: Final = 6
LOWER_INNER_LIP: Final = (60, 67, 66, 65, 64)
CHIN: Final = 8
JAW_ENDS: Final = (0, 16)
NOSE_TIP: Final = 30
LIP_TOP, LIP_BOTTOM = 66, 57
"""Inner and outer edge of the lower lip's middle."""

JAW_DROP: Final = 0.68
CHEEK: Final = 2.4
"""A jaw let down entirely, in widths of the mouth; how far from the middle, in half widths, the
cheeks follow the corners."""

_Patch = tuple[slice, slice, Pixels]


class Expression:
    """Puts lids and mouth into one portrait. Not thread-safe: patches are kept."""

    def __init__(self, still: Still) -> None:
        self._portrait = still.pixels
        self._landmarks = still.landmarks
        self._eyes = still.eyes
        self._corners = still.corners
        self._patches: dict[tuple[str, int], list[_Patch]] = {}

    def render(self, *, lids: float, mouth: float) -> Pixels:
        """Return the portrait with the lids closed and the mouth open by 0..1."""
        degrees = (
            ("lids", round(LID_DEGREES * min(1.0, max(0.0, lids)))),
            ("mouth", round(MOUTH_DEGREES * min(1.0, max(0.0, mouth)))),
        )
        picture = self._portrait
        for kind, degree in degrees:
            if degree:
                picture = picture.copy() if picture is self._portrait else picture
                for rows, columns, pixels in self._patch(kind, degree):
                    picture[rows, columns] = pixels
        return picture

    def _patch(self, kind: str, degree: int) -> list[_Patch]:
        key = (kind, degree)
        if key not in self._patches:
            if kind == "lids":
                made = [self._eye(eye, degree / LID_DEGREES) for eye in (0, SECOND_EYE)]
            else:
                made = [self._mouth(degree / MOUTH_DEGREES)]
            self._patches[key] = made
        return self._patches[key]

    def _eye(self, eye: int, closure: float) -> _Patch:
        """Cover the eye down to the lashes with skin from below it: lids hide behind open eyes."""
        upper = self._eyes[[point + eye for point in UPPER_LID]]
        lower = self._eyes[[point + eye for point in LOWER_LID]]
        width = float(upper[-1, 0] - upper[0, 0])
        x, y, rows, columns = _region(
            upper[0, 0] - 0.15 * width,
            float(upper[:, 1].min() - 0.6 * width),
            upper[-1, 0] + 0.15 * width,
            float(lower[:, 1].max() + 0.25 * width),
        )
        top = np.polyval(np.polyfit(upper[:, 0], upper[:, 1], 2), x) - CREASE
        bottom = np.polyval(np.polyfit(lower[:, 0], lower[:, 1], 2), x) + OVERLAP
        height = np.maximum(bottom - top, 0)
        edge = top + closure * height
        skin = self._sample(x, bottom + SKIN_BELOW + (edge - y) / 2).astype(np.float32)
        pixels = self._sample(x, y).astype(np.float32)
        covered = np.clip((y - top + 1) / 2, 0, 1) * np.clip((edge - y + 1) / 2, 0, 1)
        pixels += (covered * (height > 0))[..., None] * (skin - pixels)
        lashes = LASHES * np.exp(-(((y - edge) / LASH_WIDTH) ** 2)) * np.clip(height / 4, 0, 1)
        pixels *= 1 - (lashes * min(1, 2 * closure))[..., None]
        return rows, columns, pixels.astype(np.uint8)

    def _mouth(self, opening: float) -> _Patch:
        """Let the jaw down: the picture is cut along the lower edge of the lips' opening.

        The lower lip goes down whole, the chin behind it follows; the corners go a part of the way.
        """
        points = self._landmarks
        lip = points[list(LOWER_INNER_LIP)]
        thickness = float(points[LIP_BOTTOM, 1] - points[LIP_TOP, 1])
        half_jaw = float(points[JAW_ENDS[1], 0] - points[JAW_ENDS[0], 0]) / 2
        width = float(lip[-1, 0] - lip[0, 0])
        middle, chin = float(lip[:, 0].mean()), float(points[CHIN, 1])
        x, y, rows, columns = _region(
            middle - 1.1 * half_jaw,
            points[NOSE_TIP, 1],
            middle + 1.1 * half_jaw,
            chin + 0.75 * half_jaw,
        )
        drop = opening * JAW_DROP * width
        y = self._lower_corners(x, y, self._corners * drop)
        seam = np.interp(x, lip[:, 0], lip[:, 1])
        near = drop * np.sqrt(np.clip(1 - ((x - middle) / (0.52 * width)) ** 2, 0, 1))
        wide = (
            0.85 * drop * np.cos(np.clip((x - middle) / (1.1 * half_jaw), -1, 1) * np.pi / 2) ** 2
        )
        source = y
        for _ in range(12):
            share = np.clip((source - seam - thickness) / (chin - seam - thickness), 0, 1)
            below = np.clip((source - chin) / (0.7 * half_jaw), 0, 1)
            source = y - (near * (1 - share) + wide * share) * (1 - below) ** 2
        source = np.where(y < seam, y, np.maximum(source, seam))
        pixels = self._sample(x, source).astype(np.float32)
        inside = np.clip((y - seam) / 2, 0, 1) * np.clip((seam + near - y) / 2, 0, 1)
        pixels += inside[..., None] * (np.array(CAVITY, np.float32) - pixels)
        return rows, columns, pixels.astype(np.uint8)

    def _lower_corners(self, x: Field, y: Field, down: float) -> Field:
        """Return where the rows come from once the corners of the mouth are `down` pixels lower.

        The cheeks stretch down to the nose tip's height, the chin stays. Without it the landmarks
        keep reading a smile and put the lower lip on its teeth.
        """
        points = self._landmarks
        lip = points[list(LOWER_INNER_LIP)]
        tip, chin = float(points[NOSE_TIP, 1]), float(points[CHIN, 1])
        corner = float(lip[[0, -1], 1].mean())
        aside = np.abs(x - lip[:, 0].mean()) / (float(lip[-1, 0] - lip[0, 0]) / 2)
        share = np.minimum(aside**2, 1) * _smooth((CHEEK - aside) / (CHEEK - 1))
        share *= _smooth((y - tip) / (corner + down - tip))
        share *= _smooth((chin - y) / (chin - corner - down))
        return np.asarray(y - down * share, dtype=np.float32)

    def _sample(self, x: Field, y: NDArray[np.floating]) -> Pixels:
        down = y.astype(np.float32)
        found = cv2.remap(
            self._portrait, x, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(found, dtype=np.uint8)


def _smooth(part: NDArray[np.floating]) -> Field:
    """Return 0 up to 0, 1 from 1, without a corner between."""
    clipped = np.clip(part, 0, 1)
    return np.asarray(clipped * clipped * (3 - 2 * clipped), dtype=np.float32)


def _region(
    left: float, top: float, right: float, bottom: float
) -> tuple[Field, Field, slice, slice]:
    """Return the pixel coordinates of a rectangle inside the frame and its slices."""
    columns = slice(max(0, int(left)), min(WIDTH, int(right) + 1))
    rows = slice(max(0, int(top)), min(HEIGHT, int(bottom) + 1))
    y, x = np.mgrid[rows, columns].astype(np.float32)
    return x, y, rows, columns
