"""What the screens are shown of a document while it is read, and after."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from workstation.rules.reference import ReferenceSource

__all__ = ["DocumentPhase", "DocumentView"]


class DocumentPhase(StrEnum):
    """How far the reading of a document has come."""

    CAMERA = "camera"
    CHIP = "chip"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """The document that is being read, or was: by camera or chip.

    phase     READ: what was read has been accepted; REFUSED: `fault` says why not
    advice    code of what the customer or teller does now, empty for nothing
    percent   of the chip's octets that are to be read
    front, back  sides that were seen; a passport's page is both
    outline   corners of the card in the camera image, clockwise, in millionths of width and height
    source    who vouches for what was read, None before there is anything
    number_masked, name, birth_date, expiry  as the document states them; the name in Latin letters
    copy_possible  the state has signed the data, but the chip did not prove to be the original
    fault     code of why nothing is taken from it, empty for nothing
    """

    phase: DocumentPhase
    advice: str = ""
    percent: int = 0
    front: bool = False
    back: bool = False
    outline: tuple[tuple[int, int], ...] = ()
    source: ReferenceSource | None = None
    number_masked: str = ""
    name: str = field(default="", repr=False)
    birth_date: date | None = None
    expiry: date | None = None
    copy_possible: bool = False
    fault: str = ""
