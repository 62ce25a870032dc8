"""The section `staff` of the administrator's pages."""

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.section_screen import SectionScreen

__all__ = ["StaffScreen"]


class StaffScreen(SectionScreen):
    """The section `staff`."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.staff", Route.STAFF)
        self.body.addStretch(1)
