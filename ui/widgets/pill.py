"""Status in one glance: icon, word and tint say the same thing."""

from typing import Final

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, set_tone

__all__ = ["TONE_ICON", "IconLabel", "Pill"]

TONE_ICON: Final = {
    Tone.OK: "check",
    Tone.WARN: "triangle-alert",
    Tone.BAD: "x",
    Tone.NOW: "clock",
    Tone.WAIT: "circle",
}
_TONE_COLOUR: Final = {
    Tone.OK: "ok",
    Tone.WARN: "warn",
    Tone.BAD: "bad",
    Tone.NOW: "primary",
    Tone.WAIT: "text2",
}


class IconLabel(QLabel):
    """An icon of a size in the colour of a tone, which a screen reader says as a word.

    Without a tone it is decoration and has no name.
    """

    def __init__(self, ctx: UiContext, name: str, size: int, tone: Tone = Tone.WAIT) -> None:
        super().__init__()
        self._ctx = ctx
        self._name = name
        self._size = size
        self._tone = tone
        self.setFixedSize(size, size)
        self._show()
        ctx.changed.connect(self._show)

    def set_icon(self, name: str, tone: Tone) -> None:
        """Show another icon or tone."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self._show()

    def _show(self) -> None:
        colour = self._ctx.theme.colour(_TONE_COLOUR[self._tone])
        ratio = self.devicePixelRatioF()
        meant = self._tone not in {Tone.WAIT, Tone.NONE}
        self.setAccessibleName(self._ctx.tr_code(f"tone.{self._tone.value}") if meant else "")
        self.setPixmap(self._ctx.icons.pixmap(self._name, colour, self._size, ratio))


class Pill(QFrame):
    """A small tinted box with an icon and a word; it never stretches."""

    def __init__(self, ctx: UiContext, code: str = "", tone: Tone = Tone.WAIT) -> None:
        super().__init__()
        self.setObjectName("tint")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 10, 2)
        row.setSpacing(6)
        self._icon = IconLabel(ctx, TONE_ICON[tone], 16, tone)
        self.label = CodeLabel(ctx, code, "strong")
        row.addWidget(self._icon)
        row.addWidget(self.label)
        self.set_state(code, tone)

    def set_state(self, code: str, tone: Tone, /, **values: str | int) -> None:
        """Show another word and tone."""
        self.label.set_code(code, **values)
        self._icon.set_icon(TONE_ICON[tone], tone)
        set_tone(self, tone)
        set_tone(self.label, tone)
