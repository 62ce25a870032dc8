"""A field of a form whose answer is one of a few: chosen from a list, never typed."""

from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.widgets.choice_list import ChoiceList
from ui.widgets.form import Field
from workstation.rules.catalogue.fields import FieldDefinition

__all__ = ["ChoiceField"]


class ChoiceField(Field):
    """The line of the field holds the id of what is chosen and is not shown."""

    def __init__(self, ctx: UiContext, code: str, definition: FieldDefinition) -> None:
        super().__init__(ctx, code, longest=definition.longest)
        self._ids = ("", *(each.id for each in definition.choices))
        self._codes = tuple(f"choice.{definition.id}.{each.id}" for each in definition.choices)
        self.list = ChoiceList()
        self.list.addItems(["" for _ in self._ids])
        self.edit.hide()
        self.caption.setBuddy(self.list)
        self.column.insertWidget(self.column.indexOf(self.edit), self.list)
        self.list.activated.connect(self._choose)
        self.edit.textChanged.connect(self._show_chosen)
        ctx.changed.connect(self._word)
        self._word()

    @property
    def entries(self) -> tuple[QWidget, ...]:
        """Return the list."""
        return (self.list,)

    def _choose(self, index: int) -> None:
        self.edit.setText(self._ids[index])
        self.edit.textEdited.emit(self._ids[index])

    def _show_chosen(self, chosen: str) -> None:
        self.list.setCurrentIndex(self._ids.index(chosen) if chosen in self._ids else 0)

    def _word(self) -> None:
        for index, code in enumerate(self._codes, 1):
            self.list.setItemText(index, self._ctx.tr_code(code))
        self.list.setAccessibleName(self.caption.text())
