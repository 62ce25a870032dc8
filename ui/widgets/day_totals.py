"""Today's results in four numbers, and no colours: a refusal is as good a result as an approval."""

from typing import Final

from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.wording import count_text
from workstation.station.snapshot import StationStatus

__all__ = ["DayCard"]

_NAMES: Final = ("approved", "rejected", "undecided", "parked")


class DayCard(Card):
    """Approved, refused, undecided, parked; each number above its word."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "home.today")
        self.numbers = {name: PlainLabel("page") for name in _NAMES}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        for place, (name, number) in enumerate(self.numbers.items()):
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(number)
            pair.addWidget(CodeLabel(ctx, f"today.{name}", "caption", wrap=True))
            pair.addStretch(1)
            grid.addLayout(pair, *divmod(place, 2))
        self.body.addLayout(grid)

    def show_station(self, status: StationStatus) -> None:
        """Show the numbers."""
        today = status.today
        counts = (today.approved, today.rejected, today.undecided, len(status.parked))
        for number, count in zip(self.numbers.values(), counts, strict=True):
            number.setText(count_text(count))
