"""The sections at the left of an administrator's pages: one button each, that of the page is on."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup

from ui.context import UiContext
from ui.navigation import Route
from ui.widgets.buttons import ChoiceButton
from ui.widgets.card import Card
from workstation.station.snapshot import StationStatus

__all__ = ["SECTIONS", "OfficeSection", "SectionList"]

_WIDTH: Final = 232


@dataclass(frozen=True, slots=True)
class OfficeSection:
    """A page that a person opens from the list, with what the role has to allow for it."""

    route: Route
    icon: str
    needs: str

    @property
    def code(self) -> str:
        """The code of its words."""
        return f"section.{self.route.value}"


SECTIONS: Final = (
    OfficeSection(Route.NONE, "list-checks", ""),
    OfficeSection(Route.STAFF, "users", "manage_operators"),
    OfficeSection(Route.CHANGES, "file-signature", "manage_operators"),
    OfficeSection(Route.RULES, "file-check-2", "manage_policy"),
    OfficeSection(Route.KEYS, "key-round", "manage_operators"),
    OfficeSection(Route.RETENTION, "hard-drive", "manage_operators"),
    OfficeSection(Route.DEVICES, "camera", "manage_station"),
    OfficeSection(Route.TRUST, "landmark", "manage_station"),
    OfficeSection(Route.SERVICES, "link", "manage_station"),
    OfficeSection(Route.DIAGNOSTICS, "monitor", "manage_station"),
    OfficeSection(Route.LOG, "file-text", "read_log"),
    OfficeSection(Route.STATISTICS, "user-check", "read_log"),
    OfficeSection(Route.INTEGRITY, "shield-check", "verify_log"),
)
"""Every section in its order; whoever builds a page for the administrator adds it here."""


class SectionList(Card):
    """Sections that the role may open; `chosen` is the route that was asked for.

    here  the section of the page that the list stands on
    """

    chosen = Signal(str)

    def __init__(self, ctx: UiContext, here: Route) -> None:
        super().__init__(ctx)
        self.setFixedWidth(ctx.theme.scaled(_WIDTH))
        self.body.setSpacing(0)
        self.body.setContentsMargins(8, 4, 8, 4)
        self._here = here
        self._group = QButtonGroup(self)
        self.buttons: dict[Route, ChoiceButton] = {}
        for section in SECTIONS:
            button = ChoiceButton(ctx, section.code, icon=section.icon)
            button.setProperty("role", "section")
            button.clicked.connect(partial(self._choose, section.route))
            self._group.addButton(button)
            self.buttons[section.route] = button
            self.body.addWidget(button)
        self.buttons[here].setChecked(True)
        self.body.addStretch(1)

    def show_station(self, status: StationStatus) -> None:
        """Show the sections that the role allows."""
        for section in SECTIONS:
            self.buttons[section.route].setVisible(
                not section.needs or section.needs in status.allowed
            )

    def _choose(self, route: Route) -> None:
        # The page changes, not the button: what stays shown goes on saying where one is.
        self.buttons[self._here].setChecked(True)
        if route is not self._here:
            self.chosen.emit(route.value)
