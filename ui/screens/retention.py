"""The section `retention` of the administrator's pages."""

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.section_screen import SectionScreen

__all__ = ["RetentionScreen"]


class RetentionScreen(SectionScreen):
    """The section `retention`."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.retention", Route.RETENTION)
        self.body.addStretch(1)
