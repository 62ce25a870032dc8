"""Fields that write what is typed as people read it: groups of digits, capitals, dots in a date.

Only what is typed is grouped, and the core reads it with or without spaces.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.choice_list import ChoiceList
from ui.widgets.form import Field, count_inserted
from ui.widgets.key_places import Typing
from ui.widgets.labels import PlainLabel
from workstation.rules.catalogue.fields import FieldDefinition, FieldType
from workstation.rules.catalogue.typed import most_typed, tidy_text, tidy_typed

__all__ = ["MoneyField", "TypedField", "group_text"]

_SPACES: Final = re.compile(r"[\s\u00a0\u2009\u202f]+")
_HOME_PHONE: Final = re.compile(r"(\+7|8)(\d{0,3})(\d{0,3})(\d{0,2})(\d{0,2})", re.ASCII)
_DAY: Final = re.compile(r"(\d{2})\.?(\d{1,2})\.?(\d{0,4})", re.ASCII)
_AMOUNT: Final = re.compile(r"(\d+)(.*)", re.ASCII)
_GROUP: Final = 4


def group_text(kind: FieldType, typed: str) -> str:
    """Return what was typed as people read it; what is not understood stays as it is."""
    group = _GROUPS.get(kind)
    return typed if group is None else group(typed)


def _phone(typed: str) -> str:
    found = _HOME_PHONE.fullmatch(_SPACES.sub("", typed))
    return typed if found is None else " ".join(each for each in found.groups() if each)


def _amount(typed: str) -> str:
    found = _AMOUNT.fullmatch(_SPACES.sub("", typed))
    if found is None:
        return typed
    digits, rest = found.groups()
    first = len(digits) % 3
    groups = (digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3)))
    apart = " " if rest[:1].isalpha() else ""
    return " ".join(each for each in groups if each) + apart + rest


def _iban(typed: str) -> str:
    kept = _SPACES.sub("", typed).upper()
    return " ".join(kept[at : at + _GROUP] for at in range(0, len(kept), _GROUP))


def _date(typed: str) -> str:
    found = _DAY.fullmatch(typed)
    return typed if found is None else ".".join(each for each in found.groups() if each)


_GROUPS: Final[Mapping[FieldType, Callable[[str], str]]] = {
    FieldType.PHONE: _phone,
    FieldType.MONEY: _amount,
    FieldType.COUNT: _amount,
    FieldType.IBAN: _iban,
    FieldType.DATE: _date,
    FieldType.DOCUMENT: str.upper,
}
_TYPINGS: Final[Mapping[FieldType, Typing]] = {
    **dict.fromkeys(
        (
            FieldType.PHONE,
            FieldType.MONEY,
            FieldType.COUNT,
            FieldType.IIN,
            FieldType.BIN,
            FieldType.DATE,
        ),
        Typing.DIGITS,
    ),
    FieldType.IBAN: Typing.LATIN,
    FieldType.DOCUMENT: Typing.LATIN,
}


class TypedField(Field):
    """The cursor stays behind the character that was typed or deleted."""

    def __init__(self, ctx: UiContext, code: str, definition: FieldDefinition) -> None:
        typing = _TYPINGS.get(definition.type, Typing.ANY)
        super().__init__(ctx, code, longest=definition.longest, typing=typing)
        self._type = definition.type
        self._names = (definition.label.kk, definition.label.ru, definition.label.en)
        # Room for what is pasted with the value; longer than the value is refused, never cut.
        self.edit.setMaxLength(most_typed(definition.longest))
        if definition.hint is not None:
            self.set_hint(f"{code}.hint")
        elif definition.type is FieldType.DATE:
            self.set_hint("field.date_form")
        self.edit.textEdited.connect(self._group)
        self.edit.editingFinished.connect(self.tidy)

    def tidy(self) -> None:
        """Leave out what does not belong to the value: units, brackets, marks that nobody sees."""
        text = self.edit.text()
        tidied = group_text(self._type, tidy_typed(self._type, text, self._names))
        if tidied != text and not self.fixed:
            self.edit.setText(tidied)

    def _group(self, typed: str) -> None:
        if count_inserted(self.pasted_into, typed) > 1:
            self.tidy()  # Pasted or dropped: it is whole.
            return
        shorter = len(typed) < len(self.pasted_into)
        grouped = group_text(self._type, tidy_text(typed))
        # A dot of a date that has just been deleted would come back at once.
        if grouped == typed or len(grouped) > self.edit.maxLength():
            return
        if shorter and self._type is FieldType.DATE:
            return
        kept = len(_strip_grouping(typed[: self.edit.cursorPosition()]))
        self.edit.setText(grouped)
        self.edit.setCursorPosition(_place(grouped, kept))


class MoneyField(TypedField):
    """An amount, with its currency beside it: chosen where the policy allows several."""

    def __init__(self, ctx: UiContext, code: str, definition: FieldDefinition) -> None:
        super().__init__(ctx, code, definition)
        self._currencies = definition.currencies
        self.currency = ChoiceList()
        self.currency.addItems(list(definition.currencies))
        several = len(definition.currencies) > 1
        single = PlainLabel("second")
        single.setText(definition.currencies[0])
        beside: QWidget = self.currency if several else single
        row = QHBoxLayout()
        row.setSpacing(8)
        place = self.column.indexOf(self.edit)
        self.column.removeWidget(self.edit)
        row.addWidget(self.edit, 1)
        row.addWidget(beside)
        self.column.insertLayout(place, row)
        self.currency.activated.connect(self._retype)
        self.edit.textChanged.connect(self._start_anew)
        ctx.changed.connect(self._name_currency)
        self._name_currency()

    @property
    def entries(self) -> tuple[QWidget, ...]:
        """Return the amount and, where there is a choice, the currency."""
        return (self.edit, self.currency) if len(self._currencies) > 1 else (self.edit,)

    def text(self) -> str:
        """Return amount and currency; empty without an amount, as it is with letters in it."""
        typed = super().text()
        stated = any(each.isalpha() for each in typed)
        if not typed or stated or len(self._currencies) == 1:
            return typed
        return f"{typed} {self.currency.currentText()}"

    def _retype(self, _index: int) -> None:
        self.edit.textEdited.emit(self.edit.text())
        self.edit.editingFinished.emit()

    def _start_anew(self, text: str) -> None:
        if not text:
            self.currency.setCurrentIndex(0)

    def _name_currency(self) -> None:
        self.currency.setAccessibleName(self._ctx.tr_code("field.currency_of_amount"))


def _strip_grouping(text: str) -> str:
    return re.sub(r"[\s.]", "", text)


def _place(text: str, kept: int) -> int:
    """Return the place behind so many characters that are neither space nor dot."""
    seen = 0
    for place, char in enumerate(text):
        if seen == kept:
            return place
        seen += not (char.isspace() or char == ".")
    return len(text)
