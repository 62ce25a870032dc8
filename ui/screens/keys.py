"""The section `keys` of the administrator's pages."""

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.section_screen import SectionScreen

__all__ = ["KeysScreen"]


class KeysScreen(SectionScreen):
    """The section `keys`."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.keys", Route.KEYS)
        self.body.addStretch(1)
