"""The rail of the set-up: every step, which are done and which one is shown."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.step_rail import StepMarker
from workstation.first_start.progress import SetUpStep

__all__ = ["SetUpRail"]


class _RailStep(QFrame):
    def __init__(self, ctx: UiContext, number: int, step: SetUpStep) -> None:
        super().__init__()
        self.setObjectName("tint")
        self._ctx = ctx
        self.marker = StepMarker(ctx, number)
        self.name = CodeLabel(ctx, f"set_up_title.{step.value}")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(12)
        row.addWidget(self.marker, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.name, 1)
        self.setFixedHeight(ctx.theme.scaled(32))

    def show_state(self, *, done: bool, now: bool) -> None:
        """Mark the step."""
        tone = Tone.NOW if now else Tone.OK if done else Tone.WAIT
        self.marker.set_tone(tone)
        set_tone(self, Tone.NOW if now else Tone.NONE)
        set_tone(self.name, Tone.NONE, "strong" if now else "body")
        said = "now" if now else "done" if done else ""
        state = self._ctx.tr_code(f"rail.{said}") if said else ""
        self.setAccessibleName(": ".join(each for each in (self.name.text(), state) if each))


class SetUpRail(QFrame):
    """The steps from top to bottom."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(ctx.theme.scaled(280))
        self._steps = {
            step: _RailStep(ctx, number, step) for number, step in enumerate(SetUpStep, 1)
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 16, 8, 16)
        column.setSpacing(2)
        for each in self._steps.values():
            column.addWidget(each)
        column.addStretch(1)

    def show_progress(self, done: frozenset[SetUpStep], now: SetUpStep) -> None:
        """Mark what is done and what is shown."""
        for step, row in self._steps.items():
            row.show_state(done=step in done, now=step is now)
