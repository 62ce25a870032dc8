"""Reference photo: what the policy takes here, the document read by chip or camera, who vouches."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.camera_colours import operator_colours
from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.camera_view import CameraView
from ui.widgets.card import Card
from ui.widgets.check_list import FindingList
from ui.widgets.chip_key_form import ChipKeyForm
from ui.widgets.dialogs import FileQuestion, choose_file
from ui.widgets.document_card import DocumentCard
from ui.widgets.drop_zone import dragged_file
from ui.widgets.photo import Photo
from ui.widgets.sources_card import SourcesCard
from workstation.rules.reference import ReferenceSource
from workstation.station.commands import CancelDocument, ReadDocument, UseReferenceFile
from workstation.station.snapshot import (
    DocumentPhase,
    DocumentView,
    PreviewImage,
    SessionSnapshot,
    StationStatus,
)

__all__ = ["ReferenceScreen"]

_LEAST_PICTURE: Final = 220
"""Pixels: with a reason of two lines above and three fields below, a small screen has no more."""
_FIELD_OF: Final = {
    "reference.number_malformed": "number",
    "reference.number_check_digit": "number",
    "reference.birth_malformed": "birth",
    "reference.expiry_malformed": "expiry",
}
"""Which field of what opens the chip a refusal is about."""


class ReferenceScreen(SessionScreen):
    """The registry's photo comes by itself; the rest is read as far as the policy takes it.

    The primary key takes the strongest that is at hand: the chip, whose portrait the state has
    signed, then the document before the camera, then a file. Never whatever face stands there.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "reference.title")
        self._sources: tuple[ReferenceSource, ...] = ()
        self._document: DocumentView | None = None
        self._reader = False
        self._shown: SessionSnapshot | None = None
        self.camera = CameraView(operator_colours(ctx.theme), document=True)
        self.camera.setMinimumHeight(_LEAST_PICTURE)
        self.photo = Photo(ctx, "reference.photo", QSize(_LEAST_PICTURE, _LEAST_PICTURE))
        self.left = QStackedWidget()
        self.left.addWidget(self.camera)
        self.left.addWidget(self.photo)
        self.key = ChipKeyForm(ctx)
        self.key.changed.connect(self._typed)
        self.setAcceptDrops(True)
        picture = Card(ctx)
        picture.body.addWidget(self.left, 1)
        picture.body.addWidget(self.key)
        self.document = DocumentCard(ctx)
        self.sources = SourcesCard(ctx)
        self.findings = FindingList(ctx)
        self.found = Card(ctx, "reference.findings")
        self.found.body.addWidget(self.findings)
        panel = QWidget()
        panel.setFixedWidth(ctx.theme.scaled(336))
        side = QVBoxLayout(panel)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(12)
        for card in (self.document, self.sources, self.found):
            side.addWidget(card)
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
        self._show_overlay()

    def show_station(self, status: StationStatus) -> None:
        """Offer the chip where there is a reader."""
        reader = status.chip_reader != ""
        if reader != self._reader:
            self._reader = reader
            self._show_choices()

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the document and the photo, what is wrong with them, and what else is taken."""
        self._shown = snapshot
        self._document = view = snapshot.document
        self._sources = snapshot.sources
        # What goes, goes first: a window that once had to hold all of it stays that large.
        if view is not None:
            self.sources.hide()
        if self._reading:
            self.key.hide()
        found = snapshot.reference_findings if _is_about_photo(view) else ()
        if not found:
            self.found.hide()
        super().show_session(snapshot)
        shown = bool(snapshot.reference_jpeg) and not self._reads_camera
        self.left.setCurrentIndex(1 if shown else 0)
        if shown:
            self.photo.show_jpeg(snapshot.reference_jpeg)
        self.document.show_document(view)
        self.findings.show_findings(found)
        self.found.setVisible(bool(found))
        self.camera.show_outline(() if view is None else view.outline)
        self._show_overlay()
        self.key.mark(_FIELD_OF.get(snapshot.message, ""), snapshot.message)
        self._show_choices()

    def _typed(self) -> None:
        """Say what is waited for now that the chip can, or cannot, be opened."""
        if self._shown is not None:
            self.show_banner(self._shown)
        self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Say what is read, or why nothing was taken; a mistake in a field stands beside it."""
        view = snapshot.document
        if snapshot.message in _FIELD_OF:
            self.banner.show_status(Tone.NOW, "")
        elif view is None and not snapshot.message and not snapshot.busy:
            self.banner.show_status(Tone.WAIT, self._awaited(), "info")
        elif snapshot.message or view is None:
            super().show_banner(snapshot)
        elif view.phase is DocumentPhase.CAMERA:
            self.banner.show_status(Tone.NOW, "document.by_camera", "scan-face")
        elif view.phase is DocumentPhase.CHIP:
            code = f"document_advice.{view.advice}" if view.advice else "document.by_chip"
            self.banner.show_status(Tone.NOW, code)
        elif view.fault:
            self.banner.show_status(Tone.WARN, view.fault)
        else:
            super().show_banner(snapshot)

    def _awaited(self) -> str:
        """Return the code of what is waited for: the strongest that can be read here."""
        if self._opens_chip:
            return "reference.wait_chip"
        if self._reads_camera:
            return "reference.wait_camera"
        return "reference.wait_file" if self._takes_files else "reference.wait_nothing"

    def _show_overlay(self) -> None:
        """Show over the picture the one thing to do now; the banner tells it of the chip."""
        view = self._document
        camera = view is not None and view.phase is DocumentPhase.CAMERA
        advice = view.advice if view is not None and camera else ""
        words = self.ctx.tr_code(f"document_advice.{advice}") if advice else ""
        self.camera.show_words(None, words, "", self.ctx.tr_code("camera.none"))

    def _show_choices(self) -> None:
        self.sources.show_sources(self._sources, reader=self._reader)
        self.sources.setVisible(self._document is None)
        self.key.setVisible(self._reads_chip and not self._reading)
        self.actions_changed.emit()

    @property
    def _reading(self) -> bool:
        view = self._document
        return view is not None and view.phase in {DocumentPhase.CAMERA, DocumentPhase.CHIP}

    @property
    def _reads_chip(self) -> bool:
        return self._reader and ReferenceSource.CHIP in self._sources

    @property
    def _reads_camera(self) -> bool:
        """Whether the document is read by camera: for its portrait, or for what opens its chip."""
        return self._reads_chip or ReferenceSource.DOCUMENT_CAMERA in self._sources

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera."""
        self.camera.show_image(image)

    @property
    def _opens_chip(self) -> bool:
        """Whether what opens the chip is known: typed, or read by the camera in this session.

        A document that was refused for what it says is another's: its chip says the same.
        """
        view = self._document
        read = view is not None and view.number_masked != "" and not _is_refused(view)
        return self._reads_chip and (self.key.complete or (read and self.key.empty))

    def footer_actions(self) -> tuple[Action, ...]:
        """Return what the policy takes here; the core moves on by itself when a photo will do."""
        common = super().footer_actions()
        if self._reading:
            # Not the primary one: F9 pressed twice would stop what it has just begun.
            return (*common, Action("button.stop_reading", "F6", self._stop))
        alone = not (self._reads_camera or self._opens_chip)
        role, key = (ButtonRole.PRIMARY, "F9") if alone else (ButtonRole.SECONDARY, "F5")
        file = Action("button.from_file", key, self._choose, role, enabled=self.idle)
        chip = Action(
            "button.read_chip", "F9", self._read_chip, ButtonRole.PRIMARY, enabled=self.idle
        )
        code, primary = "button.read_document", ButtonRole.PRIMARY
        camera = Action(code, "F9", self._read, primary, enabled=self.idle)
        if self._opens_chip:
            camera = Action(code, "F6", self._read, enabled=self.idle)
        return (
            *common,
            *((file,) if ReferenceSource.FILE in self._sources else ()),
            *((camera,) if self._reads_camera else ()),
            *((chip,) if self._opens_chip else ()),
        )

    def _read(self) -> None:
        self.ctx.post(ReadDocument())

    def _read_chip(self) -> None:
        self.ctx.post(self.key.command())

    def _stop(self) -> None:
        self.ctx.post(CancelDocument())

    def _choose(self) -> None:
        asked = FileQuestion("reference.choose", "file.images", "*.jpg *.jpeg *.png", pictures=True)
        choose_file(self.ctx, self, asked, self.chosen)

    def chosen(self, path: str) -> None:
        """Post the file that was chosen."""
        if path:
            self.ctx.post(UseReferenceFile(Path(path)))

    @property
    def _takes_files(self) -> bool:
        """Whether a picture may be brought now; nothing is dropped behind the lock."""
        may = ReferenceSource.FILE in self._sources and not self._reading
        return may and self.idle and not self.ctx.locked

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file of this machine where the policy takes a file."""
        if self._takes_files and dragged_file(event.mimeData()) is not None:
            self.sources.drop.set_over(over=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Let the file go elsewhere."""
        self.sources.drop.set_over(over=False)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Post the picture that was dropped; the core says whether it is one."""
        self.sources.drop.set_over(over=False)
        path = dragged_file(event.mimeData())
        if self._takes_files and path is not None:
            event.acceptProposedAction()
            self.chosen(str(path))

    def leave(self) -> None:
        """Forget the picture, the document and what opens its chip."""
        self.camera.show_image(None)
        self.camera.show_outline(())
        self.document.show_document(None)
        self._shown = None
        self.key.clear()


def _is_about_photo(view: DocumentView | None) -> bool:
    """Whether the newest photo is what matters now, and not a chip that was not read."""
    return view is None or not view.fault or _is_refused(view)


def _is_refused(view: DocumentView) -> bool:
    """Whether a document was refused for what it says, and not because reading it failed."""
    return view.fault.startswith("reference.")
