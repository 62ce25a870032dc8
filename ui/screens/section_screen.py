"""What administrators' pages share: sections at the left, cards at the right, the way back."""

from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, Side
from ui.widgets.scrolling import scroll_area
from ui.widgets.section_list import SectionList
from workstation.station.snapshot import StationStatus

__all__ = ["SectionScreen"]


class SectionScreen(Screen):
    """A page of one section; its cards go into `body`, which scrolls where there are many.

    DONE  what the station says of an act that was done: all else is a warning
    """

    DONE: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, ctx: UiContext, title: str, here: Route) -> None:
        super().__init__(ctx, title)
        self.status: StationStatus | None = None
        self.sections = SectionList(ctx, here)
        self.sections.chosen.connect(self.navigate)
        self.banner = StatusBanner(ctx)
        self.banner.hide()
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.sections)
        row.addWidget(scroll_area(self.body), 1)
        self.column.addWidget(self.banner)
        self.column.addLayout(row, 1)

    def show_station(self, status: StationStatus) -> None:
        """Show the sections of the role and what the station said last."""
        self.status = status
        self.sections.show_station(status)
        tone = Tone.OK if status.message in self.DONE else Tone.WARN
        self.banner.show_status(tone, status.message)
        self.actions_changed.emit()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back."""
        return (Action("button.back", "Esc", self._back, side=Side.LEFT),)

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)
