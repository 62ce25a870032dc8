"""A page that takes a photo of the customer: the camera until there is one, then both photos."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.camera_colours import operator_colours
from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.camera_view import CameraView
from ui.widgets.card import Card
from ui.widgets.check_list import FindingList
from ui.widgets.labels import CodeLabel
from ui.widgets.photo_pair import PhotoPair
from workstation.station.commands import TakeExceptionPhoto
from workstation.station.snapshot import PreviewImage, SessionSnapshot

__all__ = ["PhotoScreen"]

_ROOM = QSize(592, 290)


class PhotoScreen(SessionScreen):
    """Photos on the left; on the right the camera's conditions, or what is done with the photo.

    asked  the card that is shown in the place of the conditions
    name   of the page: its words are `NAME.title`, `NAME.photo` and `NAME.photos`
    """

    def __init__(self, ctx: UiContext, name: str, asked: Card) -> None:
        super().__init__(ctx, f"{name}.title")
        self._snapshot: SessionSnapshot | None = None
        self._asked = asked
        self.camera = CameraView(operator_colours(ctx.theme))
        self.pair = PhotoPair(ctx, "match.reference_photo", f"{name}.photo", _ROOM)
        self.left = QStackedWidget()
        self.left.addWidget(self.camera)
        self.left.addWidget(self.pair)
        photos = Card(ctx, f"{name}.photos")
        photos.body.addWidget(self.left, 1)
        self.findings = FindingList(ctx)
        self.conditions = Card(ctx, "liveness.conditions")
        self.hint = CodeLabel(ctx, "liveness.conditions_wait", "second", wrap=True)
        self.conditions.body.addWidget(self.hint)
        self.conditions.body.addWidget(self.findings)
        self.conditions.body.addStretch(1)
        panel = QWidget()
        panel.setFixedWidth(ctx.theme.scaled(336))
        side = QVBoxLayout(panel)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.conditions, 1)
        side.addWidget(asked, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(photos, 1)
        row.addWidget(panel)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._restyle)
        self._restyle()

    def show_photos(self, snapshot: SessionSnapshot, jpeg: bytes, *, asked: bool) -> None:
        """Show both photos once there is one, and the card or the conditions.

        jpeg   of the photo that was taken here, empty while there is none
        asked  whether the card is shown
        """
        if jpeg:
            self.pair.show_jpegs(snapshot.reference_jpeg, jpeg)
        self.left.setCurrentIndex(1 if jpeg else 0)
        shown = self._asked if asked else self.conditions
        # What goes, goes first: a window that once had to hold both stays that large.
        for card in sorted((self.conditions, self._asked), key=lambda each: each is shown):
            card.setVisible(card is shown)
        self.findings.show_findings(snapshot.conditions)
        self.hint.setVisible(not snapshot.conditions)

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera."""
        self.camera.show_image(image)

    def photograph(self) -> None:
        """Ask for a photo."""
        self.ctx.post(TakeExceptionPhoto())

    def _restyle(self) -> None:
        self.camera.use_colours(operator_colours(self.ctx.theme))
        self.camera.show_words(None, "", "", self.ctx.tr_code("camera.none"))
