"""A field of a form: caption above, message below, both spoken by a screen reader."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.key_places import KeyPlaces, Typing
from ui.widgets.labels import CodeLabel, set_tone

__all__ = ["Field"]


class Field(QWidget):
    """A line edit with a caption; its message names what the core did not accept.

    note    what is said of the text while it is typed, at the other end of the caption's line
    typing  what belongs there: its keys write it in every keyboard layout
    """

    def __init__(
        self, ctx: UiContext, code: str, *, longest: int = 128, typing: Typing = Typing.ANY
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._code = code
        self._hint = ""
        self._typed = ""
        self.caption = CodeLabel(ctx, code, "caption")
        self.edit = QLineEdit()
        self.edit.setMaxLength(longest)
        if typing is not Typing.ANY:
            KeyPlaces(self.edit, typing)
        self.caption.setBuddy(self.edit)
        self.note = CodeLabel(ctx, "", "caption")
        self.message = CodeLabel(ctx, "", "caption")
        self.message.hide()
        set_tone(self.message, Tone.BAD)
        column = self.column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        above = QHBoxLayout()
        above.addWidget(self.caption, 1)
        above.addWidget(self.note)
        column.addLayout(above)
        column.addWidget(self.edit)
        column.addWidget(self.message)
        self._name()
        ctx.changed.connect(self._name)

    @property
    def entries(self) -> tuple[QWidget, ...]:
        """Return what takes the focus, in the order of Tab."""
        return (self.edit,)

    def text(self) -> str:
        """Return what was typed, without the blanks around it."""
        return self.edit.text().strip()

    def set_caption(self, code: str) -> None:
        """Name the field otherwise."""
        self._code = code
        self.caption.set_code(code)
        self._name()

    def set_hint(self, code: str) -> None:
        """Say in the empty line what belongs there."""
        self._hint = code
        self._name()

    def mark(self, *, bad: bool, code: str = "", tone: Tone = Tone.BAD, **values: str) -> None:
        """Show or clear the message under the field; `bad` frames the field, too."""
        set_tone(self.edit, Tone.BAD if bad else Tone.NONE)
        set_tone(self.message, tone)
        before = self.message.text()
        self.message.set_code(code, **values)
        if self.message.text() not in {"", before}:
            self._ctx.announce(f"{self.caption.text()}: {self.message.text()}")
        self.message.setVisible(code != "")
        self._name()

    def fix(self, text: str) -> None:
        """Show a text that somebody vouches for: it is read, not typed, and Tab passes it by."""
        if not self.fixed:
            self._typed = self.edit.text()
        self.edit.setText(text)
        self.edit.setReadOnly(True)
        self.edit.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        set_tone(self.edit, Tone.OK if text else Tone.NONE)

    def free(self) -> None:
        """Let the text be typed again; what was typed before one was fixed comes back."""
        if self.fixed:
            self.edit.setText(self._typed)
            self._typed = ""
            self.edit.setReadOnly(False)
            self.edit.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            set_tone(self.edit, Tone.NONE)

    @property
    def fixed(self) -> bool:
        """Whether the text is not the teller's."""
        return self.edit.isReadOnly()

    def _name(self) -> None:
        self.edit.setAccessibleName(self._ctx.tr_code(self._code))
        self.edit.setPlaceholderText(self._ctx.tr_code(self._hint) if self._hint else "")
        self.edit.setAccessibleDescription(self.message.text())
