"""Banners: the verdict in large letters, and the smaller one that says what happens now."""

from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.pill import IconLabel

__all__ = ["StatusBanner", "VerdictBanner"]

_SENTENCE_WIDTH: Final = 560


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
