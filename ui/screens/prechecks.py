"""Pre-checks: the registries are being asked; the teller sees which answered what."""

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from workstation.station.snapshot import SessionSnapshot

__all__ = ["PrechecksScreen"]


class PrechecksScreen(SessionScreen):
    """Results as they come and what is still waited for."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "prechecks.title")
        self.grid = CheckGrid(ctx)
        card = Card(ctx, "prechecks.checks")
        card.body.addWidget(self.grid)
        self.column.addWidget(card)
        self.column.addStretch(1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show what was answered."""
        super().show_session(snapshot)
        self.grid.show_checks(snapshot.checks, snapshot.required)
