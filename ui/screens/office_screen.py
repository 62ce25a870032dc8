"""What the pages share that show what administrators change: read when they open, forms beside."""

from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.section_screen import SectionScreen
from workstation.administration.view import AdministrationView
from workstation.station.administration_commands import LookAtAdministration
from workstation.station.snapshot import StationStatus

__all__ = ["OfficeScreen"]

_RIGHT = 324


class OfficeScreen(SectionScreen):
    """A table at the left and a form at the right; what is shown is read anew when it opens."""

    DONE: ClassVar = frozenset(
        {"changes.proposed", "changes.enacted", "changes.withdrawn"}
        | {"policy_import.kept", "policy_import.staged"}
    )

    def __init__(self, ctx: UiContext, title: str, here: Route) -> None:
        super().__init__(ctx, title, here)
        self._asked = False
        ctx.changed.connect(self._word)

    @property
    def view(self) -> AdministrationView:
        """Return what was read last; empty before that."""
        seen = None if self.status is None else self.status.administration
        return AdministrationView() if seen is None else seen

    def lay_out(self, left: tuple[QWidget, ...], right: tuple[QWidget, ...], tall: QWidget) -> None:
        """Lay cards out in two columns; `tall` takes the room that is left."""
        row, first, second = QHBoxLayout(), QVBoxLayout(), QVBoxLayout()
        row.setSpacing(16)
        for column, cards in ((first, left), (second, right)):
            column.setSpacing(12)
            for card in cards:
                column.addWidget(card, 1 if card is tall else 0)
        second.addStretch(1)
        for card in right:
            card.setFixedWidth(self.ctx.theme.scaled(_RIGHT))
        row.addLayout(first, 1)
        row.addLayout(second)
        self.body.addLayout(row, 1)

    def show_station(self, status: StationStatus) -> None:
        """Show what is known; ask for it when the page has just opened."""
        super().show_station(status)
        self.show_view(self.view)
        self.actions_changed.emit()
        if not self._asked:
            self._asked = True
            self.ctx.post(LookAtAdministration())

    def show_view(self, view: AdministrationView) -> None:
        """Show what was read."""

    def _word(self) -> None:
        self.show_view(self.view)

    def leave(self) -> None:
        """Read anew when the page opens next."""
        self._asked = False
