"""What was tried, one row each: how it stands, which one it is, what was seen, what to do."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.buttons import ActionButton, ButtonRole
from ui.widgets.labels import PlainLabel
from ui.widgets.pill import Pill
from ui.wording import date_time_text, seconds_text
from workstation.diagnosis.probe import ProbeFact, ProbeKind, ProbeResult, ProbeState

__all__ = ["ProbeList", "facts_line"]

_TONES: Final = {ProbeState.OK: Tone.OK, ProbeState.WARN: Tone.WARN, ProbeState.BAD: Tone.BAD}
_MOST_ROWS: Final = 64
_NAMED: Final = frozenset({ProbeKind.ANCHOR, ProbeKind.LIST, ProbeKind.WITNESS})
_NAME_WIDTH: Final = 220


def facts_line(ctx: UiContext, result: ProbeResult) -> str:
    """Return what was measured and read, each with its name; how long it took and when."""
    told = [
        f"{ctx.tr_code(f'probe_fact.{name}')}: {_word(ctx, name, value)}"
        for name, value in result.facts
        if value
    ]
    if result.took_ms:
        took = seconds_text(ctx.texts, result.took_ms)
        told.append(ctx.tr_code("probes.took", seconds=took))
    if result.at_ms:
        told.append(date_time_text(result.at_ms))
    return " · ".join(told)


def _word(ctx: UiContext, name: ProbeFact, value: str) -> str:
    """Return a value in words where it is a code of our own."""
    code = f"crl_outcome.{value}" if name is ProbeFact.LAST_OUTCOME else ""
    return ctx.tr_code(code) if code and ctx.texts.has(code) else value


def _name_subject(ctx: UiContext, result: ProbeResult) -> str:
    """Return which one it is; certificates and lists have names of their own."""
    kind = ctx.tr_code(f"probe_kind.{result.kind.value}")
    code = f"probe_subject.{result.subject}"
    if result.subject and ctx.texts.has(code):
        return ctx.tr_code(code)
    if not result.subject or result.kind in _NAMED:
        return result.subject or kind
    return f"{kind} {result.subject}"


class ProbeList(QWidget):
    """Rows are made once and worded anew; at most 64 are shown.

    again   a row's button asks to try this one (its name) again
    chosen  a row's second button was pressed, of the one of this name
    more    gives the code of a second button; empty: a row has none
    """

    again = Signal(str)
    chosen = Signal(str)

    def __init__(
        self, ctx: UiContext, more: Callable[[ProbeResult], str] = lambda _result: ""
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._more = more
        self._results: tuple[ProbeResult, ...] = ()
        self._running: tuple[str, ...] = ()
        self.rows: list[_ProbeRow] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        ctx.changed.connect(self._rebuild)

    def show_probes(self, results: tuple[ProbeResult, ...], running: tuple[str, ...]) -> None:
        """Show what is known and which of it is being tried; the same again rebuilds nothing."""
        results = results[:_MOST_ROWS]
        if (results, running) != (self._results, self._running):
            self._results, self._running = results, running
            self._rebuild()

    def _rebuild(self) -> None:
        while len(self.rows) < len(self._results):
            row = _ProbeRow(self._ctx, self._grid, 2 * len(self.rows))
            row.button.clicked.connect(lambda _checked=False, each=row: self.again.emit(each.name))
            row.more_button.clicked.connect(
                lambda _checked=False, each=row: self.chosen.emit(each.name)
            )
            self.rows.append(row)
        for row, result in zip(self.rows, self._results, strict=False):
            running = result.name in self._running
            row.show_result(result, more=self._more(result), running=running)
        for row in self.rows[len(self._results) :]:
            row.set_visible(visible=False)


class _ProbeRow:
    """One probe: pill, which one, finding with facts and the next step, a button."""

    def __init__(self, ctx: UiContext, grid: QGridLayout, row: int) -> None:
        self._ctx = ctx
        self.name = ""
        self._has_more = False
        self.pill = Pill(ctx, "status.waiting", Tone.WAIT)
        self.subject = PlainLabel("strong", wrap=True)
        self.subject.setMinimumWidth(_NAME_WIDTH)
        self.finding = PlainLabel("second", wrap=True)
        self.more = PlainLabel("caption", wrap=True)
        self.more.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = ActionButton(ctx, "button.try_again", role=ButtonRole.FLAT)
        self.more_button = ActionButton(ctx, "button.try_again", role=ButtonRole.FLAT)
        for label in (self.subject, self.finding, self.more):
            policy = label.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            label.setSizePolicy(policy)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.pill, row, 0, top)
        grid.addWidget(self.subject, row, 1, top)
        grid.addWidget(self.finding, row, 2)
        grid.addWidget(self.button, row, 3, top)
        grid.addWidget(self.more, row + 1, 1, 1, 2)
        grid.addWidget(self.more_button, row + 1, 3, top)

    def show_result(self, result: ProbeResult, *, more: str, running: bool) -> None:
        """Show a result; while it is tried again the last one stays, without its pill."""
        self._has_more = more != ""
        if more:
            self.more_button.set_code(more)
        ctx = self._ctx
        self.name = result.name
        if running:
            self.pill.set_state("probes.running", Tone.NOW)
        else:
            self.pill.set_state(f"probe_state.{result.state.value}", _TONES[result.state])
        self.subject.setText(_name_subject(ctx, result))
        words = ctx.tr_code(result.code)
        if result.next_step:
            words = f"{words}. {ctx.tr_code(result.next_step)}"
        self.finding.setText(words)
        self.more.setText(facts_line(ctx, result))
        self.button.setEnabled(not running)
        self.button.setAccessibleDescription(self.subject.text())
        self.set_visible(visible=True)

    def set_visible(self, *, visible: bool) -> None:
        """Show or hide the row."""
        for widget in (self.pill, self.subject, self.finding, self.button):
            widget.setVisible(visible)
        self.more.setVisible(visible and self.more.text() != "")
        self.more_button.setVisible(visible and self._has_more)
