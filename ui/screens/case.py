"""One case of the log as a timeline: who did what, when, and what went by between."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from ui.context import UiContext
from ui.log_model import OUTCOME_LOOKS
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.entry_panel import EntryPanel
from ui.widgets.entry_words import say_code
from ui.widgets.export_dialog import Exporting, ExportOffer
from ui.widgets.labels import CodeLabel, PlainLabel, ShortenedLabel
from ui.widgets.pill import Pill
from ui.widgets.timeline import Timeline, TimelineStep
from ui.wording import clock_text, date_text, date_time_text, number_text
from workstation.log_export.kind import ExportKind
from workstation.station.log_view import LogEntryView, LogQuery, LogRow
from workstation.station.snapshot import StationStatus

__all__ = ["CaseScreen"]

_TONES: Final = {"ok": Tone.OK, "bad": Tone.BAD, "warn": Tone.WARN}
_FACTS: Final = ("operation", "begun", "ended", "took", "people")
_LONG_MS: Final = 10 * 60_000
"""A gap that somebody will ask about: a customer was sent away, or a case waited."""

_SECOND_MS, _MINUTE_MS, _HOUR_MS, _DAY_MS = 1_000, 60_000, 3_600_000, 86_400_000


class CaseScreen(Screen):
    """The case that was chosen in the log (`UiContext.case`); without one it says how to."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "case.title")
        self.rows: tuple[LogRow, ...] = ()
        self._shown: tuple[object, ...] = ()
        self.pill = Pill(ctx)
        self.headline.insertWidget(1, self.pill)
        self.empty = CodeLabel(ctx, "case.none", "lead", wrap=True)
        self.card = Card(ctx)
        self.facts: dict[str, PlainLabel] = {}
        self._lay_out_facts()
        self.timeline = Timeline(ctx)
        self.panel = EntryPanel(ctx, of_case=True)
        self.panel.hide()
        self.exporting = Exporting(ctx, self)
        self.body = QWidget()
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.timeline, 1)
        row.addWidget(self.panel)
        self.column.addWidget(self.empty)
        self.column.addWidget(self.card)
        self.column.addWidget(self.body, 1)
        self.column.addStretch(0)
        self.timeline.entered.connect(self._open_panel)
        self.timeline.moved.connect(self._ask_entry)
        ctx.changed.connect(self._show)
        self._show()

    def _lay_out_facts(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        for column, name in enumerate(_FACTS):
            value = self.facts[name] = ShortenedLabel("strong")
            grid.addWidget(CodeLabel(self.ctx, f"case.{name}", "caption"), 0, column)
            grid.addWidget(value, 1, column)
            grid.setColumnStretch(column, 2 if name in {"operation", "people"} else 1)
        self.card.body.addLayout(grid)

    def show_station(self, status: StationStatus) -> None:
        """Read the case anew when another was chosen, somebody else looks, or the log has grown."""
        self.exporting.show_station(status)
        self.actions_changed.emit()
        who = None if status.operator is None else status.operator.id
        wanted = (self.ctx.case, who, self.ctx.log_pages, status.log_size)
        if wanted == self._shown:
            return
        if wanted[:3] != self._shown[:3]:
            self._close_panel()
            self.rows = ()
            self._show()
        self._shown = wanted
        case, source = self.ctx.case, self.ctx.log_pages
        if case and source is not None:
            self.ctx.reading.ask(
                source,
                self,
                "case",
                lambda log: (case, log.case_entries(case), log.operators()),
                self._take,
            )

    def _take(self, answer: tuple[str, Sequence[LogRow], Mapping[str, str]]) -> None:
        case, rows, self.panel.names = answer
        if case == self.ctx.case:
            self.rows = tuple(rows)
            self._show()
            self.actions_changed.emit()

    def _show(self) -> None:
        rows, tr = self.rows, self.ctx.tr_code
        for widget in (self.card, self.body):
            widget.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.empty.set_code("case.none" if not self.ctx.case else "case.reading")
        if rows:
            self.title.set_code("case.number", number=number_text(rows[0].seq))
        else:
            self.title.set_code("case.title")
        result = next((row for row in reversed(rows) if row.outcome in OUTCOME_LOOKS), None)
        self.pill.setVisible(bool(rows))
        if result is not None:
            tone = _TONES[OUTCOME_LOOKS[result.outcome][0]]
            self.pill.set_state(f"outcome.{result.outcome}", tone)
        else:
            self.pill.set_state("case.open", Tone.NOW)
        self.timeline.show_steps(tuple(self._list_steps(rows)))
        if not rows:
            return
        operation = next((row.operation for row in rows if row.operation), "")
        people = dict.fromkeys(row.actor for row in rows if row.actor not in {"", "log"})
        took = rows[-1].time_ms - rows[0].time_ms
        for name, words in (
            ("operation", say_code(self.ctx, f"operation.{operation}", operation)),
            ("begun", date_time_text(rows[0].time_ms)),
            ("ended", tr("case.open") if result is None else date_time_text(rows[-1].time_ms)),
            ("took", self._say_gap(took)),
            ("people", ", ".join(self._say_actor(each) for each in people)),
        ):
            self.facts[name].setText(words)

    def _list_steps(self, rows: Sequence[LogRow]) -> list[TimelineStep]:
        steps, before = [], None
        for row in rows:
            gap = 0 if before is None else row.time_ms - before.time_ms
            day = before is None or date_text(before.time_ms) != date_text(row.time_ms)
            moment = clock_text(row.time_ms)
            look = OUTCOME_LOOKS.get(row.outcome)
            steps.append(
                TimelineStep(
                    seq=row.seq,
                    time=f"{date_text(row.time_ms)}\n{moment}" if day else moment,
                    gap="" if before is None else f"+{self._say_gap(gap)}",
                    long=gap >= _LONG_MS,
                    what=self._say_what(row),
                    detail=self._say_detail(row),
                    actor=self._say_actor(row.actor),
                    tone=Tone.NONE if look is None else _TONES[look[0]],
                )
            )
            before = row
        return steps

    def _say_actor(self, actor: str) -> str:
        if actor in {"", "log"}:
            return self.ctx.tr_code("case.station")
        return self.panel.names.get(actor, actor)

    def _say_what(self, row: LogRow) -> str:
        """Return what happened: a step by its own name, everything else by its kind."""
        kind = say_code(self.ctx, f"entry.{row.kind}", row.kind)
        outcome = say_code(self.ctx, f"outcome.{row.outcome}", row.outcome)
        if row.outcome in OUTCOME_LOOKS:
            return f"{kind}: {outcome}"
        return outcome or kind

    def _say_detail(self, row: LogRow) -> str:
        parts = [say_code(self.ctx, row.reason, row.reason), row.words]
        return " · ".join(part for part in parts if part)

    def _say_gap(self, gap_ms: int) -> str:
        """Return how long something took, in its two largest units."""
        tr, gap = self.ctx.tr_code, max(0, gap_ms)
        if gap >= _DAY_MS:
            return tr("case.days", days=gap // _DAY_MS, hours=gap % _DAY_MS // _HOUR_MS)
        if gap >= _HOUR_MS:
            return tr("case.hours", hours=gap // _HOUR_MS, minutes=gap % _HOUR_MS // _MINUTE_MS)
        if gap >= _MINUTE_MS:
            minutes, seconds = gap // _MINUTE_MS, gap % _MINUTE_MS // _SECOND_MS
            return tr("case.minutes", minutes=minutes, seconds=seconds)
        return tr("case.seconds", seconds=gap // _SECOND_MS)

    def _open_panel(self) -> None:
        self.panel.show_entry(None)
        self.panel.show()
        self.actions_changed.emit()
        self._ask_entry()

    def _close_panel(self) -> None:
        if self.panel.isVisible():
            self.timeline.setFocus()
        self.panel.hide()
        self.actions_changed.emit()

    def _ask_entry(self) -> None:
        seq, source = self.timeline.current, self.ctx.log_pages
        if self.panel.isVisible() and seq >= 0 and source is not None:
            self.ctx.reading.ask(
                source, self, "entry", lambda log: log.entry(seq), self._take_entry
            )

    def _take_entry(self, entry: LogEntryView | None) -> None:
        if entry is not None and entry.row.seq == self.timeline.current:
            self.panel.show_entry(entry)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back to the list, and what proves the case elsewhere."""
        return (
            Action(
                "button.close_entry" if self.panel.isVisible() else "button.log",
                *("Esc", self._back),
                side=Side.LEFT,
            ),
            Action(
                *("button.export_case", "Ctrl+E", self._export, ButtonRole.PRIMARY),
                enabled=self.exporting.allowed and bool(self.rows),
            ),
        )

    def _export(self) -> None:
        kinds = (ExportKind.COURT, ExportKind.PDF, ExportKind.CSV)
        if self.rows:
            name = f"case-{self.rows[0].seq:06d}"
            query = LogQuery(case=self.ctx.case)
            self.exporting.open(ExportOffer(kinds, query, len(self.rows), name))

    def key_actions(self) -> tuple[Action, ...]:
        """Return the key that comes back to the search."""
        return (Action("button.log", "Ctrl+J", self._back, side=Side.PAGE),)

    def _back(self) -> None:
        if self.panel.isVisible():
            self._close_panel()
        else:
            self.navigate.emit(Route.LOG.value)

    def first_focus(self) -> QWidget:
        """Return the steps."""
        return self.timeline
