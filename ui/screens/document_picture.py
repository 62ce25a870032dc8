"""The camera while a document is held before it: its outline, and the one thing to do now."""

from typing import Final

from ui.camera_colours import operator_colours
from ui.context import UiContext
from ui.widgets.camera_view import CameraView
from ui.widgets.card import Card
from workstation.station.snapshot import DocumentPhase, DocumentView, PreviewImage

__all__ = ["DocumentPicture"]

_LEAST_PICTURE: Final = 220
"""Pixels, as on the reference page."""


class DocumentPicture(Card):
    """Shows the camera only while a document is read."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "document.by_camera")
        self._ctx = ctx
        self._view: DocumentView | None = None
        self.camera = CameraView(operator_colours(ctx.theme), document=True)
        self.camera.setMinimumHeight(_LEAST_PICTURE)
        self.body.addWidget(self.camera, 1)
        ctx.changed.connect(self._restyle)

    @property
    def reading(self) -> bool:
        """Whether a document is held before the camera."""
        return self._view is not None and self._view.phase is DocumentPhase.CAMERA

    def show_document(self, view: DocumentView | None) -> None:
        """Show what to do with the document, and where in the picture it is."""
        self._view = view
        if not self.reading:
            self.camera.show_image(None)
        self.camera.show_outline(() if view is None else view.outline)
        self._show_words()

    def show_image(self, image: PreviewImage) -> None:
        """Show the camera's newest picture, while a document is read."""
        if self.reading:
            self.camera.show_image(image)

    def _show_words(self) -> None:
        advice = "" if self._view is None else self._view.advice
        words = self._ctx.tr_code(f"document_advice.{advice}") if advice else ""
        self.camera.show_words(None, words, "", self._ctx.tr_code("camera.none"))

    def _restyle(self) -> None:
        self.camera.use_colours(operator_colours(self._ctx.theme))
        self._show_words()
