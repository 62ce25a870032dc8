"""What the pages of a running session share: the banner, the ways out and the waiting."""

from typing import Final

from ui.context import UiContext
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.confirm import ask
from ui.widgets.reason_dialog import ask_abort, ask_suspicion
from workstation.session.acts import SuspicionRaised
from workstation.session.session import TRANSITIONS
from workstation.station.commands import Abort, ParkSession
from workstation.station.snapshot import SessionSnapshot

__all__ = ["SessionScreen"]

_HEAD: Final = 44
"""Pixels of the title's line: two lines of a message."""

_WIDE: Final = 1000


class SessionScreen(Screen):
    """Shows what is waited for or what went wrong; always offers the abort with its question.

    The banner stands beside the title, where there is room for it at all times: nothing on the page
    moves when it comes or goes. F4 refuses on suspicion wherever the table of states lets it.
    """

    def __init__(self, ctx: UiContext, title: str) -> None:
        super().__init__(ctx, title)
        self.idle = True
        self._suspicious = False
        self.banner = StatusBanner(ctx, inline=True)
        self.banner.hide()
        self.headline.insertWidget(1, self.banner, _WIDE)
        if title:
            self.headline.addStrut(_HEAD)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the banner and whether anything may be done."""
        before = (self.idle, self._suspicious)
        self.idle = snapshot.busy == ""
        self._suspicious = (snapshot.state, SuspicionRaised) in TRANSITIONS
        self.show_banner(snapshot)
        self.banner.count(counting=not self.idle and not self.banner.isHidden())
        if before != (self.idle, self._suspicious):
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

    def key_actions(self) -> tuple[Action, ...]:
        """Return the refusal on suspicion."""
        ready = self._suspicious
        return (Action("button.suspicion", "F4", self._suspect, side=Side.PAGE, enabled=ready),)

    def _suspect(self) -> None:
        ask_suspicion(self.ctx, self)

    def park_action(self) -> Action:
        """Return the way to put the case aside, for pages where somebody else is waited for."""
        return Action("button.park", "Ctrl+H", self._ask_park, side=Side.LEFT)

    def _ask_abort(self) -> None:
        ask_abort(self.ctx, self, lambda reason, words: self.ctx.post(Abort(reason, words)))

    def _ask_park(self) -> None:
        ask(self.ctx, self, "park", "button.park", self._park)

    def _park(self) -> None:
        self.ctx.post(ParkSession())
