"""Palm or video identification: a photo first, then the question to the centre."""

from ui.context import UiContext
from ui.screens.photo_screen import PhotoScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.form import Field
from ui.widgets.labels import CodeLabel, PlainLabel
from workstation.rules.alternatives import LivenessWay
from workstation.station.commands import AskCentre, LeaveAlternative
from workstation.station.snapshot import SessionSnapshot

__all__ = ["AlternativeScreen"]


class AlternativeScreen(PhotoScreen):
    """The camera until there is a photo, then both photos beside the question."""

    def __init__(self, ctx: UiContext) -> None:
        self.question = Card(ctx, "alternative.question")
        self.steps = CodeLabel(ctx, "", "second", wrap=True)
        self.code_caption = CodeLabel(ctx, "field.operation_code", "caption")
        self.code = PlainLabel("strong")
        self.number = Field(ctx, "field.identification_number", longest=64)
        for widget in (self.steps, self.code_caption, self.code, self.number):
            self.question.body.addWidget(widget)
        self.question.body.addStretch(1)
        super().__init__(ctx, "alternative", self.question)
        self.number.edit.textChanged.connect(self.actions_changed)

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
        way = "palm" if view.way is None else view.way.value
        self.steps.set_code(f"alternative.{way}_steps")
        self.code.setText(view.code)
        for widget in (self.code_caption, self.code, self.number):
            widget.setVisible(self._by_video)
        early = self._by_video and not self._awaited
        self.show_photos(snapshot, view.jpeg if asked else b"", asked=asked or early)
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

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back, the photo, and the question once there is one."""
        free = self.idle and not self._awaited
        back = Action("button.back_to_commands", "F4", self._leave, enabled=self.idle)
        common = (*super().footer_actions(), back)
        primary = ButtonRole.PRIMARY
        if not self._has_photo:
            photo = Action("button.take_photo", "F9", self.photograph, primary, enabled=free)
            return (*common, photo)
        ready = self.idle and (not self._by_video or self.number.text() != "")
        ask = "button.check_number" if self._by_video else "button.scan_palm"
        return (
            *common,
            Action("button.photo_again", "F6", self.photograph, enabled=free),
            Action(ask, "F9", self._ask, primary, enabled=ready),
        )

    def _leave(self) -> None:
        self.ctx.post(LeaveAlternative())

    def _ask(self) -> None:
        self.ctx.post(AskCentre(self.number.text() if self._by_video else ""))

    def leave(self) -> None:
        """Forget the picture and the number."""
        self.camera.show_image(None)
        self.number.edit.clear()
