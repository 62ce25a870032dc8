"""What the reader made of one machine-readable zone: values only, no numpy, no I/O."""

from dataclasses import dataclass

from vision.document.layout import MrzFormat

__all__ = ["Glyphs", "MrzReading"]

Glyphs = tuple[tuple[str, float], ...]
"""The likeliest characters of one cell, best first: character, log-margin to the best one."""


@dataclass(frozen=True, slots=True)
class MrzReading:
    """The lines of one machine-readable zone as they were read, believed or not.

    lines         as read, 3 of 30, 2 of 36 or 2 of 44 characters
    alternatives  per line and cell, the likeliest characters
    margin        least log-margin of all cells between the best character and the next one
    score         mean log-likelihood of the cells of the line that fits worst
    corners       of the block of lines, in pixels of the image: left upper, right upper, right
                  lower and left lower as the lines are read
    upside_down   the lines stand on their head in the image
    elapsed_ms    time the reader took
    """

    format: MrzFormat
    lines: tuple[str, ...]
    alternatives: tuple[tuple[Glyphs, ...], ...]
    margin: float
    score: float
    corners: tuple[tuple[float, float], ...]
    upside_down: bool
    elapsed_ms: float
