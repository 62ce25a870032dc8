"""Reference photo: from a file or of the document under the camera, with its findings."""

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.camera_colours import operator_colours
from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.camera_view import CameraView
from ui.widgets.card import Card
from ui.widgets.check_list import FindingList
from ui.widgets.dialogs import FileQuestion, choose_file
from ui.widgets.labels import CodeLabel
from ui.widgets.photo import Photo
from workstation.station.commands import UseReferenceCamera, UseReferenceFile
from workstation.station.snapshot import PreviewImage, SessionSnapshot

__all__ = ["ReferenceScreen"]


class ReferenceScreen(SessionScreen):
    """Camera on the left until there is a photo; findings and sources on the right."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "reference.title")
        self.camera = CameraView(operator_colours(ctx.theme))
        self.photo = Photo(ctx, "reference.photo", QSize(300, 300))
        self.findings = FindingList(ctx)
        self.none = CodeLabel(ctx, "reference.no_findings", "second", wrap=True)
        self.left = QStackedWidget()
        self.left.addWidget(self.camera)
        self.left.addWidget(self.photo)
        picture = Card(ctx)
        picture.body.addWidget(self.left)
        side = QVBoxLayout()
        side.setSpacing(12)
        how = Card(ctx, "reference.how")
        how.body.addWidget(CodeLabel(ctx, "reference.how_text", "second", wrap=True))
        found = Card(ctx, "reference.findings")
        found.body.addWidget(self.none)
        found.body.addWidget(self.findings)
        side.addWidget(how)
        side.addWidget(found)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(picture, 1)
        panel = QWidget()
        panel.setLayout(side)
        panel.setFixedWidth(336)
        side.setContentsMargins(0, 0, 0, 0)
        row.addWidget(panel)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.camera.use_colours(operator_colours(self.ctx.theme))
        self.camera.show_words(None, "", "", self.ctx.tr_code("camera.none"))

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the photo that was offered and what is wrong with it."""
        super().show_session(snapshot)
        self.left.setCurrentIndex(1 if snapshot.reference_jpeg else 0)
        if snapshot.reference_jpeg:
            self.photo.show_jpeg(snapshot.reference_jpeg)
        self.findings.show_findings(snapshot.reference_findings)
        self.none.setVisible(not snapshot.reference_findings)

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera."""
        self.camera.show_image(image)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the two sources; the core moves on by itself when the photo will do."""
        return (
            *super().footer_actions(),
            Action("button.from_file", "F5", self._choose, enabled=self.idle),
            Action(
                "button.from_camera", "F9", self._capture, ButtonRole.PRIMARY, enabled=self.idle
            ),
        )

    def _capture(self) -> None:
        self.ctx.post(UseReferenceCamera())

    def _choose(self) -> None:
        asked = FileQuestion("reference.choose", "file.images", "*.jpg *.jpeg *.png")
        choose_file(self.ctx, self, asked, self.chosen)

    def chosen(self, path: str) -> None:
        """Post the file that was chosen."""
        if path:
            self.ctx.post(UseReferenceFile(Path(path)))

    def leave(self) -> None:
        """Forget the picture."""
        self.camera.show_image(None)
