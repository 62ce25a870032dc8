"""What an operation asks for: its fields, made from its definition."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QVBoxLayout

from resources import LANGUAGES
from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.choice_field import ChoiceField
from ui.widgets.form import Field
from ui.widgets.typed_field import MoneyField, TypedField
from workstation.rules.catalogue.fields import FieldDefinition, FieldType, FilledBy
from workstation.station.snapshot import REGISTERED, OperationOffer

__all__ = ["ParametersCard"]

_LONG: Final = frozenset({FieldType.PHONE, FieldType.DOCUMENT})
"""What is said of a mistake in them takes two lines."""
_LINE: Final = 46
"""Characters that one line has on the smallest screen."""


class ParametersCard(Card):
    """Fields are made once and shared by the operations that name them.

    connect  is called once with every field that is made, and its parameter's name
    fields   those of the operation shown, by the parameter's name
    """

    def __init__(self, ctx: UiContext, connect: Callable[[str, Field], None]) -> None:
        super().__init__(ctx, "operation.parameters")
        self._ctx = ctx
        self._connect = connect
        self._made: dict[FieldDefinition, Field] = {}
        self.fields: dict[str, Field] = {}
        self._captions: dict[str, str] = {}
        self._shown: tuple[FieldDefinition, ...] = ()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)

    def show_operation(self, offer: OperationOffer) -> None:
        """Show what an operation asks for, in its order."""
        for widget in self.fields.values():
            widget.hide()
            self._rows.removeWidget(widget)
        own = self._shown = offer.definition.fields
        self.fields = {each.name: self._field(each) for each in own}
        self._captions = {each.name: _code(each) for each in own}
        for widget in self.fields.values():
            self._rows.addWidget(widget)
            widget.show()

    @property
    def filled(self) -> bool:
        """Whether anything stands in a field, be it of an operation that is not shown."""
        return any(field.text() for field in self._made.values())

    def typed(self) -> dict[str, str]:
        """Return what the teller typed into the fields shown, by the parameter's name."""
        own = ((name, each) for name, each in self.fields.items() if not each.fixed)
        return {name: each.edit.text() for name, each in own if each.edit.text()}

    def type_again(self, typed: Mapping[str, str]) -> None:
        """Fill what was typed into empty fields of the same names, as whoever typed it would."""
        for name, text in typed.items():
            field = self.fields.get(name)
            if field is not None and not field.fixed and not field.edit.text():
                field.edit.setText(text)
                field.edit.editingFinished.emit()

    def show_registered(self, values: Mapping[str, str], *, asking: bool) -> None:
        """Fix what the person register says of the fields that the policy lets it fill, masked."""
        for definition in self._shown:
            if definition.filled_by is not FilledBy.REGISTRY or definition.name not in REGISTERED:
                continue
            field, value = self.fields[definition.name], values.get(definition.name, "")
            if value or asking:
                field.fix(value)
                field.mark(bad=False)
            else:
                field.free()
            field.note.set_code("filled_by.registry" if value else "")

    def word(self, name: str, mistake: str) -> str:
        """Return the code of what is said of a mistake: the field's own words, where it has any."""
        own = f"{self._captions.get(name, '')}.error"
        general = mistake.endswith((".missing", ".unchanged"))
        return own if mistake and not general and self._ctx.texts.has(own) else mistake

    def forget(self) -> None:
        """Forget what was typed, of every operation."""
        for field in self._made.values():
            field.free()
            field.edit.clear()

    def _field(self, definition: FieldDefinition) -> Field:
        if definition not in self._made:
            made = _make(self._ctx, definition)
            self._made[definition] = made
            self._connect(definition.name, made)
        return self._made[definition]


def _make(ctx: UiContext, definition: FieldDefinition) -> Field:
    code = _code(definition)
    made: Field
    if definition.type is FieldType.CHOICE:
        made = ChoiceField(ctx, code, definition)
    else:
        money = definition.type is FieldType.MONEY
        made = (MoneyField if money else TypedField)(ctx, code, definition)
    made.keep_room(_count_lines(definition))
    if definition.filled_by is FilledBy.CORE_BANKING:
        made.note.set_code("filled_by.core_banking")
    return made


def _count_lines(definition: FieldDefinition) -> int:
    """Return how many lines are kept for what is said of a mistake."""
    own = () if definition.error is None else (definition.error.text(each) for each in LANGUAGES)
    return 2 if definition.type in _LONG or any(len(each) > _LINE for each in own) else 1


def _code(definition: FieldDefinition) -> str:
    return f"field.{definition.id}"
