"""The rail on the left: every step in words, as the evidence has it."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import STEPS, Page
from ui.steps import StepState
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, set_tone

__all__ = ["StepMarker", "StepRail"]


_TONES: Final = {
    StepState.DONE: Tone.OK,
    StepState.NOW: Tone.NOW,
    StepState.FAILED: Tone.BAD,
    StepState.UNDECIDED: Tone.WARN,
}
_ICONS: Final = {Tone.OK: "check", Tone.BAD: "x", Tone.WARN: "triangle-alert"}
_FILLS: Final = {Tone.OK: "ok", Tone.BAD: "bad", Tone.WARN: "warn", Tone.NOW: "primary"}


class StepMarker(QWidget):
    """A disc of 24 pixels: a sign of how the step ended, its number otherwise."""

    def __init__(self, ctx: UiContext, number: int) -> None:
        super().__init__()
        self._ctx = ctx
        self._number = number
        self._tone: Tone = Tone.WAIT
        self.setFixedSize(26, 26)

    def set_tone(self, tone: Tone) -> None:
        """Show another tone."""
        if tone is not self._tone:
            self._tone = tone
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the disc, with a sign or the number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._ctx.theme
        disc = QRectF(1.5, 1.5, 23, 23)
        ink: QColor
        if self._tone is Tone.WAIT:
            painter.setPen(QPen(theme.colour("edge"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ink = theme.colour("text2")
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(_FILLS[self._tone]))
            ink = theme.colour("on_primary" if self._tone is Tone.NOW else "surface")
        painter.drawEllipse(disc)
        icon = _ICONS.get(self._tone)
        if icon is not None:
            sign = self._ctx.icons.pixmap(icon, ink, 16, self.devicePixelRatioF())
            painter.drawPixmap(5, 5, sign)
        else:
            font = self.font()
            font.setPixelSize(13)
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(ink)
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


class _Step(QFrame):
    def __init__(self, ctx: UiContext, number: int, page: Page) -> None:
        super().__init__()
        self.setObjectName("tint")
        self.shown: StepState | None = None
        self.marker = StepMarker(ctx, number)
        self.name = CodeLabel(ctx, f"step.{page.value}")
        self.state = CodeLabel(ctx, "", "caption")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.state)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(12)
        row.addWidget(self.marker, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        self.setFixedHeight(ctx.theme.scaled(46))
        ctx.changed.connect(self._name_step)
        self.set_state(StepState.AHEAD)

    def set_state(self, state: StepState) -> None:
        if state is self.shown:
            return
        self.shown = state
        tone = _TONES.get(state, Tone.WAIT)
        now = state is StepState.NOW
        self.marker.set_tone(tone)
        set_tone(self, Tone.NOW if now else Tone.NONE)
        set_tone(self.name, Tone.NONE, "strong" if now else "body")
        self.state.set_code("" if state is StepState.AHEAD else f"rail.{state.value}")
        self.state.setVisible(state is not StepState.AHEAD)
        set_tone(self.state, tone)
        self._name_step()

    def _name_step(self) -> None:
        """Say to a screen reader what the eye is shown."""
        parts = (self.name.text(), self.state.text())
        self.setAccessibleName(": ".join(part for part in parts if part))


class StepRail(QFrame):
    """The eight steps and, at the bottom, the keys that always work."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(ctx.theme.scaled(232))
        self.steps = tuple(_Step(ctx, number, page) for number, page in enumerate(STEPS, 1))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 14, 10, 12)
        column.setSpacing(4)
        heading = CodeLabel(ctx, "rail.title", "caption")
        heading.setContentsMargins(12, 0, 0, 2)
        column.addWidget(heading)
        for step in self.steps:
            column.addWidget(step)
        column.addStretch(1)
        for code in ("rail.help", "rail.lock"):
            line = CodeLabel(ctx, code, "caption")
            line.setContentsMargins(12, 0, 0, 0)
            column.addWidget(line)

    def show_steps(self, states: tuple[StepState, ...]) -> None:
        """Show the state of each of STEPS."""
        for step, state in zip(self.steps, states, strict=True):
            step.set_state(state)
