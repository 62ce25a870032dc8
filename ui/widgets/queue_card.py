"""The supervisor's queue on the home page: what waits, or that nothing does."""

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel
from ui.widgets.queue_table import QueueTable
from workstation.station.snapshot import StationStatus

__all__ = ["QueueCard"]


class QueueCard(Card):
    """Cases that wait for a decision, oldest first, then decisions drawn for a second look."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "home.queue")
        self.table = QueueTable(ctx)
        self.none = CodeLabel(ctx, "home.no_queue", "second", wrap=True)
        self.body.addWidget(self.none)
        self.body.addWidget(self.table, 1)
        self.body.addStretch(0)

    def show_station(self, status: StationStatus) -> None:
        """Show what waits for whoever is signed in."""
        # A customer waits for the first, nobody for the second.
        self.table.show_waiting((*status.reviews, *status.looks))
        empty = not status.reviews and not status.looks
        self.table.setVisible(not empty)
        self.none.setVisible(empty)
