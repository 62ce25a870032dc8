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
CREASE: Final = 3.0
GAP: Final = 1.0
SKIN_BELOW: Final = 3.0
LASH_WIDTH: Final = 1.2
"""Pixels: the lid begins above the eye, ends above the lower lid; skin below that; lashes."""

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
NOSE_BASE: Final = 33

_Patch = tuple[slice, slice, Pixels]


class Expression:
    """Puts lids and mouth into one portrait. Not thread-safe: patches are kept."""

    def __init__(self, still: Still) -> None:
        self._portrait = still.pixels
        self._landmarks = still.landmarks
        self._eyes = still.eyes
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
        bottom = np.polyval(np.polyfit(lower[:, 0], lower[:, 1], 2), x) - GAP
        height = np.maximum(bottom - top, 0)
        edge = top + closure * height
        skin = self._sample(x, bottom + GAP + SKIN_BELOW + (edge - y) / 2).astype(np.float32)
        pixels = self._sample(x, y).astype(np.float32)
        covered = np.clip((y - top + 1) / 2, 0, 1) * np.clip((edge - y + 1) / 2, 0, 1)
        pixels += (covered * (height > 0))[..., None] * (skin - pixels)
        lashes = LASHES * np.exp(-(((y - edge) / LASH_WIDTH) ** 2)) * np.clip(height / 4, 0, 1)
        pixels *= 1 - (lashes * min(1, 2 * closure))[..., None]
        return rows, columns, pixels.astype(np.uint8)

    def _mouth(self, opening: float) -> _Patch:
        """Let the jaw down: the picture is cut along the lower edge of the lips' opening."""
        points = self._landmarks
        lip = points[list(LOWER_INNER_LIP)]
        half_jaw = float(points[JAW_ENDS[1], 0] - points[JAW_ENDS[0], 0]) / 2
        width = float(lip[-1, 0] - lip[0, 0])
        middle, chin = float(lip[:, 0].mean()), float(points[CHIN, 1])
        x, y, rows, columns = _region(
            middle - 1.1 * half_jaw,
            points[NOSE_BASE, 1],
            middle + 1.1 * half_jaw,
            chin + 0.75 * half_jaw,
        )
        seam = np.interp(x, lip[:, 0], lip[:, 1])
        drop = opening * 0.62 * width
        near = drop * np.sqrt(np.clip(1 - ((x - middle) / (0.52 * width)) ** 2, 0, 1))
        wide = (
            0.85 * drop * np.cos(np.clip((x - middle) / (1.1 * half_jaw), -1, 1) * np.pi / 2) ** 2
        )
        source = y
        for _ in range(12):
            share = np.clip((source - seam) / (chin - seam), 0, 1)
            below = np.clip((source - chin) / (0.7 * half_jaw), 0, 1)
            source = y - (near * (1 - share) + wide * share) * (1 - below) ** 2
        source = np.where(y < seam, y, np.maximum(source, seam))
        pixels = self._sample(x, source).astype(np.float32)
        inside = np.clip((y - seam) / 2, 0, 1) * np.clip((seam + near - y) / 2, 0, 1)
        pixels += inside[..., None] * (np.array(CAVITY, np.float32) - pixels)
        return rows, columns, pixels.astype(np.uint8)

    def _sample(self, x: Field, y: NDArray[np.floating]) -> Pixels:
        down = y.astype(np.float32)
        found = cv2.remap(
            self._portrait, x, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(found, dtype=np.uint8)


def _region(
    left: float, top: float, right: float, bottom: float
) -> tuple[Field, Field, slice, slice]:
    """Return the pixel coordinates of a rectangle inside the frame and its slices."""
    columns = slice(max(0, int(left)), min(WIDTH, int(right) + 1))
    rows = slice(max(0, int(top)), min(HEIGHT, int(bottom) + 1))
    y, x = np.mgrid[rows, columns].astype(np.float32)
    return x, y, rows, columns
