"""What waits for a supervisor: cases and drawn decisions, a row each, opened with Enter."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ui.context import UiContext
from ui.widgets.labels import as_tooltip, printable
from ui.wording import date_time_text, number_text
from workstation.review.drawn_look import DrawnLook
from workstation.review.waiting_review import WaitingReview

__all__ = ["QueueTable"]

Item = WaitingReview | DrawnLook

_COLUMNS: Final = ("since", "operation", "why", "by")
_WIDTHS: Final = {"since": 76, "by": 92}
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ROW: Final = 64
_HIGHEST_ROW: Final = 88


class QueueTable(QTableWidget):
    """`opened` is Enter or a double click on a row; `chosen` that another one is current."""

    opened = Signal()
    chosen = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(0, len(_COLUMNS))
        self._ctx = ctx
        self._items: tuple[Item, ...] = ()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMinimumHeight(_ROW * 3)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setMinimumSectionSize(_ROW)
        rows.setMaximumSectionSize(_HIGHEST_ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        rows.hide()
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name, width in _WIDTHS.items():
            columns.setSectionResizeMode(_COLUMNS.index(name), QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(_COLUMNS.index(name), width)
        self.installEventFilter(self)
        self.itemDoubleClicked.connect(self.opened)
        self.itemSelectionChanged.connect(self.chosen)
        ctx.changed.connect(self._fill)
        self._fill()

    @property
    def item_chosen(self) -> Item | None:
        """Return what is chosen."""
        row = self.currentRow()
        return self._items[row] if 0 <= row < len(self._items) else None

    def show_items(self, reviews: tuple[WaitingReview, ...], looks: tuple[DrawnLook, ...]) -> None:
        """Show the cases, then the drawn decisions; what was chosen stays so, else the oldest is.

        A customer waits for the first, nobody for the second.
        """
        items: tuple[Item, ...] = (*reviews, *looks)
        if items != self._items:
            before = self.item_chosen
            self._items = items
            self._fill()
            kept = 0 if before is None or before not in items else items.index(before)
            self.setCurrentCell(kept if items else -1, 0)
            self.chosen.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter for the row: a table of Qt's own keeps it to itself and does nothing."""
        key = event.key() if isinstance(event, QKeyEvent) else 0
        pressed = event.type() is QEvent.Type.KeyPress and key in _ENTER
        if pressed and self.item_chosen is not None:
            self.opened.emit()
            return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        tr = self._ctx.tr_code
        self.setAccessibleName(tr("home.queue"))
        self.setHorizontalHeaderLabels([tr(f"queue.{name}") for name in _COLUMNS])
        self.setRowCount(len(self._items))
        today = date_time_text(self._ctx.now_ms())[:10]
        for row, each in enumerate(self._items):
            at_ms, by = each.decided_ms if isinstance(each, DrawnLook) else each.parked_ms, ""
            if isinstance(each, WaitingReview):
                by = each.tellers[-1]
            since = date_time_text(at_ms)
            day, clock = since[:10], since[11:16]
            kind = tr(f"operation.{each.kind}")
            texts = (
                clock if day == today else f"{day[:5]}\n{clock}",
                f"№ {number_text(each.number)}\n{kind}",
                self._say_why(each),
                by,
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(printable(text))
                item.setToolTip(as_tooltip(text))
                self.setItem(row, column, item)

    def _say_why(self, each: Item) -> str:
        tr = self._ctx.tr_code
        if each.barred:
            return tr("queue.barred")
        if isinstance(each, DrawnLook):
            return tr("queue.drawn")
        if each.handed_over is not None and not each.asked:
            return tr(f"hand_over.{each.handed_over.value}")
        return "\n".join(dict.fromkeys(tr(f"check.{check}") for check in each.asked))
