"""A field of a form: caption above, message below, both spoken by a screen reader."""

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.labels import CodeLabel, set_tone

__all__ = ["Field"]


class Field(QWidget):
    """A line edit with a caption; its message names what the core did not accept."""

    def __init__(self, ctx: UiContext, code: str, *, longest: int = 128) -> None:
        super().__init__()
        self._ctx = ctx
        self._code = code
        self.caption = CodeLabel(ctx, code, "caption")
        self.edit = QLineEdit()
        self.edit.setMaxLength(longest)
        self.caption.setBuddy(self.edit)
        self.message = CodeLabel(ctx, "", "caption")
        self.message.hide()
        set_tone(self.message, Tone.BAD)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.caption)
        column.addWidget(self.edit)
        column.addWidget(self.message)
        self._name()
        ctx.changed.connect(self._name)

    def text(self) -> str:
        """Return what was typed, without the blanks around it."""
        return self.edit.text().strip()

    def set_caption(self, code: str) -> None:
        """Name the field otherwise."""
        self._code = code
        self.caption.set_code(code)
        self._name()

    def mark(self, *, bad: bool, code: str = "") -> None:
        """Show or clear the message under the field."""
        set_tone(self.edit, Tone.BAD if bad else Tone.NONE)
        self.message.set_code(code)
        self.message.setVisible(code != "")
        self._name()

    def _name(self) -> None:
        self.edit.setAccessibleName(self._ctx.tr_code(self._code))
        self.edit.setAccessibleDescription(self.message.text())
