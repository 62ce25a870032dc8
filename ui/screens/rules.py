"""The section `rules` of the administrator's pages."""

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.section_screen import SectionScreen

__all__ = ["RulesScreen"]


class RulesScreen(SectionScreen):
    """The section `rules`."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.rules", Route.RULES)
        self.body.addStretch(1)
