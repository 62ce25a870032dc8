"""Reference photo: what the policy takes here, who vouches for it, and what the teller may do."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.camera_colours import operator_colours
from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.camera_view import CameraView
from ui.widgets.card import Card
from ui.widgets.check_list import FindingList
from ui.widgets.dialogs import FileQuestion, choose_file
from ui.widgets.form import Field
from ui.widgets.photo import Photo
from ui.widgets.sources_card import SourcesCard
from workstation.rules.reference import ReferenceSource
from workstation.station.commands import UseDocumentPhoto, UseReferenceFile
from workstation.station.snapshot import PreviewImage, SessionSnapshot

__all__ = ["ReferenceScreen"]

_IIN_DIGITS: Final = 12
_LONGEST_NUMBER: Final = 16
_FIELD_OF: Final = {
    "reference.iin_malformed": "iin",
    "reference.other_iin": "iin",
    "reference.number_malformed": "number",
    "reference.number_check_digit": "number",
    "reference.other_number": "number",
}
"""Which field of the document a refusal is about."""


class ReferenceScreen(SessionScreen):
    """The registry's photo comes by itself; the rest is shown as far as the policy takes it.

    The primary key photographs a document whose ИИН and number were read off it, and nothing else:
    never whatever face stands before the camera.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "reference.title")
        self._sources: tuple[ReferenceSource, ...] = ()
        self.camera = CameraView(operator_colours(ctx.theme), document=True)
        self.photo = Photo(ctx, "reference.photo", QSize(240, 240))
        self.left = QStackedWidget()
        self.left.addWidget(self.camera)
        self.left.addWidget(self.photo)
        self.iin = Field(ctx, "field.document_iin", longest=_IIN_DIGITS)
        self.number = Field(ctx, "field.document_number", longest=_LONGEST_NUMBER)
        self.document = QWidget()
        fields = QHBoxLayout(self.document)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(12)
        for field in (self.iin, self.number):
            field.edit.textChanged.connect(self.actions_changed)
            fields.addWidget(field)
        picture = Card(ctx)
        picture.body.addWidget(self.left, 1)
        picture.body.addWidget(self.document)
        self.sources = SourcesCard(ctx)
        self.findings = FindingList(ctx)
        self.found = Card(ctx, "reference.findings")
        self.found.body.addWidget(self.findings)
        panel = QWidget()
        panel.setFixedWidth(336)
        side = QVBoxLayout(panel)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(12)
        side.addWidget(self.sources)
        side.addWidget(self.found)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(picture, 1)
        row.addWidget(panel)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.camera.use_colours(operator_colours(self.ctx.theme))
        self.camera.show_words(None, "", "", self.ctx.tr_code("camera.none"))

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the photo that was offered, what is wrong with it, and what else is taken."""
        super().show_session(snapshot)
        shown = bool(snapshot.reference_jpeg) and not self._may(ReferenceSource.DOCUMENT_CAMERA)
        self.left.setCurrentIndex(1 if shown else 0)
        if shown:
            self.photo.show_jpeg(snapshot.reference_jpeg)
        self.findings.show_findings(snapshot.reference_findings)
        self.found.setVisible(bool(snapshot.reference_findings))
        self.sources.show_sources(snapshot.sources)
        self._sources = snapshot.sources
        self.document.setVisible(self._may(ReferenceSource.DOCUMENT_CAMERA))
        wrong = _FIELD_OF.get(snapshot.message)
        for name, field in (("iin", self.iin), ("number", self.number)):
            field.mark(bad=name == wrong, code=snapshot.message if name == wrong else "")
        self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Say what comes next; a mistake in a field stands beside the field."""
        if snapshot.message in _FIELD_OF:
            self.banner.show_status(Tone.NOW, "")
        else:
            super().show_banner(snapshot)

    def _may(self, source: ReferenceSource) -> bool:
        return source in self._sources

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera."""
        self.camera.show_image(image)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return what the policy takes here; the core moves on by itself when a photo will do."""
        read = self.iin.text() != "" and self.number.text() != ""
        file = Action("button.from_file", "F5", self._choose, enabled=self.idle)
        camera = Action(
            "button.from_document",
            "F9",
            self._photograph,
            ButtonRole.PRIMARY,
            enabled=self.idle and read,
        )
        return (
            *super().footer_actions(),
            *((file,) if self._may(ReferenceSource.FILE) else ()),
            *((camera,) if self._may(ReferenceSource.DOCUMENT_CAMERA) else ()),
        )

    def _photograph(self) -> None:
        self.ctx.post(UseDocumentPhoto(self.iin.text(), self.number.text()))

    def _choose(self) -> None:
        asked = FileQuestion("reference.choose", "file.images", "*.jpg *.jpeg *.png")
        choose_file(self.ctx, self, asked, self.chosen)

    def chosen(self, path: str) -> None:
        """Post the file that was chosen."""
        if path:
            self.ctx.post(UseReferenceFile(Path(path)))

    def first_focus(self) -> QWidget:
        """Return the ИИН that is read off the document."""
        return self.iin.edit

    def leave(self) -> None:
        """Forget the picture and the document."""
        self.camera.show_image(None)
        for field in (self.iin, self.number):
            field.edit.clear()
            field.mark(bad=False)
