"""A field of a form: caption above, message below, both spoken by a screen reader."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.key_places import KeyPlaces, Typing
from ui.widgets.labels import CodeLabel, set_tone
from workstation.rules.catalogue.fields import FieldType
from workstation.rules.catalogue.typed import most_typed, tidy_typed

__all__ = ["Field", "count_inserted"]


class Field(QWidget):
    """A line edit with a caption; its message names what the core did not accept.

    note    what is said of the text while it is typed, at the other end of the caption's line
    typing  what belongs there: its keys write it in every keyboard layout
    pasted_into  the text of before its newest change
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
        self.pasted_into = self._text = ""
        self.edit.textChanged.connect(self._remember)
        column = self.column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
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

    def take_whole(self, kind: FieldType, longest: int) -> None:
        """Take what is pasted whole and tidy it; longer than the value is refused, never cut."""
        self.edit.setMaxLength(most_typed(longest))
        self.edit.textEdited.connect(partial(self._tidy_typed, kind))

    def _tidy_typed(self, kind: FieldType, typed: str) -> None:
        tidied = tidy_typed(kind, typed)
        if tidied != typed:
            behind = len(typed) - self.edit.cursorPosition()
            self.edit.setText(tidied)
            self.edit.setCursorPosition(max(0, len(tidied) - behind))

    def keep_room(self, lines: int = 1) -> None:
        """Keep room for the message, so that nothing below moves when it comes or goes."""
        kept = self.message.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.message.setSizePolicy(kept)
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message.setMinimumHeight(lines * self.message.fontMetrics().lineSpacing())

    def _remember(self, text: str) -> None:
        """Keep the text of before the newest change: what a paste was pasted into."""
        self.pasted_into, self._text = self._text, text

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


def count_inserted(before: str, after: str) -> int:
    """Return how many characters came in at once between two texts: one a key, more if pasted."""
    begun = _count_shared(before, after)
    ended = _count_shared(before[begun:][::-1], after[begun:][::-1])
    return len(after) - begun - ended


def _count_shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
