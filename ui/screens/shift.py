"""The end of a shift: what is open, what was done, the supervisor's words and secret."""

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.widgets.buttons import Action, Side

__all__ = ["ShiftScreen"]


class ShiftScreen(Screen):
    """Counts since the last end of a shift."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "shift.title")
        self.column.addStretch(1)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back."""
        return (Action("button.back", "Esc", self._back, side=Side.LEFT),)

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)
