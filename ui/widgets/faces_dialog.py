"""Both faces as large as the window, beside each other; Esc closes, and so does the lock."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.buttons import Action, ActionButton, Side
from ui.widgets.dialogs import open_dialog
from ui.widgets.photo_pair import PhotoPair
from vision.results import PairOfEyes

__all__ = ["FacesButton", "FacesDialog"]

_KEY: Final = "F3"
_SHARE: Final = 0.92
_AROUND: Final = QSize(48, 130)
"""Pixels of margins, captions and the button."""


class FacesDialog(QDialog):
    """Shows what it was given and learns nothing: not the verdict, not a number."""

    def __init__(
        self,
        ctx: UiContext,
        parent: QWidget,
        reference: bytes,
        probe: bytes,
        eyes: tuple[PairOfEyes, PairOfEyes] | None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(ctx.tr_code("faces.title"))
        room = parent.size() * _SHARE - _AROUND
        self.pair = PhotoPair(ctx, "match.reference_photo", "match.probe_photo", room)
        self.pair.show_jpegs(reference, probe, eyes)
        self.done_button = ActionButton(ctx, "button.close", "Esc")
        self.done_button.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.pair, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.done_button)
        column.addLayout(row)
        self.done_button.setFocus()


class FacesButton(ActionButton):
    """Enlarges both faces; open to be pressed while there are two."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "button.enlarge", _KEY)
        self._ctx = ctx
        self._faces: tuple[bytes, bytes, tuple[PairOfEyes, PairOfEyes] | None] = (b"", b"", None)
        self.clicked.connect(self.enlarge)
        self.setEnabled(False)

    def take_faces(
        self,
        reference: bytes = b"",
        probe: bytes = b"",
        eyes: tuple[PairOfEyes, PairOfEyes] | None = None,
    ) -> None:
        """Take what is shown beside the button; without arguments forget it."""
        self._faces = (reference, probe, eyes)
        self.setEnabled(bool(reference and probe))

    def enlarge(self) -> None:
        """Open both faces as large as the window; a locked station opens nothing."""
        if self.isEnabled():
            open_dialog(self._ctx, FacesDialog(self._ctx, self.window(), *self._faces))

    def action(self) -> Action:
        """Return the key of the button."""
        there = bool(self._faces[0] and self._faces[1])
        return Action("button.enlarge", _KEY, self.enlarge, side=Side.PAGE, enabled=there)
