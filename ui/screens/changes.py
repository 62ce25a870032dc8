"""The section `changes` of the administrator's pages."""

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.section_screen import SectionScreen

__all__ = ["ChangesScreen"]


class ChangesScreen(SectionScreen):
    """The section `changes`."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.changes", Route.CHANGES)
        self.body.addStretch(1)
