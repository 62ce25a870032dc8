"""What will be checked of this customer, in order, with the rule that demands it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel, as_tooltip, set_tone
from ui.widgets.pill import IconLabel
from ui.widgets.scrolling import scroll_area
from workstation.station.foreseen import ForeseenCheck

__all__ = ["ForeseenCard"]

_ICON = 16
_RULE = 36


class ForeseenCard(Card):
    """One line a check; what an answer may still make unnecessary is marked and said to be so.

    checks  those that are shown, in order
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "foreseen.title")
        self._ctx = ctx
        self.checks: tuple[ForeseenCheck, ...] = ()
        self._rows: list[tuple[QWidget, IconLabel, CodeLabel, CodeLabel]] = []
        self._lines = QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 8, 0)
        self._lines.setSpacing(3)
        self._lines.addStretch(1)
        self.area = scroll_area(self._lines, on_card=True)
        self.hint = CodeLabel(ctx, "foreseen.possible_hint", "caption", wrap=True)
        self.body.addWidget(self.area, 1)
        self.body.addWidget(self.hint)
        ctx.changed.connect(self._word)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def show_checks(self, checks: tuple[ForeseenCheck, ...]) -> None:
        """Show what will be checked; the same again changes nothing."""
        if checks == self.checks:
            return
        self.checks = checks
        while len(self._rows) < len(checks):
            self._add_row()
        for place, (line, icon, name, rule) in enumerate(self._rows):
            shown = place < len(checks)
            if shown:
                each = checks[place]
                # No tick: nothing of it has been done.
                icon.set_icon("circle-dot" if each.certain else "circle", Tone.WAIT)
                name.set_code(f"check.{each.check}")
                set_tone(name, Tone.NONE, "body" if each.certain else "second")
                # The number of the rule has room; which part of it is told to who asks.
                rule.set_code("foreseen.rule", rule=each.rule.split(".", 1)[0])
                rule.setToolTip(as_tooltip(each.rule))
            line.setVisible(shown)
        self.hint.setVisible(any(not each.certain for each in checks))
        self._word()

    @property
    def names(self) -> tuple[CodeLabel, ...]:
        """Return the names of the checks that are shown, in order."""
        return tuple(name for _, _, name, _ in self._rows[: len(self.checks)])

    def _word(self) -> None:
        """Tell a screen reader in one breath what stands in three columns."""
        self.area.setAccessibleName(self._ctx.tr_code("foreseen.title"))
        for each, name in zip(self.checks, self.names, strict=True):
            code = "foreseen.certain_spoken" if each.certain else "foreseen.possible_spoken"
            words = self._ctx.tr_code(f"check.{each.check}")
            name.setAccessibleName(self._ctx.tr_code(code, check=words, rule=each.rule))

    def _add_row(self) -> None:
        icon = IconLabel(self._ctx, "circle", _ICON)
        name, rule = CodeLabel(self._ctx, wrap=True), CodeLabel(self._ctx, "", "caption")
        rule.setMinimumWidth(_RULE)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget, stretch in ((icon, 0), (name, 1), (rule, 0)):
            row.addWidget(widget, stretch, Qt.AlignmentFlag.AlignTop)
        self._lines.insertWidget(len(self._rows), line)
        self._rows.append((line, icon, name, rule))
