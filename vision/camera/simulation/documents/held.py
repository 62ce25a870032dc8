"""What the simulated customer can hold into the camera: the sides of a document, and how."""

from dataclasses import dataclass
from enum import StrEnum

from vision.frame import Pixels

__all__ = ["DocumentPresentation", "HeldDocument"]


class DocumentPresentation(StrEnum):
    """How the document is held into the camera.

    in_the_hand   the original
    on_a_phone    photographs of it on a telephone, one side after the other
    photocopied   in black and white
    mirrored      as a mirror, or a camera that mirrors, shows it
    """

    IN_THE_HAND = "in_the_hand"
    ON_A_PHONE = "on_a_phone"
    PHOTOCOPIED = "photocopied"
    MIRRORED = "mirrored"


@dataclass(frozen=True, slots=True, eq=False)
class HeldDocument:
    """The sides of a document: of a card its front and back, of a passport its page.

    sides  RGB, in SCALE pixels per millimetre
    """

    sides: tuple[Pixels, ...]
    presentation: DocumentPresentation = DocumentPresentation.IN_THE_HAND
