"""Pre-checks: the registries are being asked; the teller sees which answered what."""

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.steps import LATER
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.waiting_card import WaitingCard
from workstation.station.commands import AskRegistriesAgain
from workstation.station.snapshot import SessionSnapshot

__all__ = ["PrechecksScreen"]


class PrechecksScreen(SessionScreen):
    """Results as they come, what is still waited for, and the question now."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "prechecks.title")
        self.waiting = WaitingCard(ctx)
        self.grid = CheckGrid(ctx)
        card = Card(ctx, "prechecks.checks")
        card.body.addWidget(self.grid)
        self.column.addWidget(self.waiting)
        self.column.addWidget(card, 1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show what was answered."""
        super().show_session(snapshot)
        self.waiting.show_waiting(snapshot.waiting_for)
        # What is asked of the customer later does not wait for anybody here.
        asked = tuple(check for check in snapshot.required if check not in LATER)
        self.grid.show_checks(snapshot.checks, asked)
        self.actions_changed.emit()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the question now while somebody has not answered."""
        if not self.waiting.is_waiting:
            return super().footer_actions()
        ask = Action(
            "button.ask_again", "F6", self._ask, ButtonRole.PRIMARY, enabled=self.waiting.may_ask
        )
        return (*super().footer_actions(), self.park_action(), ask)

    def _ask(self) -> None:
        self.ctx.post(AskRegistriesAgain())
