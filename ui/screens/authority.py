"""The authority (ЦОИД) is asked about the face: nothing is typed anew while it is waited for."""

from PySide6.QtCore import QSize

from ui.context import UiContext
from ui.screens.matching import MatchView
from ui.screens.session_screen import SessionScreen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.waiting_card import WaitingCard
from workstation.station.commands import AskAuthorityAgain
from workstation.station.snapshot import SessionSnapshot

__all__ = ["AuthorityScreen"]


class AuthorityScreen(SessionScreen):
    """How long it has been waited for, and the comparison made here, which is not enough alone."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "authority.title")
        self.waiting = WaitingCard(ctx)
        self.match = MatchView(ctx, QSize(72, 90), compact=True)
        self.compared = Card(ctx, "authority.local")
        self.compared.body.addWidget(self.match)
        self.column.addWidget(self.waiting)
        self.column.addWidget(self.compared)
        self.column.addStretch(1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the waiting and the comparison."""
        super().show_session(snapshot)
        self.waiting.show_waiting(snapshot.waiting_for)
        self.match.show_session(snapshot)
        # The code for the customer's phone needs the room.
        waiting = snapshot.waiting_for
        self.compared.setVisible(waiting is None or waiting.address == "")
        self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Say that the authority is asked, unless the card below says more."""
        if snapshot.message or snapshot.waiting_for is not None:
            self.banner.show_status(Tone.WARN, snapshot.message)
        else:
            self.banner.show_status(Tone.NOW, "busy.authority")

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the question now; the answer moves on by itself."""
        ask = Action(
            "button.ask_again", "F6", self._ask, ButtonRole.PRIMARY, enabled=self.waiting.may_ask
        )
        return (*super().footer_actions(), self.park_action(), self.match.larger.action(), ask)

    def _ask(self) -> None:
        self.ctx.post(AskAuthorityAgain())

    def leave(self) -> None:
        """Forget the faces."""
        self.match.forget()
