"""Fields for what a step asks: a text, a secret, a folder, files that may be dropped, a choice."""

from pathlib import Path
from typing import Final

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from ui.context import UiContext
from ui.widgets.buttons import ActionButton, ChoiceButton
from ui.widgets.dialogs import open_dialog
from ui.widgets.form import Field
from workstation.first_start.answers import AnswerKind, AskedField

__all__ = ["AnswerField", "ChoiceAnswer", "PathAnswer", "create_answer"]

_LONGEST: Final = 4000
_BETWEEN: Final = ";"
"""Between the paths of several files; no name that a person gives holds it."""

_PATHS: Final = frozenset({AnswerKind.FOLDER, AnswerKind.FILE, AnswerKind.FILES})


class AnswerField(Field):
    """A text or a secret; what stands in the settings already stands in it."""

    def __init__(self, ctx: UiContext, asked: AskedField) -> None:
        super().__init__(ctx, f"set_up_field.{asked.name}", longest=_LONGEST)
        self.asked = asked
        self.message.setWordWrap(True)
        if asked.kind is AnswerKind.SECRET:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
            self.edit.setAcceptDrops(False)

    def answer(self) -> str | tuple[str, ...]:
        """Return what stands in the field."""
        return self.text()

    def fill(self, value: str) -> None:
        """Show a value that is known already."""
        self.edit.setText(value)


class PathAnswer(AnswerField):
    """A path that is typed, chosen or dropped; of files several."""

    def __init__(self, ctx: UiContext, asked: AskedField) -> None:
        super().__init__(ctx, asked)
        self.choose_button = ActionButton(ctx, "button.set_up_choose", icon="folder-open")
        self.choose_button.clicked.connect(self._choose)
        self.column.removeWidget(self.edit)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.choose_button)
        self.column.insertLayout(1, row)
        self.edit.setAcceptDrops(False)
        self.setAcceptDrops(True)

    def answer(self) -> str | tuple[str, ...]:
        """Return the path, or of files each."""
        if self.asked.kind is AnswerKind.FOLDER:
            return self.text()
        found = (each.strip() for each in self.text().split(_BETWEEN))
        return tuple(each for each in found if each)

    def take(self, paths: list[str]) -> None:
        """Show paths that were chosen or dropped; where several may be, behind those there."""
        several = self.asked.kind is AnswerKind.FILES
        before = list(self.answer()) if several else []
        new = [*before, *(each for each in paths if each not in before)] if several else paths[:1]
        self.edit.setText(f"{_BETWEEN} ".join(new))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files of this machine."""
        if any(each.isLocalFile() for each in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        dropped = [each.toLocalFile() for each in event.mimeData().urls() if each.isLocalFile()]
        self.take(dropped)
        event.acceptProposedAction()

    def _choose(self) -> None:
        title, start = self._ctx.tr_code(f"set_up_field.{self.asked.name}"), self._ctx.folder
        dialog = QFileDialog(self.window(), title, start or str(Path.home()))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        if self.asked.kind is AnswerKind.FOLDER:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        elif self.asked.kind is AnswerKind.FILES:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.filesSelected.connect(self._chosen)
        open_dialog(self._ctx, dialog)

    def _chosen(self, paths: list[str]) -> None:
        if paths:
            self._ctx.folder = str(Path(paths[0]).parent)
            self.take(paths)


class ChoiceAnswer(AnswerField):
    """One of a few, each a button."""

    def __init__(self, ctx: UiContext, asked: AskedField) -> None:
        super().__init__(ctx, asked)
        self.edit.hide()
        self._group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        for index, code in enumerate(asked.choices):
            button = ChoiceButton(ctx, f"set_up_choice.{code}")
            self._group.addButton(button, index)
            row.addWidget(button)
        row.addStretch(1)
        self.column.insertLayout(2, row)
        self.fill(asked.choices[0])

    @property
    def entries(self) -> tuple[QWidget, ...]:
        """Return what takes the focus."""
        return tuple(self._group.buttons())

    def answer(self) -> str | tuple[str, ...]:
        """Return the code that is chosen."""
        return self.asked.choices[self._group.checkedId()]

    def fill(self, value: str) -> None:
        """Choose a code; one that is none of these changes nothing."""
        if value in self.asked.choices:
            self._group.button(self.asked.choices.index(value)).setChecked(True)


def create_answer(ctx: UiContext, asked: AskedField) -> AnswerField:
    """Return the field for what is asked."""
    if asked.kind in _PATHS:
        return PathAnswer(ctx, asked)
    return ChoiceAnswer(ctx, asked) if asked.kind is AnswerKind.CHOICE else AnswerField(ctx, asked)
