"""The officers' exception: both photos at one height, and an officer who vouches or refuses."""

from ui.context import UiContext
from ui.screens.photo_screen import PhotoScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.confirm import ask
from ui.widgets.officer_form import OfficerForm
from workstation.station.commands import ApproveException, RefuseReview
from workstation.station.snapshot import SessionSnapshot

__all__ = ["ExceptionScreen"]


class ExceptionScreen(PhotoScreen):
    """The camera until there is a photo, then both; the machine's comparison comes afterwards."""

    def __init__(self, ctx: UiContext) -> None:
        self.form = OfficerForm(ctx, "exception.officer", "exception.officer_hint", counted=True)
        super().__init__(ctx, "exception", self.form)
        self.form.changed.connect(self.actions_changed)

    @property
    def _has_photo(self) -> bool:
        shown = self._snapshot
        return shown is not None and shown.exception.jpeg != b"" and not shown.exception.awaited

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the photos, or what the camera sees while there is none."""
        before, self._snapshot = self._snapshot, snapshot
        super().show_session(snapshot)
        if before is not None and before.exception.officers != snapshot.exception.officers:
            self.form.clear()
        taken = snapshot.exception.jpeg if self._has_photo else b""
        self.show_photos(snapshot, taken, asked=self._has_photo)
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

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the photo first, and once it is there what an officer may do with it."""
        waits = self._snapshot is not None and self._snapshot.exception.awaited
        code, photo = "button.take_photo", self.idle and not waits
        common = super().footer_actions()
        if not self._has_photo:
            first = Action(code, "F9", self.photograph, ButtonRole.PRIMARY, enabled=photo)
            return (*common, first)
        may = self.idle and self.form.filled
        return (
            *common,
            Action("button.call_supervisor", "F7", self._call),
            Action("button.photo_again", "F6", self.photograph, enabled=photo),
            Action("button.refuse", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=may),
            Action("button.vouch", "F9", self._approve, ButtonRole.PRIMARY, enabled=may),
        )

    def _call(self) -> None:
        self.form.reason.edit.setFocus()

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

    def leave(self) -> None:
        """Forget the picture and who was here."""
        self.camera.show_image(None)
        self.form.clear()
