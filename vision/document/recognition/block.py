"""The block of lines in a picture, found without the outline of the document.

Dark strokes that stand close beside each other make long thin bands; bands that are parallel,
about equally long and one below another are a machine-readable zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Band", "Gray", "MrzBlock", "find_blocks"]

Gray = NDArray[np.uint8]
_Point = NDArray[np.float64]

_SIDE: Final = 1024
_STROKES: Final = (9, 15, 25)
"""Sizes in pixels of the black-hat: about the height of a character, at most 1024 pixels a side."""
_SLIM: Final = 4.5
"""A band is at least so many times longer than high; half a line of TD1 is 12 times."""
_PATTERN: Final = 0.45
"""Share of the strongest contrast near by that what is printed behind the lines may have."""
_MOST_BANDS: Final = 40
_MOST_BLOCKS: Final = 4
_LENGTHS: Final = 0.5
_HEIGHTS: Final = 0.45
"""The least ratio of the lengths and of the heights of two lines of one zone."""
_TURN: Final = 0.06
"""The greatest sine of the angle between them: perspective."""
_OFFSET: Final = 0.25
"""By how much of their length their ends may be apart."""
_GAPS: Final = (0.02, 0.14)
"""Between two lines, in lengths of a line; 0.056 for TD1 and TD3, twice that where one is lost."""


@dataclass(frozen=True, eq=False)
class Band:
    """A straight run of characters: its ends and its height in pixels."""

    left: _Point
    right: _Point
    height: float

    @cached_property
    def length(self) -> float:
        """Return the distance of the ends."""
        return float(np.hypot(*(self.right - self.left)))

    @cached_property
    def direction(self) -> _Point:
        """Return the unit vector from the left to the right end."""
        return (self.right - self.left) / max(self.length, 1e-6)

    @cached_property
    def middle(self) -> _Point:
        """Return the point between the ends."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True, eq=False)
class MrzBlock:
    """Two or three bands from the upper to the lower; `score` orders the blocks of a picture."""

    bands: tuple[Band, ...]
    score: float


def find_blocks(gray: Gray, *, patterned: bool) -> list[MrzBlock]:
    """Return what may be the zone of a document, the likeliest first, in pixels of the picture.

    patterned  first take away what is fainter than the ink: fine lines behind the zone
    """
    scale = min(1.0, _SIDE / max(gray.shape))
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    blocks: list[MrzBlock] = []
    for stroke in _STROKES:
        bands = _find_bands(small.astype(np.uint8, copy=False), stroke, patterned=patterned)
        blocks.extend(_group(_join(bands)))
    blocks.sort(key=lambda each: -each.score)
    return [_enlarge(each, scale) for each in _distinct(blocks)]


def _find_bands(gray: Gray, stroke: int, *, patterned: bool) -> list[Band]:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (stroke, stroke))
    dark = cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, kernel)
    if patterned:
        around = cv2.getStructuringElement(cv2.MORPH_RECT, (6 * stroke + 1, 2 * stroke + 1))
        dark = cv2.subtract(dark, cv2.convertScaleAbs(cv2.dilate(dark, around), alpha=_PATTERN))
    upright = cv2.convertScaleAbs(cv2.Sobel(dark, cv2.CV_16S, 1, 0, ksize=3), alpha=0.5)
    wide, tall = 2 * stroke + 1, max(3, stroke // 3)
    dense = cv2.blur(upright, (wide, tall)).astype(np.float32)
    usual = cv2.blur(dense, (10 * stroke + 1, 6 * stroke + 1))
    clear = np.clip(dense / (usual + 6) * 90, 0, 255).astype(np.uint8)
    _, binary = cv2.threshold(clear, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    flat = cv2.getStructuringElement(cv2.MORPH_RECT, (wide, 1))
    binary = cv2.morphologyEx(binary, cv2.MORPH_OPEN, flat)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(binary)
    bands = []
    for label in np.argsort(-stats[:, cv2.CC_STAT_AREA])[: 3 * _MOST_BANDS]:
        left, top, width, height, area = (int(each) for each in stats[label])
        if label == 0 or width < 3 * stroke or area < stroke * stroke or height > width:
            continue
        band = _fit(labels[top : top + height, left : left + width] == label, left, top)
        if band.length > _SLIM * band.height and band.height < 2.2 * stroke:
            bands.append(band)
    bands.sort(key=lambda each: -each.length)
    return bands[:_MOST_BANDS]


def _fit(part: NDArray[np.bool_], left: int, top: int) -> Band:
    """Fit a straight band to the pixels of one component."""
    counts = part.sum(axis=0)
    columns = np.flatnonzero(counts)
    rows = np.arange(part.shape[0])
    middles = (part * rows[:, None]).sum(axis=0)[columns] / counts[columns]
    slope, start = np.polyfit(columns, middles, 1)
    first, last = columns[0], columns[-1]
    return Band(
        np.array([left + first, top + start + slope * first], np.float64),
        np.array([left + last, top + start + slope * last], np.float64),
        max(float(np.median(counts[columns])) / float(np.hypot(1, slope)), 1.0),
    )


def _join(bands: list[Band]) -> list[Band]:
    """Add the lines that glare, a finger or a pattern has cut into several bands."""
    pieces = sorted(bands, key=lambda each: float(each.left[0]))
    joined = list(pieces)
    used: set[int] = set()
    for start, first in enumerate(pieces):
        if start in used:
            continue
        chain = first
        for after in range(start + 1, len(pieces)):
            other = pieces[after]
            if after not in used and _continues(chain, other):
                chain = Band(chain.left, other.right, (chain.height + other.height) / 2)
                used.add(after)
        if chain is not first:
            joined.append(chain)
    return joined


def _continues(one: Band, other: Band) -> bool:
    height = (one.height + other.height) / 2
    along = float((other.left - one.right) @ one.direction)
    if not -height < along < 9 * height:
        return False
    near, far = (abs(_cross(one.direction, each - one.left)) for each in (other.left, other.right))
    return near < 0.6 * height and far < 1.1 * height + 0.02 * one.length


def _cross(one: _Point, other: _Point) -> float:
    return float(one[0] * other[1] - one[1] * other[0])


def _group(bands: list[Band]) -> Iterator[MrzBlock]:
    """Yield blocks of two and of three bands."""
    places = range(len(bands))
    pairs = {
        (upper, lower): fit
        for upper in places
        for lower in places
        if upper != lower and (fit := _fit_pair(bands[upper], bands[lower])) > 0
    }
    for (one, two), fit in pairs.items():
        yield MrzBlock((bands[one], bands[two]), fit)
        for three in places:
            other = pairs.get((two, three), 0.0)
            if not other:
                continue
            bound = bands[one], bands[two], bands[three]
            gaps = [_gap(upper, lower) for upper, lower in pairwise(bound)]
            if max(gaps) < 1.35 * min(gaps):
                yield MrzBlock(bound, 1.35 * (fit * other) ** 0.5)


def _gap(upper: Band, lower: Band) -> float:
    return _cross(upper.direction, lower.middle - upper.middle)


def _fit_pair(upper: Band, lower: Band) -> float:
    """Return how well two bands are neighbouring lines of one zone, 0 for not at all."""
    longer = max(upper.length, lower.length)
    lengths = min(upper.length, lower.length) / longer
    heights = min(upper.height, lower.height) / max(upper.height, lower.height)
    turn = abs(_cross(upper.direction, lower.direction))
    gap = _gap(upper, lower) / longer
    if lengths < _LENGTHS or heights < _HEIGHTS or turn > _TURN or not _GAPS[0] < gap < _GAPS[1]:
        return 0.0
    starts = abs(float((lower.left - upper.left) @ upper.direction)) / longer
    ends = abs(float((lower.right - upper.right) @ upper.direction)) / longer
    offset = min(starts, ends) + 0.3 * max(starts, ends)
    if offset > _OFFSET:
        return 0.0
    slim = min(longer / upper.height / 20, 1.0)
    fit: float = longer**0.5 * lengths * heights**0.5
    return fit * (1 - 2 * offset) * slim * (1 - 4 * turn)


def _distinct(blocks: list[MrzBlock]) -> list[MrzBlock]:
    """Return the first few, without those that hold what a likelier one holds."""
    kept: list[MrzBlock] = []
    for block in blocks:
        if len(kept) == _MOST_BLOCKS:
            break
        if not any(_same(block, each) for each in kept):
            kept.append(block)
    return kept


def _same(one: MrzBlock, other: MrzBlock) -> bool:
    if len(one.bands) != len(other.bands):
        return False
    near = 1.5 * max(one.bands[0].height, 4.0)
    return all(
        np.abs(a.left - b.left).max() < near and np.abs(a.right - b.right).max() < near
        for a, b in zip(one.bands, other.bands, strict=True)
    )


def _enlarge(block: MrzBlock, scale: float) -> MrzBlock:
    bands = tuple(
        Band((each.left + 0.5) / scale - 0.5, (each.right + 0.5) / scale - 0.5, each.height / scale)
        for each in block.bands
    )
    return MrzBlock(bands, block.score)
