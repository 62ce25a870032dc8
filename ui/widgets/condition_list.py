"""How a document that is held before the camera can be read: one line a condition, told at once."""

from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.pill import IconLabel

__all__ = ["ConditionList"]

_MOST: Final = 6


class ConditionList(QWidget):
    """What is fine in a word, what is not in what to do about it; its lines are made once."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self.lines: list[tuple[IconLabel, CodeLabel]] = []
        for line in range(_MOST):
            icon, words = IconLabel(ctx, "circle", 20), CodeLabel(ctx)
            grid.addWidget(icon, line, 0)
            grid.addWidget(words, line, 1)
            self.lines.append((icon, words))

    def show_conditions(self, conditions: tuple[tuple[str, bool], ...]) -> None:
        """Show the conditions in their order: (code, whether it is met)."""
        for line, (icon, words) in enumerate(self.lines):
            shown = line < len(conditions)
            if shown:
                code, met = conditions[line]
                icon.set_icon(*(("check", Tone.OK) if met else ("triangle-alert", Tone.WARN)))
                words.set_code(f"document_condition.{code}" + ("" if met else ".not"))
                set_tone(words, Tone.NONE if met else Tone.WARN)
            icon.setVisible(shown)
            words.setVisible(shown)
        self.setVisible(bool(conditions))
