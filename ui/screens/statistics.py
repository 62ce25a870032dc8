"""What each teller did in a period, in a picture and a table, and what of it is worth a look."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.bar_chart import Bar, BarChart, BarPart
from ui.widgets.buttons import Action, ButtonRole, ChoiceButton, Side
from ui.widgets.card import Card
from ui.widgets.dialogs import FileQuestion, choose_file
from ui.widgets.figure_table import FigureTable
from ui.widgets.labels import CodeLabel
from ui.widgets.scrolling import scroll_area
from ui.wording import count_text, duration_text, number_text
from workstation.shift.figures import TellerFigures
from workstation.shift.risk import Indicator, RiskRow
from workstation.station.commands import CountStatistics, SaveStatistics, StopCounting
from workstation.station.shift_view import StatisticsView
from workstation.station.snapshot import StationStatus

__all__ = ["PERIODS", "StatisticsScreen"]

PERIODS: Final = (1, 7, 30, 365)
"""Days back, today among them."""

_DAY_MS: Final = 86_400_000
_PPM: Final = 1_000_000
_Figure = Callable[[TellerFigures], float]
_FIGURES: Final[dict[str, _Figure]] = {
    "sessions": lambda each: each.sessions,
    "approved": lambda each: each.approved,
    "rejected": lambda each: each.rejected,
    "undecided": lambda each: each.undecided,
    "median": lambda each: each.median_s,
    "attempts": lambda each: each.attempts,
    "overridden": lambda each: len(each.overridden),
    "handed_over": lambda each: len(each.handed_over),
    "suspected": lambda each: len(each.suspected),
    "aborted": lambda each: len(each.aborted),
    "file": lambda each: len(each.file),
    "after_hours": lambda each: len(each.after_hours),
    "busiest": lambda each: each.busiest,
}
_TOKENS: Final = {"approved": "ok", "rejected": "bad", "undecided": "warn"}


class StatisticsScreen(Screen):
    """The picture shows the column that is chosen in the table; risks open their cases."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "statistics.title")
        self._view: StatisticsView | None = None
        self._allowed: tuple[str, ...] = ()
        self.days = PERIODS[1]
        self._asked = False
        self._file = ""
        self.banner = StatusBanner(ctx)
        self.banner.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.periods: dict[int, ChoiceButton] = {}
        self._group = QButtonGroup(self)
        self.figure = CodeLabel(ctx, "", "second")
        self.chart = BarChart(ctx, "statistics.title")
        columns = ("statistics.teller", *(f"statistics.{name}" for name in _FIGURES))
        self.table = FigureTable(ctx, "statistics.title", columns, stretch=-1)
        columns = tuple(f"risk.{name}" for name in ("teller", "what", "much", "others"))
        self.risks = FigureTable(ctx, "risk.title", columns, words=4, stretch=1)
        self.cases = FigureTable(ctx, "risk.cases", ("risk.cases",))
        self.none = CodeLabel(ctx, "risk.none", "second", wrap=True)
        self._lay_out()
        self.table.currentCellChanged.connect(self._choose_figure)
        self.chart.chosen.connect(self._choose_teller)
        self.risks.chosen.connect(self._show_cases)
        self.cases.taken.connect(self._open_case)
        ctx.changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(8)
        for days in PERIODS:
            button = ChoiceButton(self.ctx, f"statistics_days.{days}")
            button.setChecked(days == self.days)
            button.clicked.connect(partial(self._choose_period, days))
            self._group.addButton(button)
            self.periods[days] = button
            above.addWidget(button)
        above.addWidget(self.progress, 1)
        above.addStretch(0)
        picture, figures = Card(self.ctx), Card(self.ctx)
        picture.body.addWidget(self.figure)
        bars = QVBoxLayout()
        bars.setContentsMargins(0, 0, 0, 0)
        bars.addWidget(self.chart)
        bars.addStretch(1)
        picture.body.addWidget(scroll_area(bars, on_card=True), 1)
        figures.body.addWidget(self.table, 1)
        lower = QHBoxLayout()
        worth, named = Card(self.ctx, "risk.title"), Card(self.ctx)
        worth.body.addWidget(self.none)
        worth.body.addWidget(self.risks, 1)
        named.body.addWidget(self.cases, 1)
        lower.setSpacing(12)
        lower.addWidget(picture, 3)
        lower.addWidget(worth, 9)
        lower.addWidget(named, 2)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(figures, 1)
        column.addLayout(lower, 1)
        self.column.addWidget(self.banner)
        self.column.addLayout(above)
        self.column.addLayout(column, 1)

    def show_station(self, status: StationStatus) -> None:
        """Show the figures; the first time they are asked for."""
        self._view, self._allowed = status.statistics, status.allowed
        if self._view is None and not self._asked and status.operator is not None:
            self._asked = True
            self._count()
        saved = "" if status.message or self._view is None else self._view.saved
        if saved:
            tone = Tone.OK if saved == "statistics.saved" else Tone.WARN
            self.banner.show_status(tone, saved, file=self._file)
        else:
            self.banner.show_status(Tone.WARN, status.message)
        self._show()
        self.actions_changed.emit()

    @property
    def _running(self) -> bool:
        return self._view is not None and self._view.running

    def _show(self) -> None:
        view = self._view
        self.progress.setVisible(self._running)
        self.progress.setAccessibleName(self.ctx.tr_code("statistics.counting"))
        if view is not None:
            self.progress.setRange(0, view.total)
            self.progress.setValue(view.done)
        tellers = () if view is None else view.tellers
        risks = () if view is None else view.risks
        self.table.show_rows([self._as_row(each) for each in tellers])
        self.risks.show_rows([self._as_risk(each) for each in risks])
        self.risks.setVisible(bool(risks))
        self.none.setVisible(not risks)
        self.none.set_code("statistics.counting" if self._running else "risk.none")
        self._show_picture()
        self._show_cases(self.risks.currentRow())

    def _as_row(self, each: TellerFigures) -> tuple[str, ...]:
        numbers = [self._say(name, figure(each)) for name, figure in _FIGURES.items()]
        return (each.operator, *numbers)

    @staticmethod
    def _say(name: str, value: float) -> str:
        return duration_text(int(value) * 1000) if name == "median" else count_text(int(value))

    def _as_risk(self, row: RiskRow) -> tuple[str, ...]:
        tr = self.ctx.tr_code
        much = tr("risk.count", count=count_text(row.count), of=count_text(row.of))
        others = tr("risk.single")
        if row.indicator is Indicator.VELOCITY:
            much = tr("risk.per_hour", count=_decimal(row.bound_ppm))
            others = tr("risk.per_hour", count=_decimal(row.others_ppm))
        elif row.others_ppm >= 0:
            bound, theirs = _percent(row.bound_ppm), _percent(row.others_ppm)
            others = tr("risk.compared", bound=bound, others=theirs)
        return (row.operator, tr(f"risk.{row.indicator.value}"), much, others)

    def _show_picture(self) -> None:
        name = tuple(_FIGURES)[max(0, self.table.currentColumn() - 1)]
        self.figure.set_code(f"statistics.{name}")
        figure, token = _FIGURES[name], _TOKENS.get(name, "primary")
        tellers = () if self._view is None else self._view.tellers
        self.chart.show_bars(
            tuple(
                Bar(each.operator, (BarPart(figure(each), token),), self._say(name, figure(each)))
                for each in tellers
            )
        )
        self.chart.choose(self.table.currentRow())

    def _choose_figure(self, *_places: int) -> None:
        self._show_picture()

    def _choose_teller(self, row: int) -> None:
        self.table.setCurrentCell(row, max(1, self.table.currentColumn()))

    def _find_named(self, row: int) -> tuple[int, ...]:
        view = self._view
        if view is None or not 0 <= row < len(view.risks):
            return ()
        return tuple(number for number in view.risks[row].cases if number in view.cases)

    def _show_cases(self, row: int) -> None:
        self.cases.show_rows([(f"№ {number_text(each)}",) for each in self._find_named(row)])
        self.actions_changed.emit()

    def _open_case(self, row: int) -> None:
        named = self._find_named(self.risks.currentRow())
        if self._view is not None and 0 <= row < len(named):
            self.ctx.case = self._view.cases[named[row]]
            self.navigate.emit(Route.CASE.value)

    def _choose_period(self, days: int) -> None:
        self.days = days
        self._count()

    def _count(self) -> None:
        now_ms = self.ctx.now_ms()
        since_ms = now_ms - (self.days - 1) * _DAY_MS
        self.ctx.post(CountStatistics(since_ms, now_ms + _DAY_MS))

    def footer_actions(self) -> tuple[Action, ...]:
        """Return back, the export, the log's case, and counting again or ending it."""
        actions = [Action("button.back", "Esc", self._back, side=Side.LEFT)]
        if "export_log" in self._allowed:
            some = self._view is not None and bool(self._view.tellers)
            actions.append(Action("button.save_table", "Ctrl+S", self._ask_file, enabled=some))
        if self._find_named(self.risks.currentRow()):
            actions.append(Action("button.open_case", "F3", self._open_current))
        if self._running:
            return (*actions, Action("button.stop_counting", "F6", self._stop))
        return (*actions, Action("button.count_again", "F5", self._count, ButtonRole.PRIMARY))

    def _open_current(self) -> None:
        self._open_case(max(0, self.cases.currentRow()))

    def _stop(self) -> None:
        self.ctx.post(StopCounting())

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _ask_file(self) -> None:
        asked = FileQuestion("statistics.save", "file.csv", "*.csv", suffix="csv")
        choose_file(self.ctx, self, asked, self._save)

    def _save(self, path: str) -> None:
        self._file = Path(path).name
        self.ctx.post(SaveStatistics(Path(path), self.table.as_csv()))

    def leave(self) -> None:
        """Ask anew when the page is opened by somebody else."""
        self._asked = False

    def first_focus(self) -> QWidget:
        """Return the table."""
        return self.table


def _percent(ppm: int) -> str:
    return f"{ppm * 100 / _PPM:.1f}".replace(".", ",") + " %"


def _decimal(ppm: int) -> str:
    return f"{ppm / _PPM:.1f}".replace(".", ",")
