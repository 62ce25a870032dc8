"""The receipt's page as strokes: what the PDF was drawn of, for a screen and a printer."""

from dataclasses import dataclass, field

__all__ = ["DrawnBar", "DrawnFrame", "DrawnLine", "DrawnText", "ReceiptDrawing"]


@dataclass(frozen=True, slots=True)
class DrawnText:
    """A line of text; its left end and base line in points, y downwards, as everything here."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A thin horizontal line."""

    x: float
    y: float
    width: float
    thickness: float
    colour: str


@dataclass(frozen=True, slots=True)
class DrawnFrame:
    """The outline of a box."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A filled box: a run of dark modules of the code."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ReceiptDrawing:
    """One page in points, and what its code holds.

    Whoever draws the strokes shows what stands in the PDF: both are written by the same calls.
    """

    width: float
    height: float
    strokes: tuple[DrawnText | DrawnLine | DrawnFrame | DrawnBar, ...] = field(repr=False)
    code: str = field(repr=False)
