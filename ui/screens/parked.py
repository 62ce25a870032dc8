"""Parked: the customer went to obtain an ЭЦП; nothing is decided until they come back."""

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.labels import CodeLabel
from workstation.station.commands import CustomerReturned
from workstation.station.snapshot import SessionSnapshot

__all__ = ["ParkedScreen"]


class ParkedScreen(SessionScreen):
    """What was checked before; liveness starts anew on return."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "parked.title")
        self.grid = CheckGrid(ctx)
        card = Card(ctx, "parked.card")
        card.body.addWidget(CodeLabel(ctx, "parked.text", "second", wrap=True))
        card.body.addWidget(self.grid)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show what is known so far."""
        super().show_session(snapshot)
        self.grid.show_checks(snapshot.checks, snapshot.required)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back into the session."""
        returned = Action(
            "button.returned", "F9", self._returned, ButtonRole.PRIMARY, enabled=self.idle
        )
        return (*super().footer_actions(), returned)

    def _returned(self) -> None:
        self.ctx.post(CustomerReturned())
