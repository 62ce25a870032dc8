"""One case of the log as a timeline: who did what, and when."""

from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.widgets.buttons import Action, Side
from ui.widgets.labels import CodeLabel

__all__ = ["CaseScreen"]


class CaseScreen(Screen):
    """The case that was chosen in the log (`UiContext.case`); without one it says how to."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "case.title")
        self.empty = CodeLabel(ctx, "case.none", "lead", wrap=True)
        self.column.addWidget(self.empty)
        self.column.addStretch(1)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back to the list."""
        return (Action("button.log", "Esc", self._back, side=Side.LEFT),)

    def _back(self) -> None:
        self.navigate.emit(Route.LOG.value)

    def first_focus(self) -> QWidget | None:
        """Leave the focus to the footer."""
        return None
