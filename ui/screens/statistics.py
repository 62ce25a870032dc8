"""What each teller did in a period, and what of it is worth a look."""

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.widgets.buttons import Action, Side

__all__ = ["StatisticsScreen"]


class StatisticsScreen(Screen):
    """Figures per teller, in pictures and tables."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "statistics.title")
        self.column.addStretch(1)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back."""
        return (Action("button.back", "Esc", self._back, side=Side.LEFT),)

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)
