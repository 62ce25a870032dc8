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
_REASON_WIDTH: Final = 190
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
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        done = {check.check for check in self._checks}
        for place, check in enumerate(self._checks):
            tone = status_tone(check.status)
            self._row(2 * place, f"status.{check.status.value}", tone, check.check)
            self._ground(2 * place, check)
        waiting = (check for check in self._required if check not in done)
        for row, missing in enumerate(waiting, 2 * len(self._checks)):
            self._row(row, "status.waiting", Tone.WAIT, missing)
        self._grid.setRowStretch(_MOST_ROWS, 1)
        self.setAccessibleName(self._ctx.tr_code("checks.list"))

    def _ground(self, row: int, check: CheckResult) -> None:
        """Say why, by which rule, and below it what would change a result that has not passed."""
        reason = PlainLabel("second", wrap=True)
        reason.setMinimumWidth(_REASON_WIDTH)
        _grow_with_width(reason)
        reason.setText(fact_line(self._ctx, check))
        self._grid.addWidget(reason, row, 2, Qt.AlignmentFlag.AlignVCenter)
        rule = PlainLabel("caption")
        rule.setText(check.rule)
        rule.setAccessibleName(self._ctx.tr_code("checks.rule", rule=check.rule))
        self._grid.addWidget(rule, row, 3, Qt.AlignmentFlag.AlignVCenter)
        change = change_code(self._ctx.texts, check)
        if change:
            advice = PlainLabel("caption", wrap=True)
            _grow_with_width(advice)
            words = self._ctx.tr_code(change)
            advice.setText(self._ctx.tr_code("checks.change", advice=words))
            self._grid.addWidget(advice, row + 1, 1, 1, 3)

    def _row(self, row: int, word: str, tone: Tone, check: CheckName) -> None:
        self._grid.addWidget(Pill(self._ctx, word, tone), row, 0, Qt.AlignmentFlag.AlignVCenter)
        name = CodeLabel(self._ctx, f"check.{check}", "strong", wrap=True)
        _grow_with_width(name)
        self._grid.addWidget(name, row, 1, Qt.AlignmentFlag.AlignVCenter)


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
