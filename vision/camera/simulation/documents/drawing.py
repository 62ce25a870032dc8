"""Documents drawn for the simulated customer's hand: originals, copies, a telephone's screen."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from vision.camera.simulation.document_page import (
    SCALE,
    PageStyle,
    render_td1_back,
    render_td1_front,
    render_td3_page,
)
from vision.camera.simulation.documents.held import DocumentPresentation, HeldDocument
from vision.camera.simulation.portraits import DocumentPortrait
from vision.frame import Pixels

__all__ = ["PHONE_ENLARGEMENT", "draw_document"]

_CARD_LINES: Final = 3
_TITLE: Final = "SANDBOX SPECIMEN"

_PHONE_MM: Final = (150.0, 72.0)
_PHONE_BEZEL_MM: Final = 3.0
_PHONE_PICTURE_MM: Final = 106.0
"""A telephone of 6.3 inches with a card as high as its screen."""

PHONE_ENLARGEMENT: Final = _PHONE_MM[0] / _PHONE_PICTURE_MM
"""Width of the telephone in widths of the picture on it."""

_SCREEN_TINT: Final = (0.93, 0.98, 1.06)
_BEZEL: Final = (18, 18, 20)
_DARK_SCREEN: Final = (8, 8, 9)
_MOIRE: Final = 5.0
_COPY_CONTRAST: Final = 1.5


def draw_document(
    lines: Sequence[str],
    portrait: DocumentPortrait,
    words: Sequence[str],
    presentation: DocumentPresentation = DocumentPresentation.IN_THE_HAND,
    style: PageStyle | None = None,
) -> HeldDocument:
    """Draw an identity card from three lines of 30 characters, a passport from two of 44.

    words  printed beside the portrait, one below another
    """
    decoded = cv2.imdecode(np.frombuffer(portrait.octets, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise ValueError("a portrait just encoded does not decode")
    face = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
    look = style or PageStyle()
    printed = (_TITLE, *words)
    sides: tuple[Pixels, ...]
    if len(lines) == _CARD_LINES:
        sides = (
            render_td1_front(face, printed, look),
            render_td1_back(lines, (_TITLE,), look),
        )
    else:
        sides = (render_td3_page(lines, face, printed, look),)
    if presentation is DocumentPresentation.PHOTOCOPIED:
        sides = tuple(map(_photocopy, sides))
    elif presentation is DocumentPresentation.ON_A_PHONE:
        sides = tuple(map(_show_on_phone, sides))
    return HeldDocument(sides, presentation)


def _photocopy(side: Pixels) -> Pixels:
    grey = cv2.cvtColor(side, cv2.COLOR_RGB2GRAY).astype(np.float32)
    harder = np.clip((grey - 128) * _COPY_CONTRAST + 140, 0, 255).astype(np.uint8)
    return np.repeat(harder[..., None], 3, axis=2)


def _show_on_phone(side: Pixels) -> Pixels:
    """Return a telephone with the side on its screen: bezel, tint and moiré."""
    width, height = (round(each * SCALE) for each in _PHONE_MM)
    phone = np.full((height, width, 3), _BEZEL, np.uint8)
    edge = round(_PHONE_BEZEL_MM * SCALE)
    phone[edge : height - edge, edge : width - edge] = _DARK_SCREEN
    wide = round(_PHONE_PICTURE_MM * SCALE)
    tall = min(round(wide * side.shape[0] / side.shape[1]), height - 2 * edge)
    wide = round(tall * side.shape[1] / side.shape[0])
    shown = cv2.resize(side, (wide, tall), interpolation=cv2.INTER_AREA).astype(np.float32)
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    pattern = _MOIRE * np.sin(columns * 0.11 + rows * 0.013) * np.sin(rows * 0.10)
    lit = np.clip(shown * _SCREEN_TINT + pattern[..., None], 0, 255)
    top, left = (height - tall) // 2, (width - wide) // 2
    phone[top : top + tall, left : left + wide] = lit.astype(np.uint8)
    return phone
