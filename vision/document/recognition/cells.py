"""Where the characters of a line stand in its strip: a straight path first, then its small bends.

A path of free steps can lose a character and take the next one twice; all lines of a zone have one
pitch and start in one column, so that the whole line is placed at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.document.recognition.glyphs import ALPHABET, BETWEEN, PITCH, STRIDE

__all__ = ["CellPath", "LineScores", "find_paths", "mask_of"]

_STEP: Final = PITCH // STRIDE
_STRETCH: Final = np.arange(-48, 49) / 400 + 1
"""Ratios of the true pitch to the expected one that are tried first, ±12 %."""
_STRETCH_AGAIN: Final = np.arange(-8, 9) / 400 + 1
_BEND: Final = 2
"""Positions by which a character may stand beside the straight path."""
_BEND_COST: Final = 0.5
"""Of one position by which a character stands nearer to or farther from the one before it."""
_BETWEEN_SHARE: Final = 0.5
_LOWEST: Final = -8.0

Logs = NDArray[np.float32]


def mask_of(characters: str) -> NDArray[np.bool_]:
    """Return which glyphs a cell may hold."""
    return np.array([each in characters for each in ALPHABET])


@dataclass(frozen=True, slots=True, eq=False)
class CellPath:
    """Where the characters of one line stand: positions, one per cell, and their mean score."""

    positions: NDArray[np.intp]
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class LineScores:
    """Log-probabilities along one strip, and what each cell of the line may hold.

    logs   positions x 38
    masks  cells x 37
    """

    logs: Logs
    masks: NDArray[np.bool_]


def find_paths(
    lines: Sequence[LineScores], starts: tuple[int, int], *, again: bool
) -> list[list[CellPath]]:
    """Return the ways in which the characters may stand, each with a path per line.

    starts  first and last position that the first character may have
    again   the ends are known: all lines start in one column, at nearly the expected pitch.
            Otherwise the second way lets each line start where it likes, in case an end was wrong
    """
    stretch = _STRETCH_AGAIN if again else _STRETCH
    tables = [_emissions(each) for each in lines]
    totals = np.stack([_place(each, starts, stretch) for each in tables])
    ways = [[int(totals.sum(axis=0).argmax())] * len(lines)]
    if not again:
        ways.append([int(each.argmax()) for each in totals])
    return [
        [
            _bend(table, starts[0] + chosen // len(stretch), float(stretch[chosen % len(stretch)]))
            for table, chosen in zip(tables, way, strict=True)
        ]
        for way in ways
    ]


def _emissions(line: LineScores) -> Logs:
    """Return how well each cell fits at each position, cells x positions.

    Half of what speaks for a gap at either side of a character is added to it.
    """
    logs = np.maximum(line.logs, _LOWEST)
    glyphs, between = logs[:, :BETWEEN], logs[:, BETWEEN]
    kinds, which = np.unique(line.masks, axis=0, return_inverse=True)
    best = np.stack([np.where(kind, glyphs, _LOWEST).max(axis=1) for kind in kinds])
    middle = _STEP // 2
    padded = np.pad(between, middle, constant_values=_LOWEST / 2)
    sides = padded[: len(between)] + padded[2 * middle :]
    fits: Logs = best[which] + (_BETWEEN_SHARE / 2) * sides
    return fits


def _place(fits: Logs, starts: tuple[int, int], stretch: NDArray[np.float64]) -> Logs:
    """Return the mean fit of straight paths by their start and pitch, flat."""
    cells, count = fits.shape
    near = np.maximum(fits, np.maximum(_shift(fits, 1), _shift(fits, -1)) - _BEND_COST)
    first = np.arange(starts[0], starts[1] + 1)
    steps = np.arange(cells)[:, None, None] * _STEP * stretch
    places = np.clip(np.rint(first[:, None] + steps).astype(int), 0, count - 1)
    sums: Logs = near[np.arange(cells)[:, None, None], places].mean(axis=0).ravel()
    return sums


def _shift(fits: Logs, by: int) -> Logs:
    moved = np.full_like(fits, _LOWEST)
    if by > 0:
        moved[:, by:] = fits[:, :-by]
    else:
        moved[:, :by] = fits[:, -by:]
    return moved


def _bend(fits: Logs, start: int, stretch: float) -> CellPath:
    """Let the characters stand a little beside a straight path, neighbours by nearly the same."""
    cells, count = fits.shape
    bends = np.arange(-_BEND, _BEND + 1)
    straight = np.rint(start + np.arange(cells) * _STEP * stretch).astype(int)
    places = np.clip(straight[:, None] + bends, 0, count - 1)
    held = fits[np.arange(cells)[:, None], places]
    change = np.abs(bends[:, None] - bends)
    cost = np.where(change > 1, -_LOWEST * cells, _BEND_COST * change)
    total, came = held[0], []
    for cell in range(1, cells):
        ways = total[:, None] - cost
        came.append(ways.argmax(axis=0))
        total = ways.max(axis=0) + held[cell]
    bend = int(total.argmax())
    score = float(total[bend]) / cells
    chosen = [bend]
    for before in reversed(came):
        bend = int(before[bend])
        chosen.append(bend)
    chosen.reverse()
    return CellPath(places[np.arange(cells), chosen], score)
