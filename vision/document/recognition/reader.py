"""The machine-readable zone of a picture: found, straightened, read; nothing is believed here."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, Self, overload

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.document.issuers import find_rule
from vision.document.layout import LAYOUTS, MrzFormat, allowed_characters
from vision.document.reading import Glyphs, MrzReading
from vision.document.recognition.block import Gray, MrzBlock, find_blocks
from vision.document.recognition.cells import CellPath, LineScores, find_paths, mask_of
from vision.document.recognition.glyphs import (
    ALPHABET,
    BETWEEN,
    PITCH,
    STRIDE,
    WINDOW,
    GlyphNetwork,
    normalise,
)
from vision.document.recognition.strips import MARGIN, Points, Straightened, straighten
from vision.frame import Pixels

__all__ = ["MrzReader"]

_LARGEST: Final = 1920
_SMALLEST: Final = 1000
_ENLARGED: Final = 1400
"""Pixels of the longer side: larger pictures are reduced, smaller ones enlarged to the last."""
_LEAST_PIXELS: Final = 100
_GOOD: Final = -0.35
"""A mean log-likelihood at which no other reading of the picture is tried."""
_WORST: Final = -1.1
"""Below it there is no zone, or none that can be read."""
_MOST_ATTEMPTS: Final = 8
"""Ways to read a picture that are tried; a picture without a zone has to end."""
_HOPELESS: Final = -1.6
"""Below it a block is not read a second time."""
_SLIP: Final = 0.08
"""By how much lines that start in different columns of the block have to fit better."""
_SEARCH, _SEARCH_AGAIN = 24, 8
"""Positions by which the first character may be off before and after the ends are known."""
_HEIGHTS: Final = (-1.25, 0.0, 1.25)
"""Rows by which a strip is cut higher and lower before its characters are weighed."""
_ASIDE: Final = 2
"""Positions beside the path at which a character may be looked at."""
_DOUBTED: Final = np.float32(0.01)
"""Of the margins of characters that stand too near to or too far from their neighbours."""
_ALTERNATIVES: Final = 3
_EXCLUDED: Final = -99.0
_HALF: Final = (WINDOW[1] - 1) / 2


@dataclass(frozen=True, slots=True, eq=False)
class _Attempt:
    """One way to read one block.

    ends  of the first and the last line, 4 x 2, as the lines are read
    """

    kind: MrzFormat
    ends: Points


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    attempt: _Attempt
    upside_down: bool
    score: float
    lines: tuple[LineScores, ...]
    paths: tuple[CellPath, ...]
    found: Points
    block: Straightened


class MrzReader:
    """Reads zones of the formats TD1, TD2 and TD3 in pictures of any direction but mirrored ones.

    Keeps nothing between pictures. A mirrored zone is none: its glyphs are no OCR-B.
    """

    def __init__(self, network: GlyphNetwork) -> None:
        self._network = network

    def _weigh(self, read: _Read) -> list[NDArray[np.float32]]:
        """Return the log-probabilities of the glyphs of each cell, by line.

        The mean over three heights: a network that is wrong at one of them is less often at all.
        """
        kind = read.attempt.kind
        printed = _printed(LAYOUTS[kind].columns)
        heights = [
            [
                _weigh(logs[:, :BETWEEN], path.positions, masks)
                for logs, path, masks in zip(
                    (self._network.evaluate(normalise(each, printed)) for each in strips),
                    read.paths,
                    _masks(kind),
                    strict=True,
                )
            ]
            for strips in map(read.block.cut, _HEIGHTS)
        ]
        return [np.mean(each, axis=0) for each in zip(*heights, strict=True)]

    @classmethod
    def from_resources(cls) -> Self:
        """Make a reader with the weights that the program carries."""
        return cls(GlyphNetwork.from_resources())

    def read(self, image: Pixels) -> MrzReading | None:
        """Read the zone of a picture, RGB or BGR, None where none is found.

        A picture that stands on its side is read too, after the others. What was read may be
        wrong: `vision.document.acceptance` judges it.
        """
        started = time.perf_counter()
        gray, scale = _prepare(image)
        if gray is None:
            return None
        for turned in (False, True):
            seen = np.ascontiguousarray(np.rot90(gray)) if turned else gray
            best = self._read_upright(seen, patterned=False)
            if best is None or best.score < _GOOD:
                best = _better(best, self._read_upright(seen, patterned=True))
            if best is not None and best.score >= _WORST:
                cells = self._weigh(best)
                return _report(best, cells, scale, gray.shape[1] if turned else 0, started)
        return None

    def _read_upright(self, gray: Gray, *, patterned: bool) -> _Read | None:
        """Return the best reading of lines that run from left to right, or on their head."""
        best: _Read | None = None
        tried = 0
        for block in find_blocks(gray, patterned=patterned):
            ways: tuple[bool, ...] = (False, True)
            for attempt in _attempts(block):
                reads = [self._read_twice(gray, attempt, upside_down=each) for each in ways]
                here = max(reads, key=lambda each: each.score)
                best = _better(best, here)
                if best.score > _GOOD:
                    return self._read_again(gray, best)
                ways = (here.upside_down,)
                tried += 1
                if tried == _MOST_ATTEMPTS:
                    return best
        return best

    def _read_twice(self, gray: Gray, attempt: _Attempt, *, upside_down: bool) -> _Read:
        """Read between the ends of the bands, then between those that the characters told."""
        ways = self._read_ways(gray, attempt, upside_down=upside_down, again=False)
        best = max(ways, key=lambda each: each.score)
        if best.score < _HOPELESS:
            return best
        together, apart = (
            self._read_ways(
                gray, _Attempt(attempt.kind, way.found), upside_down=upside_down, again=True
            )[0]
            for way in ways
        )
        # Lines placed each by itself: one may have slipped by a whole character.
        return apart if apart.score > together.score + _SLIP else together

    def _read_again(self, gray: Gray, best: _Read) -> _Read:
        """Read once more between the ends that the characters themselves told."""
        ends = _Attempt(best.attempt.kind, best.found)
        again = self._read_ways(gray, ends, upside_down=best.upside_down, again=True)[0]
        return again if again.score > best.score else best

    def _read_ways(
        self, gray: Gray, attempt: _Attempt, *, upside_down: bool, again: bool
    ) -> list[_Read]:
        """Return the readings of a block; `again`: its ends already are as the lines are read."""
        layout = LAYOUTS[attempt.kind]
        turn = upside_down and not again
        ends = attempt.ends[[3, 2, 1, 0]] if turn else attempt.ends
        block = straighten(gray, ends, layout.rows, layout.columns)
        # Before the ends are known, the line may begin anywhere in the strip.
        printed = _printed(layout.columns) if again else None
        lines = tuple(
            LineScores(self._network.evaluate(normalise(strip, printed)), masks)
            for strip, masks in zip(block.cut(), _masks(attempt.kind), strict=True)
        )
        usual = round(((MARGIN + 0.5) * PITCH - 0.5 - _HALF) / STRIDE)
        search = _SEARCH_AGAIN if again else _SEARCH
        starts = max(usual - search, 0), usual + search
        return [
            _Read(
                attempt,
                upside_down,
                float(np.mean([each.score for each in paths])),
                lines,
                tuple(paths),
                _locate_ends(block, tuple(paths)),
                block,
            )
            for paths in find_paths(lines, starts, again=again)
        ]


@overload
def _better(one: _Read | None, other: _Read) -> _Read: ...
@overload
def _better(one: _Read | None, other: _Read | None) -> _Read | None: ...
def _better(one: _Read | None, other: _Read | None) -> _Read | None:
    return other if one is None or (other is not None and other.score > one.score) else one


def _prepare(image: Pixels) -> tuple[Gray | None, float]:
    """Return the picture in grey and a fit size, and its scale."""
    if min(image.shape[:2]) < _LEAST_PIXELS:
        return None, 1.0
    longer, scale = max(image.shape[:2]), 1.0
    if longer > _LARGEST:
        scale = _LARGEST / longer
    elif longer < _SMALLEST:
        scale = _ENLARGED / longer
    if scale != 1.0:
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=way).astype(np.uint8)
    # The plain mean: neither the order of the colours nor a tint matters.
    gray = image if image.ndim == 2 else image.mean(axis=2)  # noqa: PLR2004 - rows and columns
    return gray.astype(np.uint8), scale


def _attempts(block: MrzBlock) -> Iterator[_Attempt]:
    """Yield the ways in which bands may be the lines of a zone; one may have been missed."""
    first, last = block.bands[0], block.bands[-1]
    ends = np.array([first.left, first.right, last.left, last.right], np.float32)
    if len(block.bands) == LAYOUTS[MrzFormat.TD1].rows:
        yield _Attempt(MrzFormat.TD1, ends)
        return
    yield _Attempt(MrzFormat.TD3, ends)
    yield _Attempt(MrzFormat.TD2, ends)
    yield _Attempt(MrzFormat.TD1, ends)
    down = ends[2:] - ends[:2]
    yield _Attempt(MrzFormat.TD1, np.concatenate([ends[:2], ends[2:] + down]))
    yield _Attempt(MrzFormat.TD1, np.concatenate([ends[:2] - down, ends[2:]]))


@cache
def _masks(kind: MrzFormat) -> tuple[NDArray[np.bool_], ...]:
    return tuple(np.stack([mask_of(each) for each in line]) for line in allowed_characters(kind))


def _printed(columns: int) -> tuple[int, int]:
    """Return the columns of a strip that a line of so many characters takes."""
    return MARGIN * PITCH, (MARGIN + columns) * PITCH


def _locate_ends(block: Straightened, paths: tuple[CellPath, ...]) -> Points:
    """Return the ends of the first and the last line by their characters."""
    ends: list[list[float]] = []
    for line, path in ((block.lines[0], paths[0]), (block.lines[-1], paths[-1])):
        columns = STRIDE * path.positions + _HALF
        step, start = np.polyfit(np.arange(len(columns)), columns, 1)
        outer = start - step / 2, start + step * (len(columns) - 0.5)
        ends.extend([column, line.row + line.slope * column] for column in outer)
    return block.locate(np.array(ends, np.float32))


def _report(
    best: _Read,
    cells: list[NDArray[np.float32]],
    scale: float,
    turned_width: int,
    started: float,
) -> MrzReading:
    kind = best.attempt.kind
    masks = _narrow(
        kind, [_best_text(each, mask) for each, mask in zip(cells, _masks(kind), strict=True)]
    )
    alternatives = tuple(
        tuple(_rank(cell, held) for cell, held in zip(line, mask, strict=True))
        for line, mask in zip(cells, masks, strict=True)
    )
    corners = best.found[[0, 1, 3, 2]]
    if turned_width:
        # np.rot90 turned the picture to the left: its columns are the picture's rows.
        corners = np.stack([turned_width - 1 - corners[:, 1], corners[:, 0]], axis=1)
    placed = (corners.astype(np.float64) + 0.5) / scale - 0.5
    return MrzReading(
        format=kind,
        lines=tuple("".join(cell[0][0] for cell in line) for line in alternatives),
        alternatives=alternatives,
        margin=min(cell[1][1] if len(cell) > 1 else 99.0 for line in alternatives for cell in line),
        score=min(each.score for each in best.paths),
        corners=tuple((float(x), float(y)) for x, y in placed),
        upside_down=best.upside_down,
        elapsed_ms=(time.perf_counter() - started) * 1000,
    )


def _weigh(
    logs: NDArray[np.float32], places: NDArray[np.intp], masks: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the log-probabilities of the glyphs of each cell.

    The mean of two neighbouring windows, of the pair that is clearest: the path is only so exact,
    and two positions aside a window holds a half of the character and looks like another one.
    """
    last = len(logs) - 1
    near = [logs[np.clip(places + each, 0, last)] for each in range(-_ASIDE, _ASIDE + 1)]
    pairs = np.stack([(one + other) / 2 for one, other in pairwise(near)])
    clear = np.where(masks, pairs, _EXCLUDED).max(axis=2).argmax(axis=0)
    weighed: NDArray[np.float32] = pairs[clear, np.arange(len(places))]
    # Nearer to each other than characters are, two cells have looked at one of them.
    apart = np.abs(np.diff(places + clear) - PITCH // STRIDE) > _ASIDE
    weighed[np.append(apart, False) | np.append(False, apart)] *= _DOUBTED
    return weighed


def _best_text(cells: NDArray[np.float32], masks: NDArray[np.bool_]) -> str:
    return "".join(ALPHABET[each] for each in np.where(masks, cells, _EXCLUDED).argmax(axis=1))


def _narrow(kind: MrzFormat, lines: list[str]) -> tuple[NDArray[np.bool_], ...]:
    """Return which glyphs each cell may hold, by the rule of the issuer that was read."""
    issuer = LAYOUTS[kind].fields["issuer"].read(lines).rstrip("<")
    rule = find_rule(issuer, kind)
    if rule is None:
        return _masks(kind)
    held = [list(each) for each in allowed_characters(kind)]
    rule.narrow(held)
    return tuple(np.stack([mask_of(each) for each in line]) for line in held)


def _rank(cell: NDArray[np.float32], mask: NDArray[np.bool_]) -> Glyphs:
    """Return the likeliest characters of a cell with their log-margins to the best."""
    held = np.flatnonzero(mask)
    order = held[np.argsort(-cell[held], kind="stable")][:_ALTERNATIVES]
    best = float(cell[order[0]])
    return tuple((ALPHABET[each], best - float(cell[each])) for each in order)
