"""The officers' exception: both photos at one height, and an officer who vouches or refuses."""

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
from ui.widgets.confirm import ask
from ui.widgets.labels import CodeLabel
from ui.widgets.officer_form import OfficerForm
from ui.widgets.photo_pair import PhotoPair
from workstation.station.commands import ApproveException, RefuseReview, TakeExceptionPhoto
from workstation.station.snapshot import PreviewImage, SessionSnapshot

__all__ = ["ExceptionScreen"]

_ROOM = QSize(592, 290)


class ExceptionScreen(SessionScreen):
    """The camera until there is a photo, then both; the machine's comparison comes afterwards."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "exception.title")
        self._snapshot: SessionSnapshot | None = None
        self.camera = CameraView(operator_colours(ctx.theme))
        self.pair = PhotoPair(ctx, "match.reference_photo", "exception.photo", _ROOM)
        self.left = QStackedWidget()
        self.left.addWidget(self.camera)
        self.left.addWidget(self.pair)
        photos = Card(ctx, "exception.photos")
        photos.body.addWidget(self.left, 1)
        self.findings = FindingList(ctx)
        self.conditions = Card(ctx, "liveness.conditions")
        self.hint = CodeLabel(ctx, "liveness.conditions_wait", "second", wrap=True)
        self.conditions.body.addWidget(self.hint)
        self.conditions.body.addWidget(self.findings)
        self.conditions.body.addStretch(1)
        self.form = OfficerForm(ctx, "exception.officer", "exception.officer_hint", counted=True)
        self.form.changed.connect(self.actions_changed)
        panel = QWidget()
        panel.setFixedWidth(336)
        side = QVBoxLayout(panel)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.conditions, 1)
        side.addWidget(self.form, 1)
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
        return shown is not None and shown.exception.jpeg != b"" and not shown.exception.awaited

    @property
    def _card(self) -> Card:
        return self.form if self._has_photo else self.conditions

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the photos, or what the camera sees while there is none."""
        before, self._snapshot = self._snapshot, snapshot
        super().show_session(snapshot)
        if before is not None and before.exception.officers != snapshot.exception.officers:
            self.form.clear()
        if self._has_photo:
            self.pair.show_jpegs(snapshot.reference_jpeg, snapshot.exception.jpeg)
        self.left.setCurrentIndex(1 if self._has_photo else 0)
        # What goes, goes first: a window that once had to hold both stays that large.
        for card in sorted((self.conditions, self.form), key=lambda each: each is self._card):
            card.setVisible(card is self._card)
        self.findings.show_findings(snapshot.conditions)
        self.hint.setVisible(not snapshot.conditions)
        done, most = len(snapshot.exception.officers), snapshot.exception.needed
        self.aside.set_code("exception.count", done=done, most=most)
        self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Say what comes next when there is no message."""
        if snapshot.message:
            self.banner.show_status(Tone.WARN, snapshot.message)
        elif snapshot.exception.awaited:
            self.banner.show_status(Tone.NOW, "exception.awaited")
        elif not self._has_photo:
            self.banner.show_status(Tone.WAIT, "exception.wait", "info")
        else:
            self.banner.show_status(Tone.NOW, "exception.sign")

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera."""
        self.camera.show_image(image)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the photo, and what an officer may do with it."""
        ready = self.idle and self.form.filled
        may = ready and self._has_photo
        first = ButtonRole.SECONDARY if self._has_photo else ButtonRole.PRIMARY
        waits = self._snapshot is not None and self._snapshot.exception.awaited
        photo = self.idle and not waits
        return (
            *super().footer_actions(),
            Action("button.call_supervisor", "F7", self._call, enabled=self._has_photo),
            Action("button.take_photo", "F6", self._photograph, first, enabled=photo),
            Action("button.refuse", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=may),
            Action("button.vouch", "F9", self._approve, ButtonRole.PRIMARY, enabled=may),
        )

    def _call(self) -> None:
        self.form.reason.edit.setFocus()

    def _photograph(self) -> None:
        self.ctx.post(TakeExceptionPhoto())

    def _approve(self) -> None:
        form = self.form
        by, reason = form.supervisor.text(), form.reason.text()
        self.ctx.post(ApproveException(by, reason, form.take_secret()))

    def _ask_refuse(self) -> None:
        ask(self.ctx, self, "refuse_review", "button.refuse", self._refuse)

    def _refuse(self) -> None:
        form = self.form
        by, reason = form.supervisor.text(), form.reason.text()
        self.ctx.post(RefuseReview(by, reason, form.take_secret()))

    def _restyle(self) -> None:
        self.camera.use_colours(operator_colours(self.ctx.theme))
        self.camera.show_words(None, "", "", self.ctx.tr_code("camera.none"))

    def leave(self) -> None:
        """Forget the picture and who was here."""
        self.camera.show_image(None)
        self.form.clear()
