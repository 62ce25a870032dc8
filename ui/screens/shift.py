"""The end of a shift: what is open, what was done, the supervisor's words and secret."""

from typing import Final

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.bar_chart import Bar, BarChart, BarPart
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.figure_table import FigureTable
from ui.widgets.form import Field
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.widgets.scrolling import scroll_area
from ui.widgets.secret_field import SecretField
from ui.wording import count_text, date_time_text, number_text
from workstation.records.shifts.count import OutcomeCount, ShiftCount
from workstation.session.exception import FEWEST_LETTERS, count_letters
from workstation.shift.report import NUMBERS
from workstation.station.commands import CloseShift, CountShift, SaveShift
from workstation.station.shift_view import ClosedView, ShiftView
from workstation.station.snapshot import StationStatus

__all__ = ["ShiftScreen"]

_OUTCOMES: Final = ("approved", "rejected", "undecided")
_TOKENS: Final = ("ok", "bad", "warn")


class ShiftScreen(Screen):
    """Results as a picture and a table, what is open, and the last word of the shift."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "shift.title")
        self._shift = ShiftView()
        self._message = ""
        self._asked = -1
        self.banner = StatusBanner(ctx)
        self.banner.hide()
        self.chart = BarChart(ctx, "shift.by_operator")
        columns = ("shift.name", *(f"statistics.{each}" for each in _OUTCOMES))
        self.results = FigureTable(ctx, "shift.results", columns, wraps=True)
        columns = ("shift.case", "cases.waits_for", "cases.since")
        self.open = FigureTable(ctx, "shift.open", columns, words=3)
        self.none = CodeLabel(ctx, "shift.none_open", "second", wrap=True)
        self.left = CodeLabel(ctx, "", "second", wrap=True)
        self.numbers = {name: PlainLabel("strong") for name in (*NUMBERS, "permits_waiting")}
        self.words = Field(ctx, "shift.words", longest=200)
        self.secret = SecretField(ctx, "field.secret")
        self._lay_out()
        for field in (self.words, self.secret):
            field.edit.textChanged.connect(self._typed)
        self.chart.chosen.connect(lambda row: self.results.setCurrentCell(row, 0))
        self.results.chosen.connect(self.chart.choose)
        self.open.taken.connect(self._go)
        ctx.changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        results, others = Card(self.ctx, "shift.results"), Card(self.ctx, "shift.other")
        bars = QVBoxLayout()
        bars.setContentsMargins(0, 0, 0, 0)
        bars.addWidget(self.chart)
        bars.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(scroll_area(bars, on_card=True), 4)
        both.addWidget(self.results, 9)
        results.body.addLayout(both, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        for place, (name, value) in enumerate(self.numbers.items()):
            row, column = place // 2, place % 2 * 2
            grid.addWidget(CodeLabel(self.ctx, f"shift.{name}", "second", wrap=True), row, column)
            grid.addWidget(value, row, column + 1)
        others.body.addLayout(grid)
        still, last = Card(self.ctx, "shift.open"), Card(self.ctx, "shift.last_word")
        still.body.addWidget(self.none)
        still.body.addWidget(self.open, 1)
        still.body.addWidget(self.left)
        self.hint = CodeLabel(self.ctx, "shift.hint", "second", wrap=True)
        for widget in (self.hint, self.words, self.secret):
            last.body.addWidget(widget)
        first, second = QVBoxLayout(), QVBoxLayout()
        for half, upper, lower in ((first, results, others), (second, still, last)):
            half.setSpacing(12)
            half.addWidget(upper, 1)
            half.addWidget(lower)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addLayout(first, 3)
        columns.addLayout(second, 2)
        self.column.addWidget(self.banner)
        self.column.addLayout(columns, 1)

    def show_station(self, status: StationStatus) -> None:
        """Show the shift; what the log has had since it was counted is counted now."""
        self._shift = status.shift or ShiftView()
        ended = self._shift.closed is not None
        # Its own commands grow the log: once it has ended nothing is asked by itself.
        if not self._shift.running and not ended and status.log_size != self._asked:
            self._asked = status.log_size
            self.ctx.post(CountShift())
        if status.operator is None:
            self._asked = -1
        self._message = status.message
        self._show()
        wrong = status.message_field == "words"
        self.words.mark(bad=wrong, code=status.message if wrong else "")
        self.actions_changed.emit()

    def _show(self) -> None:
        count = self._shift.count
        self._show_closed(self._shift.closed)
        self._show_results(count)
        self._show_open(count)
        for name, label in self.numbers.items():
            number = self._shift.permits_waiting if count else 0
            if name != "permits_waiting":
                number = 0 if count is None else getattr(count, name)
            label.setText("…" if count is None else count_text(number))
        self._count_letters()

    def _show_closed(self, closed: ClosedView | None) -> None:
        for field in (self.words, self.secret):
            field.setEnabled(closed is None)
        if self._message:
            self.banner.show_status(Tone.WARN, self._message)
        elif closed is None:
            self.banner.show_status(Tone.NOW, "shift.counting" if self._shift.running else "")
        elif closed.trouble:
            self.banner.show_status(Tone.WARN, closed.trouble)
        else:
            self.banner.show_status(
                Tone.OK,
                "shift.closed",
                "shield-check",
                number=number_text(closed.number),
                size=count_text(closed.size),
                head=closed.root_base64[:12],
                folder="" if closed.report is None else closed.report.name,
            )

    def _show_results(self, count: ShiftCount | None) -> None:
        rows: list[tuple[str, OutcomeCount]] = []
        if count is not None:
            rows = [(self._name_person(each.name), each) for each in count.operators]
            kinds = [(self._name_operation(each.name), each) for each in count.operations]
            total = [(self.ctx.tr_code("shift.total"), count.outcomes)]
            self.chart.show_bars(tuple(_as_bar(*row) for row in (*total, *rows)))
            rows = [*total, *rows, *kinds]
        self.results.show_rows(
            [
                (name, *(count_text(each) for each in (one.approved, one.rejected, one.undecided)))
                for name, one in rows
            ]
        )

    def _show_open(self, count: ShiftCount | None) -> None:
        state = None if count is None else count.state
        cases = () if state is None else state.open
        self.open.show_rows(
            [
                (
                    f"№ {number_text(each.number)}",
                    self.ctx.tr_code(f"waits_for.{each.why}"),
                    date_time_text(each.since_ms)[:16],
                )
                for each in cases
            ]
        )
        self.open.setVisible(bool(cases))
        self.none.setVisible(not cases)
        looks, alarms = (0, 0) if state is None else (len(state.looks), len(state.alarms))
        self.left.set_code("shift.left" if looks or alarms else "", looks=looks, alarms=alarms)
        self.left.setVisible(bool(looks or alarms))

    def _name_person(self, actor: str) -> str:
        return self.ctx.tr_code("shift.by_itself") if actor == "log" else actor

    def _name_operation(self, kind: str) -> str:
        code = f"operation.{kind}" if kind else "shift.by_itself"
        return self.ctx.tr_code(code) if self.ctx.texts.has(code) else kind

    @property
    def _needs_words(self) -> bool:
        count = self._shift.count
        return count is not None and bool(count.state.open or count.state.looks)

    def _count_letters(self) -> None:
        done = min(count_letters(self.words.text()), FEWEST_LETTERS)
        needed = self._needs_words
        self.hint.set_code("shift.hint_open" if needed else "shift.hint")
        self.words.note.set_code("words.count" if needed else "", done=done, most=FEWEST_LETTERS)
        set_tone(self.words.note, Tone.OK if done == FEWEST_LETTERS else Tone.NONE)

    def _typed(self) -> None:
        self._count_letters()
        self.actions_changed.emit()

    @property
    def _ready(self) -> bool:
        """Whether the shift can be ended with what stands here."""
        if self._shift.running or self._shift.count is None or not self.secret.text():
            return False
        return not self._needs_words or count_letters(self.words.text()) >= FEWEST_LETTERS

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, the figures of tellers, counting again, and the end of the shift."""
        back = Action("button.back", "Esc", self._back, side=Side.LEFT)
        tellers = Action("button.statistics", "F3", self._open_statistics)
        again = Action("button.count_again", "F5", self._count, enabled=not self._shift.running)
        if self._shift.closed is not None:
            save = Action("button.save_again", "F6", self._save)
            return (back, tellers, save, again)
        end = Action(
            "button.close_shift", "F9", self._close, ButtonRole.PRIMARY, enabled=self._ready
        )
        return (back, tellers, again, end)

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _open_statistics(self) -> None:
        self.navigate.emit(Route.STATISTICS.value)

    def _go(self, row: int) -> None:
        """Show the case of a row as the log has it."""
        count = self._shift.count
        case = "" if count is None else self._shift.cases.get(count.state.open[row].number, "")
        if case:
            self.ctx.case = case
            self.navigate.emit(Route.CASE.value)

    def _count(self) -> None:
        self.ctx.post(CountShift())

    def _save(self) -> None:
        self.ctx.post(SaveShift())

    def _close(self) -> None:
        self.ctx.post(CloseShift(self.words.text(), self.secret.take()))

    @property
    def unsaved(self) -> bool:
        """Whether words were typed that go when the page is left."""
        return bool(self.words.text()) and self._shift.closed is None

    def leave(self) -> None:
        """Forget what was typed, and count anew when the page is opened again."""
        self._asked = -1
        for field in (self.words, self.secret):
            field.edit.clear()

    def first_focus(self) -> QWidget:
        """Return the open cases where there are any, else the secret."""
        return self.words.edit if self._needs_words else self.secret.edit


def _as_bar(name: str, count: OutcomeCount) -> Bar:
    values = (count.approved, count.rejected, count.undecided)
    parts = tuple(BarPart(value, token) for value, token in zip(values, _TOKENS, strict=True))
    return Bar(name, parts, count_text(count.total))
