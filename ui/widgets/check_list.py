"""Lists of results in one grid: pill, what was checked, why, by which rule, what changes it."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.widgets.pill import TONE_ICON, IconLabel, Pill
from ui.wording import ratio_text, status_tone
from vision.results import QualityFinding, Status
from workstation.documents.change_words import change_code
from workstation.rules.checks import CheckId, CheckName, CheckResult, CheckStatus

__all__ = ["CheckGrid", "FindingList", "fact_line"]

_MOST_FINDINGS: Final = 4
_REASON_WIDTH: Final = 160
_MOST_ADVICE: Final = 1
_LEAST_HEIGHT: Final = 160
_MOST_ROWS: Final = 4 * len(CheckId)


def fact_line(ctx: UiContext, check: CheckResult) -> str:
    """Return the reason in words, with the number and the threshold that judged it."""
    facts = dict(check.facts)
    distance, threshold = facts.get("distance_ppm"), facts.get("threshold_ppm")
    words = ctx.tr_code(check.reason)
    if isinstance(distance, int) and isinstance(threshold, int):
        numbers = ctx.tr_code(
            "fact.distance",
            distance=ratio_text(ctx.texts, distance),
            threshold=ratio_text(ctx.texts, threshold),
        )
        return f"{words} · {numbers}"
    return words


class CheckGrid(QScrollArea):
    """Every check with its pill, what has not passed first; the ones not done yet wait in words.

    A policy may ask for more than a small screen has room for: arrows scroll.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._checks: tuple[CheckResult, ...] = ()
        self._required: tuple[CheckName, ...] = ()
        self._rows: list[_Row] = []
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 3)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for ground in (self.viewport(), content):
            ground.setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_LEAST_HEIGHT)
        ctx.changed.connect(self._rebuild)
        self._rebuild()

    def show_checks(
        self, checks: tuple[CheckResult, ...], required: tuple[CheckName, ...] = ()
    ) -> None:
        """Show the results and, below them, what is required and not there yet."""
        ordered = tuple(sorted(checks, key=lambda each: each.status is CheckStatus.PASSED))
        if (ordered, required) != (self._checks, self._required):
            self._checks, self._required = ordered, required
            self._rebuild()

    def _rebuild(self) -> None:
        done = {check.check for check in self._checks}
        waiting = tuple(check for check in self._required if check not in done)
        # Rows are made once and worded anew: to build sixteen of them takes longer than a page may.
        while len(self._rows) < len(self._checks) + len(waiting):
            self._rows.append(_Row(self._ctx, self._grid, 2 * len(self._rows)))
        for row, check in zip(self._rows, self._checks, strict=False):
            row.show_result(check)
        for row, missing in zip(self._rows[len(self._checks) :], waiting, strict=False):
            row.show_missing(missing)
        for row in self._rows[len(self._checks) + len(waiting) :]:
            row.hide()
        self._grid.setRowStretch(_MOST_ROWS, 1)
        self.setAccessibleName(self._ctx.tr_code("checks.list"))


class _Row:
    """One check: its pill and name, why, by which rule, and below it what would change it."""

    def __init__(self, ctx: UiContext, grid: QGridLayout, row: int) -> None:
        self._ctx = ctx
        self._pill = Pill(ctx, "status.waiting", Tone.WAIT)
        self._name = CodeLabel(ctx, "", "strong", wrap=True)
        self._reason = PlainLabel("second", wrap=True)
        self._reason.setMinimumWidth(_REASON_WIDTH)
        self._rule = PlainLabel("caption")
        self._advice = PlainLabel("caption", wrap=True)
        for label in (self._name, self._reason, self._advice):
            _grow_with_width(label)
        for column, widget in enumerate((self._pill, self._name, self._reason, self._rule)):
            grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._advice, row + 1, 1, 1, 3)

    def show_result(self, check: CheckResult) -> None:
        """Show a check that was made."""
        ctx = self._ctx
        self._pill.set_state(f"status.{check.status.value}", status_tone(check.status))
        self._name.set_code(f"check.{check.check}")
        self._reason.setText(fact_line(ctx, check))
        self._rule.setText(check.rule)
        self._rule.setAccessibleName(ctx.tr_code("checks.rule", rule=check.rule))
        change = change_code(ctx.texts, check)
        advice = ctx.tr_code("checks.change", advice=ctx.tr_code(change)) if change else ""
        self._advice.setText(advice)
        self._set_visible(result=True, advice=advice != "")

    def show_missing(self, check: CheckName) -> None:
        """Show a check that is required and not made yet."""
        self._pill.set_state("status.waiting", Tone.WAIT)
        self._name.set_code(f"check.{check}")
        self._set_visible(result=False, advice=False)

    def hide(self) -> None:
        """Show nothing."""
        self._set_visible(result=False, advice=False)
        self._pill.hide()
        self._name.hide()

    def _set_visible(self, *, result: bool, advice: bool) -> None:
        self._pill.show()
        self._name.show()
        self._reason.setVisible(result)
        self._rule.setVisible(result)
        self._advice.setVisible(advice)


def _grow_with_width(label: QLabel) -> None:
    """Let a label be as high as its lines at the width that it gets, not at its least width."""
    policy = label.sizePolicy()
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)


class FindingList(QWidget):
    """Capture conditions: what is fine in a word, what is not with what to do about it."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._findings: tuple[QualityFinding, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        ctx.changed.connect(self._rebuild)

    def show_findings(self, findings: tuple[QualityFinding, ...]) -> None:
        """Show the conditions; the same verdicts again rebuild nothing."""
        if _verdicts(findings) != _verdicts(self._findings):
            self._findings = findings
            self._rebuild()

    def _rebuild(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        row = 0
        # What needs the teller comes first; the list must not push the footer off a small screen.
        ordered = sorted(self._findings, key=lambda each: each.status is Status.PASSED)
        for position, finding in enumerate(ordered[:_MOST_FINDINGS]):
            passed = finding.status is Status.PASSED
            tone = Tone.OK if passed else Tone.WARN
            icon = IconLabel(self._ctx, TONE_ICON[tone], 20, tone)
            self._grid.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignTop)
            code = f"quality.{finding.code}"
            words = f"{code}.ok" if passed else code
            self._grid.addWidget(CodeLabel(self._ctx, words, wrap=True), row, 1)
            row += 1
            if not passed and position < _MOST_ADVICE:
                advice = CodeLabel(self._ctx, f"{code}.advice", "caption", wrap=True)
                self._grid.addWidget(advice, row, 1)
                row += 1


def _verdicts(findings: tuple[QualityFinding, ...]) -> tuple[tuple[str, Status], ...]:
    return tuple((finding.code, finding.status) for finding in findings)
