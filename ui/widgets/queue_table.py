"""What waits for a supervisor: cases and drawn decisions, a row each, opened with Enter."""

from typing import ClassVar

from PySide6.QtCore import Signal

from ui.context import UiContext
from ui.widgets.waiting_table import WaitingTable
from workstation.review.drawn_look import DrawnLook
from workstation.review.waiting_review import WaitingReview

__all__ = ["QueueTable"]

Item = WaitingReview | DrawnLook


class QueueTable(WaitingTable[Item]):
    """`opened` is Enter or a double click on a row; `chosen` that another one is current."""

    TITLE = "home.queue"
    COLUMNS = ("queue.since", "queue.operation", "queue.why", "queue.by")
    WIDTHS: ClassVar = {"queue.since": 76, "queue.by": 92}

    opened = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx)
        self.taken.connect(self.opened)

    def find_since(self, item: Item) -> int:
        """Return when it was decided, or left by the teller."""
        return item.decided_ms if isinstance(item, DrawnLook) else item.parked_ms

    def list_rest(self, item: Item) -> tuple[str, ...]:
        """Return why it is here and which teller had it last; whose a drawn decision is not."""
        by = item.tellers[-1] if isinstance(item, WaitingReview) else ""
        return self._say_why(item), by

    def _say_why(self, each: Item) -> str:
        tr = self._ctx.tr_code
        if each.barred:
            return tr("queue.barred")
        if isinstance(each, DrawnLook):
            return tr("queue.drawn")
        if each.handed_over is not None and not each.asked:
            return tr(f"hand_over.{each.handed_over.value}")
        return "\n".join(dict.fromkeys(tr(f"check.{check}") for check in each.asked))
