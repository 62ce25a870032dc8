"""What the pages of a running session share: the banner, the abort and the waiting."""

from ui.context import UiContext
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.confirm import ask
from workstation.station.commands import Abort
from workstation.station.snapshot import SessionSnapshot

__all__ = ["SessionScreen"]


class SessionScreen(Screen):
    """Shows what is waited for or what went wrong; always offers the abort with its question."""

    def __init__(self, ctx: UiContext, title: str) -> None:
        super().__init__(ctx, title)
        self.idle = True
        self.banner = StatusBanner(ctx)
        self.banner.hide()
        self.column.addWidget(self.banner)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the banner and whether anything may be done."""
        idle = snapshot.busy == ""
        self.show_banner(snapshot)
        if idle != self.idle:
            self.idle = idle
            self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Set the banner, once per picture: hiding and showing it again lays the page out anew."""
        if snapshot.message:
            self.banner.show_status(Tone.WARN, snapshot.message)
        else:
            self.banner.show_status(Tone.NOW, f"busy.{snapshot.busy}" if snapshot.busy else "")

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the abort."""
        return (Action("button.abort", "Esc", self._ask_abort, ButtonRole.DANGER, Side.LEFT),)

    def _ask_abort(self) -> None:
        ask(self.ctx, self, "abort", "button.abort", self._abort)

    def _abort(self) -> None:
        self.ctx.post(Abort("teller_aborted"))
