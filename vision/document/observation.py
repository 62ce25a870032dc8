"""What one frame says about a document that is held before the camera: values only, no I/O.

What is seen is never authenticated: a telephone that shows a card cannot be told from a card by one
frame, nor a good print. Only the chip vouches for a portrait.
"""

from dataclasses import dataclass
from enum import StrEnum

from vision.document.reading import MrzReading
from vision.results import QualityFinding, Status

__all__ = [
    "Box",
    "CardOutline",
    "CardSize",
    "Corners",
    "DocumentAdvice",
    "DocumentObservation",
    "PrintedPortrait",
]

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Left upper, right upper, right lower and left lower corner of a side, x, y in pixels."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


class CardSize(StrEnum):
    """Nominal sizes of ISO/IEC 7810 that documents have; ID-2 has the sides' ratio of ID-3."""

    ID_1 = "id_1"  # 85.60 x 53.98 mm: identity card
    ID_3 = "id_3"  # 125 x 88 mm: page of a passport


class DocumentAdvice(StrEnum):
    """What would help next, one thing at a time."""

    NO_DOCUMENT = "no_document"  # nothing that looks like one: hold it up
    NOT_A_DOCUMENT = "not_a_document"  # held long enough, and neither portrait nor lines on it
    SHOW_FRONT = "show_front"
    TURN_OVER = "turn_over"
    UPSIDE_DOWN = "upside_down"
    CLOSER = "closer"
    LESS_GLARE = "less_glare"
    OUT_OF_FOCUS = "out_of_focus"
    HOLD_STILL = "hold_still"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class CardOutline:
    """One side of a card or the page of a passport, as it lies in the frame.

    corners  as the side stands in the frame; `portrait` or `mrz` say whether it stands on its head
    size     the nearest by the ratio of its sides
    score    how much the four sides are edges of one stock, 0..1, and likeness of the sides' ratio,
             0..1: at most 2
    """

    corners: Corners
    size: CardSize
    score: float


@dataclass(frozen=True, slots=True)
class PrintedPortrait:
    """The printed face of a side, judged.

    box          of the face, in pixels of the rectified side
    side_size    width and height of that side in pixels
    score        confidence of the detector, 0..1
    sharpness    of the portrait, comparable between frames of one document only
    upside_down  the side stands on its head in the frame; the rectified one does not
    findings     every condition with its bound; the portrait may be taken when all passed
    side         JPEG octets of the whole rectified side, empty unless all passed
    """

    box: Box
    side_size: tuple[int, int]
    score: float
    sharpness: float
    upside_down: bool
    findings: tuple[QualityFinding, ...]
    side: bytes

    @property
    def usable(self) -> bool:
        """Whether every condition passed."""
        return not self.failures

    @property
    def failures(self) -> tuple[QualityFinding, ...]:
        """Return the conditions that did not pass."""
        return tuple(each for each in self.findings if each.status is not Status.PASSED)


@dataclass(frozen=True, slots=True)
class DocumentObservation:
    """What the analysis saw of a document in one frame.

    frame_size  width and height in pixels
    mrz         the machine-readable zone as read, believed or not; None where there is none
    card        the side that is shown; None where no outline was found
    portrait    the face printed on that side, None without one
    faces       boxes of all faces of the frame, in pixels of the frame; those that are not the
                portrait are never taken
    advice      what hinders in this frame; HOLD_STILL when nothing does
    elapsed_ms  time the analysis took
    """

    sequence: int
    captured_ns: int
    frame_size: tuple[int, int]
    mrz: MrzReading | None
    card: CardOutline | None
    portrait: PrintedPortrait | None
    faces: tuple[Box, ...]
    advice: DocumentAdvice
    elapsed_ms: float
