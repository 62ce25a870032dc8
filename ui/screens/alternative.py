"""Palm or video identification: a photo first, then the question to the centre."""

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
from ui.widgets.form import Field
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.widgets.photo_pair import PhotoPair
from workstation.rules.alternatives import LivenessWay
from workstation.station.commands import AskCentre, LeaveAlternative, TakeExceptionPhoto
from workstation.station.snapshot import PreviewImage, SessionSnapshot

__all__ = ["AlternativeScreen"]

_ROOM = QSize(592, 290)


class AlternativeScreen(SessionScreen):
    """The camera until there is a photo, then both photos beside the question."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "alternative.title")
        self._snapshot: SessionSnapshot | None = None
        self.camera = CameraView(operator_colours(ctx.theme))
        self.pair = PhotoPair(ctx, "match.reference_photo", "alternative.photo", _ROOM)
        self.left = QStackedWidget()
        self.left.addWidget(self.camera)
        self.left.addWidget(self.pair)
        photos = Card(ctx, "alternative.photos")
        photos.body.addWidget(self.left, 1)
        self.findings = FindingList(ctx)
        self.conditions = Card(ctx, "liveness.conditions")
        self.hint = CodeLabel(ctx, "liveness.conditions_wait", "second", wrap=True)
        self.conditions.body.addWidget(self.hint)
        self.conditions.body.addWidget(self.findings)
        self.conditions.body.addStretch(1)
        self.question = Card(ctx, "alternative.question")
        self.steps = CodeLabel(ctx, "", "second", wrap=True)
        self.code_caption = CodeLabel(ctx, "field.operation_code", "caption")
        self.code = PlainLabel("strong")
        self.number = Field(ctx, "field.identification_number", longest=64)
        self.number.edit.textChanged.connect(self.actions_changed)
        for widget in (self.steps, self.code_caption, self.code, self.number):
            self.question.body.addWidget(widget)
        self.question.body.addStretch(1)
        panel = QWidget()
        panel.setFixedWidth(336)
        side = QVBoxLayout(panel)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.conditions, 1)
        side.addWidget(self.question, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(photos, 1)
        row.addWidget(panel)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._restyle)
        self._restyle()

    @property
    def _has_photo(self) -> bool:
        shown = self._snapshot
        return shown is not None and shown.alternative.jpeg != b"" and not self._awaited

    @property
    def _awaited(self) -> bool:
        return self._snapshot is not None and self._snapshot.alternative.photo_awaited

    @property
    def _by_video(self) -> bool:
        shown = self._snapshot
        return shown is not None and shown.alternative.way is LivenessWay.VIDEO_IDENTIFICATION

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the photos, or what the camera sees while there is none."""
        before, self._snapshot = self._snapshot, snapshot
        if before is not None and before.session != snapshot.session:
            self.number.edit.clear()
        super().show_session(snapshot)
        view, asked = snapshot.alternative, self._has_photo
        if asked:
            self.pair.show_jpegs(snapshot.reference_jpeg, view.jpeg)
        self.left.setCurrentIndex(1 if asked else 0)
        way = "palm" if view.way is None else view.way.value
        self.steps.set_code(f"alternative.{way}_steps")
        self.code.setText(view.code)
        for widget in (self.code_caption, self.code, self.number):
            widget.setVisible(self._by_video)
        # What goes, goes first: a window that once had to hold both stays that large.
        early = self._by_video and not self._awaited
        shown = self.question if asked or early else self.conditions
        for card in sorted((self.conditions, self.question), key=lambda each: each is shown):
            card.setVisible(card is shown)
        self.findings.show_findings(snapshot.conditions)
        self.hint.setVisible(not snapshot.conditions)
        self.aside.set_code("alternative.failures", done=view.failures, most=view.most)
        self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Say what comes next when there is no message."""
        if snapshot.busy:
            self.banner.show_status(Tone.NOW, f"busy.{snapshot.busy}")
        elif snapshot.message:
            self.banner.show_status(Tone.WARN, snapshot.message)
        elif self._awaited:
            self.banner.show_status(Tone.NOW, "exception.awaited")
        elif not self._has_photo:
            self.banner.show_status(Tone.WAIT, "alternative.wait", "info")
        else:
            self.banner.show_status(Tone.NOW, "alternative.ask")

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera."""
        self.camera.show_image(image)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back, the photo, and the question once there is one."""
        has_photo = self._has_photo
        ready = self.idle and has_photo and (not self._by_video or self.number.text() != "")
        first = ButtonRole.SECONDARY if has_photo else ButtonRole.PRIMARY
        free = self.idle and not self._awaited
        ask = "button.check_number" if self._by_video else "button.scan_palm"
        return (
            *super().footer_actions(),
            Action("button.back_to_commands", "F4", self._leave, enabled=self.idle),
            Action("button.take_photo", "F6", self._photograph, first, enabled=free),
            Action(ask, "F9", self._ask, ButtonRole.PRIMARY, enabled=ready),
        )

    def _leave(self) -> None:
        self.ctx.post(LeaveAlternative())

    def _photograph(self) -> None:
        self.ctx.post(TakeExceptionPhoto())

    def _ask(self) -> None:
        self.ctx.post(AskCentre(self.number.text() if self._by_video else ""))

    def _restyle(self) -> None:
        self.camera.use_colours(operator_colours(self.ctx.theme))
        self.camera.show_words(None, "", "", self.ctx.tr_code("camera.none"))

    def leave(self) -> None:
        """Forget the picture and the number."""
        self.camera.show_image(None)
        self.number.edit.clear()
