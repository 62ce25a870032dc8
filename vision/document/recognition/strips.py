"""From the ends of the first and the last line to a straight strip of each line.

The gap between the lines is measured and not assumed: passports have about 6.3 mm, cards 4.3 mm at
the same 2.54 mm from one character to the next.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.document.recognition.block import Gray
from vision.document.recognition.glyphs import PITCH, WINDOW, Strip

__all__ = ["MARGIN", "LineGeometry", "Straightened", "straighten"]

MARGIN: Final = 3
"""Characters of room before the first and after the last one."""
_ROOM: Final = 56
"""Height of the strip that holds one line and what is above and below it."""
_GAPS: Final = (18.0, 60.0)
_FINEST: Final = 22.0
_REDUCED: Final = 18.0
"""Pictures with more pixels from one character to the next are reduced to this many first."""
_COARSE: Final = 11.0
_REACH: Final = 16
"""Rows above and below its expected middle in which a line is looked for."""
_CAPITAL: Final = 17
"""Rows of a capital letter, with the blur."""
_SEGMENTS: Final = 6
_STEEPEST: Final = 0.02

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LineGeometry:
    """The middle of a line in the straightened picture: row at column 0, and slope."""

    row: float
    slope: float


@dataclass(frozen=True, slots=True, eq=False)
class Straightened:
    """A block of lines with 16 pixels from one character to the next.

    page     the straightened picture, grey levels
    lines    where each line lies in it
    to_page  from the picture to the straightened picture, 3 x 3
    """

    page: Strip
    lines: tuple[LineGeometry, ...]
    to_page: NDArray[np.float64]

    def cut(self, shift: float = 0.0) -> tuple[Strip, ...]:
        """Return the strip of each line, 28 rows, so many rows lower than the line."""
        return tuple(_cut(self.page, each, shift) for each in self.lines)

    def locate(self, points: Points) -> Points:
        """Return points of the straightened picture, n x 2, in pixels of the picture."""
        back = np.linalg.inv(self.to_page)
        found: Points = cv2.perspectiveTransform(points[None], back)[0].astype(np.float32)
        return found


def straighten(gray: Gray, ends: Points, rows: int, columns: int) -> Straightened:
    """Straighten a block whose lines have so many characters.

    ends  left and right end of the first line, left and right end of the last, 4 x 2 pixels
    """
    lengths = np.hypot(*(ends[1::2] - ends[::2]).T)
    pitch = max(float(lengths.mean()) / columns, 1.0)
    gap = _measure_gap(ends, rows) / pitch * PITCH
    gap = float(np.clip(gap, *_GAPS))
    left, right = MARGIN * PITCH - 0.5, (MARGIN + columns) * PITCH - 0.5
    first, last = _ROOM / 2 - 0.5, _ROOM / 2 - 0.5 + gap * (rows - 1)
    there = np.array([[left, first], [right, first], [left, last], [right, last]], np.float32)
    to_page = cv2.getPerspectiveTransform(ends.astype(np.float32), there).astype(np.float64)
    way = to_page
    if pitch > _FINEST:
        gray, enlarge = _reduce(gray, _REDUCED / pitch)
        way = to_page @ enlarge
    size = (columns + 2 * MARGIN) * PITCH, round(_ROOM + gap * (rows - 1))
    finer = cv2.INTER_CUBIC if pitch < _COARSE else cv2.INTER_LINEAR
    page = cv2.warpPerspective(
        gray, way, size, flags=finer, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    lines = tuple(_find_middle(page, first + line * gap, columns) for line in range(rows))
    return Straightened(page, lines, to_page)


def _measure_gap(ends: Points, rows: int) -> float:
    """Return the distance of two lines in pixels, square to their direction."""
    along = ends[1] - ends[0] + ends[3] - ends[2]
    along = along / max(float(np.hypot(*along)), 1e-6)
    down = (ends[2] + ends[3] - ends[0] - ends[1]) / 2
    return float(along[0] * down[1] - along[1] * down[0]) / (rows - 1)


def _reduce(gray: Gray, scale: float) -> tuple[Gray, NDArray[np.float64]]:
    """Return a smaller picture, and the way from its pixels to those of the whole one."""
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    shift = 0.5 / scale - 0.5
    back = np.array([[1 / scale, 0, shift], [0, 1 / scale, shift], [0, 0, 1]])
    return small.astype(np.uint8, copy=False), back


def _find_middle(page: Strip, expected: float, columns: int) -> LineGeometry:
    """Find the middle of a line by its ink, in segments, so that a slope is told."""
    first = round(expected) - _REACH
    room = np.pad(page, ((2 * _REACH, 2 * _REACH), (0, 0)), mode="edge")
    near = room[first + 2 * _REACH : first + 4 * _REACH + 1]
    ink = cv2.morphologyEx(near, cv2.MORPH_BLACKHAT, np.ones((1, 13), np.uint8))
    at, middles = [], []
    for segment in np.array_split(np.arange(MARGIN * PITCH, (MARGIN + columns) * PITCH), _SEGMENTS):
        profile = ink[:, segment].mean(axis=1)
        profile = np.maximum(profile - np.percentile(profile, 30), 0)
        sums = np.convolve(profile, np.ones(_CAPITAL), "valid")
        half = len(sums) // 2
        aside = np.abs(np.arange(len(sums)) - half) / half
        start = int(np.argmax(sums - 0.15 * sums.max() * aside))
        held = profile[start : start + _CAPITAL]
        if held.sum() > 0:
            at.append(float(segment.mean()))
            middles.append(float((held * np.arange(start, start + _CAPITAL)).sum() / held.sum()))
    if len(at) < 2:  # noqa: PLR2004 - a line has two points
        return LineGeometry(expected, 0.0)
    # Theil and Sen: a finger or a lamp in one segment does not turn the line.
    slopes = [
        (y2 - y1) / (x2 - x1)
        for (x1, y1), (x2, y2) in combinations(zip(at, middles, strict=True), 2)
    ]
    slope = float(np.clip(np.median(slopes), -_STEEPEST, _STEEPEST))
    offset = float(np.median(np.array(middles) - slope * np.array(at)))
    return LineGeometry(first + offset, slope)


def _cut(page: Strip, line: LineGeometry, shift: float) -> Strip:
    height, row = WINDOW[0], line.row + shift
    way = np.array([[1, 0, 0], [line.slope, 1, row - (height - 1) / 2]], np.float32)
    strip: Strip = cv2.warpAffine(
        page,
        way,
        (page.shape[1], height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
    return strip
