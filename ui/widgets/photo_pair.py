"""Two photos beside each other at one height: faces to compare, level where the eyes are known."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.context import UiContext
from ui.widgets.photo import Photo, decode_photo
from vision.results import PairOfEyes

__all__ = ["PhotoPair"]

_GAP: Final = 12
_PORTRAIT: Final = 0.75


class PhotoPair(QWidget):
    """The reference and another photo; together they fill `room`, their captions come on top."""

    def __init__(self, ctx: UiContext, reference: str, other: str, room: QSize) -> None:
        super().__init__()
        self._room = room
        self._shown: tuple[bytes, bytes, tuple[PairOfEyes, PairOfEyes] | None] | None = None
        self._half = half = QSize((room.width() - _GAP) // 2, room.height())
        self.reference, self.other = Photo(ctx, reference, half), Photo(ctx, other, half)
        self._photos = (self.reference, self.other)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        row.addStretch(1)
        row.addWidget(self.reference)
        row.addWidget(self.other)
        row.addStretch(1)

    def show_jpegs(
        self,
        reference: bytes,
        other: bytes,
        eyes: tuple[PairOfEyes, PairOfEyes] | None = None,
    ) -> None:
        """Show both; the same ones again decode nothing.

        With the eyes of both, each is turned and scaled so that they lie at one place; without,
        each is shown whole.
        """
        shown = (reference, other, eyes)
        if self._shown == shown:
            return
        self._shown = shown
        if eyes is not None:
            for photo, jpeg, pair in zip(self._photos, (reference, other), eyes, strict=True):
                photo.resize_picture(self._half)
                photo.show_aligned(jpeg, pair)
            return
        proportions = [_proportion(each) for each in (reference, other)]
        room = self._room.width() - _GAP
        height = min(self._room.height(), int(room / sum(proportions)))
        for photo, jpeg, proportion in zip(
            self._photos, (reference, other), proportions, strict=True
        ):
            photo.resize_picture(QSize(round(proportion * height), height))
            photo.show_jpeg(jpeg)


def _proportion(jpeg: bytes) -> float:
    """Return width / height; of what is no picture, that of a document's photo."""
    image = decode_photo(jpeg)
    return _PORTRAIT if image.isNull() else image.width() / image.height()
