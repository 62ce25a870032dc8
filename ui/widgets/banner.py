"""Banners: the verdict in large letters, and the smaller one that says what happens now."""

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.widgets.pill import IconLabel
from ui.wording import duration_text

__all__ = ["StatusBanner", "VerdictBanner"]

_SENTENCE_WIDTH: Final = 560
_SECOND_MS: Final = 1000


class VerdictBanner(QFrame):
    """Icon of 48 pixels, the verdict, and one sentence: word, icon and tint agree."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.setObjectName("tint")
        self.icon = IconLabel(ctx, "clock", 48, Tone.WAIT)
        self.verdict = CodeLabel(ctx, "", "verdict")
        self.sentence = CodeLabel(ctx, "", "lead", wrap=True)
        self.sentence.setMinimumWidth(_SENTENCE_WIDTH)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.verdict)
        words.addWidget(self.sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 8, 24, 8)
        row.setSpacing(24)
        row.addWidget(self.icon)
        row.addLayout(words, 1)

    def show_verdict(
        self, icon: str, tone: Tone, verdict: str, sentence: str, **values: str
    ) -> None:
        """Show codes of the verdict and of the sentence under it, with what the latter names."""
        before = self._words()
        self.icon.set_icon(icon, tone)
        self.verdict.set_code(verdict)
        self.sentence.set_code(sentence, **values)
        if self._words() != before:
            self._ctx.announce(self._words(), urgent=True)
        set_tone(self, tone)
        set_tone(self.verdict, tone)

    def _words(self) -> str:
        return f"{self.verdict.text()}. {self.sentence.text()}"


class StatusBanner(QFrame):
    """One line that says what is going on.

    inline  smaller, beside a page's title
    elapsed how long it has been waited for, counted while `counting`: a sign that work goes on
    """

    def __init__(self, ctx: UiContext, *, inline: bool = False) -> None:
        super().__init__()
        self._ctx = ctx
        self.setObjectName("tint")
        self.icon = IconLabel(ctx, "clock", 20, Tone.NOW)
        self.words = CodeLabel(ctx, "", "strong" if inline else "banner", wrap=True)
        row = QHBoxLayout(self)
        upright = 4 if inline else 10
        row.setContentsMargins(16, upright, 16, upright)
        row.setSpacing(12)
        row.addWidget(self.icon)
        row.addWidget(self.words, 1)
        self.elapsed = PlainLabel("strong")
        row.addWidget(self.elapsed)
        self._since_ms: int | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(_SECOND_MS)
        self._clock.timeout.connect(self._count)

    def count(self, *, counting: bool) -> None:
        """Begin to count the seconds, or stop; a count that runs goes on."""
        if counting is (self._since_ms is not None):
            return
        self._since_ms = self._ctx.now_ms() if counting else None
        self.elapsed.setText("")
        if counting:
            self._clock.start()
        else:
            self._clock.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop: what is waited for when it is shown again is counted anew."""
        super().hideEvent(event)
        self.count(counting=False)

    def _count(self) -> None:
        """Show the seconds, from the first whole one on."""
        if self._since_ms is not None:
            self.elapsed.setText(duration_text(self._ctx.now_ms() - self._since_ms))

    def show_status(self, tone: Tone, code: str, icon: str = "", **values: str | int) -> None:
        """Show a code with its values; the empty one hides the banner."""
        names = {
            Tone.OK: "circle-check",
            Tone.WARN: "triangle-alert",
            Tone.BAD: "octagon-x",
            Tone.NOW: "clock",
        }
        before = self.words.text()
        self.icon.set_icon(icon or names.get(tone, "info"), tone)
        self.words.set_code(code, **values)
        set_tone(self, tone)
        set_tone(self.words, tone)
        self.setVisible(code != "")
        if self.words.text() != before:
            self._ctx.announce(self.words.text(), urgent=tone in {Tone.WARN, Tone.BAD})
