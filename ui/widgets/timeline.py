"""What happened one after another: a dot for each on a line, and what went by between."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import as_tooltip, printable

__all__ = ["Timeline", "TimelineStep"]

_COLUMNS: Final = ("mark", "time", "gap", "what", "detail", "actor", "seq")
_WIDTHS: Final = {"mark": 36, "time": 104, "gap": 104, "actor": 168, "seq": 96}
_COLOURS: Final = {Tone.OK: "ok", Tone.BAD: "bad", Tone.WARN: "warn"}
_ROW: Final = 44
_DOT: Final = 6
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One thing that happened, in words.

    gap   what went by since the one before, empty for the first; long: it is worth a look
    """

    seq: int
    time: str
    gap: str
    long: bool
    what: str
    detail: str
    actor: str
    tone: Tone


class Timeline(QTableWidget):
    """Oldest first; `entered` is Enter on a step, `moved` that another one is current."""

    entered = Signal()
    moved = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(0, len(_COLUMNS))
        self._ctx = ctx
        self.steps: tuple[TimelineStep, ...] = ()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMinimumHeight(_ROW * 4)
        self.setItemDelegateForColumn(0, _Line(self, ctx))
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW)
        rows.hide()
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name, width in _WIDTHS.items():
            place = _COLUMNS.index(name)
            columns.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(place, ctx.theme.scaled(width))
        self.itemDoubleClicked.connect(self.entered)
        self.currentCellChanged.connect(self._moved)

    def show_steps(self, steps: tuple[TimelineStep, ...]) -> None:
        """Show the steps; the one that was chosen stays chosen by its number."""
        chosen = self.current
        self.steps = steps
        tr = self._ctx.tr_code
        self.setAccessibleName(tr("case.timeline"))
        self.setHorizontalHeaderLabels(["", *(tr(f"case.{name}") for name in _COLUMNS[1:])])
        self.setRowCount(len(steps))
        for row, step in enumerate(steps):
            texts = ("", step.time, step.gap, step.what, step.detail, step.actor, str(step.seq))
            for column, text in enumerate(texts):
                item = QTableWidgetItem(printable(text))
                item.setToolTip(as_tooltip(text))
                self.setItem(row, column, item)
            for column, tone in ((2, Tone.WARN if step.long else Tone.NONE), (3, step.tone)):
                cell = self.item(row, column)
                if cell is not None and tone in _COLOURS:
                    cell.setForeground(self._ctx.theme.colour(_COLOURS[tone]))
        kept = [row for row, step in enumerate(steps) if step.seq == chosen]
        if steps:
            self.setCurrentCell(kept[0] if kept else len(steps) - 1, 3)

    @property
    def current(self) -> int:
        """Return the number of the entry that is chosen; -1 for none."""
        row = self.currentRow()
        return self.steps[row].seq if 0 <= row < len(self.steps) else -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for the row."""
        if event.key() not in _ENTER:
            super().keyPressEvent(event)
        elif self.current >= 0 and not event.isAutoRepeat():
            self.entered.emit()

    def _moved(self, row: int, _column: int, before: int, _before: int) -> None:
        if row != before:
            self.moved.emit()


class _Line(QStyledItemDelegate):
    """Paints the line from step to step, and the step's dot in the colour of how it came out."""

    def __init__(self, timeline: Timeline, ctx: UiContext) -> None:
        super().__init__(timeline)
        self._timeline = timeline
        self._ctx = ctx

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        steps, row = self._timeline.steps, index.row()
        if row >= len(steps):
            return
        rect, theme = option.rect, self._ctx.theme
        middle = rect.center()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("edge"), 2))
        top = rect.top() if row else middle.y()
        bottom = rect.bottom() if row < len(steps) - 1 else middle.y()
        painter.drawLine(middle.x(), top, middle.x(), bottom)
        colour = theme.colour(_COLOURS.get(steps[row].tone, "primary"))
        painter.setPen(QPen(colour, 2))
        painter.setBrush(colour)
        painter.drawEllipse(middle, _DOT, _DOT)
        painter.restore()
