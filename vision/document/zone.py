"""Where the machine-readable lines stand on a side, and what they tell of its outline.

Doc 9303 part 3, section 4.2 (size of print) and parts 4 to 6, section 4 (their places): every zone
lies along the lower edge. Places vary by a millimetre, gaps between lines by a tenth.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.document.observation import CardOutline, CardSize
from vision.document.reading import MrzReading

__all__ = ["fit_zone", "outline_by_zone"]

_PITCH_MM: Final = 2.54
_TOLERANCE: Final = 0.06
"""Of the side's width: where a zone is farther from its place, it is not that side's."""

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Zone:
    """The block of lines on its side, in millimetres.

    left, last  from the left edge to the first character, from the lower edge to the middle of the
                last line
    """

    size: CardSize
    width: float
    height: float
    left: float
    last: float
    gap: float
    rows: int
    columns: int

    @property
    def corners(self) -> Points:
        """Return 4 x 2: ends of the first line, then of the last one from the right."""
        right = self.left + self.columns * _PITCH_MM
        lower = self.height - self.last
        upper = lower - self.gap * (self.rows - 1)
        return np.array([(self.left, upper), (right, upper), (right, lower), (self.left, lower)])


_ZONES: Final = {
    "td1": _Zone(CardSize.ID_1, 85.60, 53.98, 4.7, 6.2, 4.3, 3, 30),
    "td2": _Zone(CardSize.ID_3, 105.0, 74.0, 6.0, 9.4, 6.3, 2, 36),
    "td3": _Zone(CardSize.ID_3, 125.0, 88.0, 6.6, 9.4, 6.3, 2, 44),
}


def fit_zone(corners: Points, reading: MrzReading) -> Points:
    """Return how well a zone stands in its place on each of m sides, 0..1.

    corners  m x 4 x 2, clockwise, of sides that may stand in any direction
    """
    zone = _ZONES[reading.format]
    side = _rectangle(zone)
    seen = np.array(reading.corners, np.float32)[None]
    along = seen[0, 1] - seen[0, 0]
    sides = np.roll(corners, -1, axis=1) - corners
    upper = np.argmax(sides @ along / np.linalg.norm(sides, axis=2), axis=1)
    fits = np.zeros(len(corners))
    for number, quad in enumerate(corners):
        # The upper side is that which runs as the lines do.
        upright = np.roll(quad, -upper[number], axis=0).astype(np.float32)
        plane = cv2.getPerspectiveTransform(upright, side)
        there = cv2.perspectiveTransform(seen, plane)[0]
        away = float(np.linalg.norm(there - zone.corners, axis=1).max()) / zone.width
        fits[number] = max(0.0, 1 - away / _TOLERANCE)
    return fits


def outline_by_zone(reading: MrzReading) -> CardOutline:
    """Return the outline that a zone alone tells, with a score of 0.

    The block is too low to tell the perspective of a side several times as high: it is continued
    straight, so a tilted side is missed by some millimetres at its upper edge.
    """
    zone = _ZONES[reading.format]
    first_left, first_right, last_right, last_left = np.array(reading.corners)
    across = (first_right - first_left + last_right - last_left) / (2 * zone.columns * _PITCH_MM)
    down = (last_left - first_left + last_right - first_right) / (2 * zone.gap * (zone.rows - 1))
    origin = np.mean(reading.corners, axis=0) - zone.corners.mean(axis=0) @ np.stack([across, down])
    placed = [(float(x), float(y)) for x, y in origin + _rectangle(zone) @ np.stack([across, down])]
    if reading.upside_down:
        placed = placed[2:] + placed[:2]
    return CardOutline((placed[0], placed[1], placed[2], placed[3]), zone.size, 0.0)


def _rectangle(zone: _Zone) -> NDArray[np.float32]:
    width, height = zone.width, zone.height
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
