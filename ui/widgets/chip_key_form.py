"""What opens a document's chip, typed where the camera cannot read it (ICAO Doc 9303 part 11)."""

import re
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.form import Field
from ui.widgets.key_places import Typing
from ui.widgets.labels import CodeLabel
from workstation.station.commands import ReadChip

__all__ = ["ChipKeyForm", "mrz_date"]

_LONGEST_NUMBER: Final = 10
_LONGEST_DATE: Final = 10
_PRINTED_DATE: Final = re.compile(r"(\d{2})\D?(\d{2})\D?\d{2}(\d{2})", re.ASCII)


def mrz_date(printed: str) -> str:
    """Return YYMMDD of a date as it is printed, DD.MM.YYYY; anything else as it was typed."""
    parts = _PRINTED_DATE.fullmatch(printed)
    return printed if parts is None else f"{parts[3]}{parts[2]}{parts[1]}"


class ChipKeyForm(QWidget):
    """Number, birth date and last day of validity: the chip opens to who holds the document.

    changed  tells that something was typed
    """

    changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.number = Field(
            ctx, "field.document_number", longest=_LONGEST_NUMBER, typing=Typing.LATIN
        )
        self.birth = Field(ctx, "field.birth_date", longest=_LONGEST_DATE, typing=Typing.DIGITS)
        self.expiry = Field(
            ctx, "field.document_expiry", longest=_LONGEST_DATE, typing=Typing.DIGITS
        )
        self.fields = {"number": self.number, "birth": self.birth, "expiry": self.expiry}
        self.hint = CodeLabel(ctx, "document.type_key", "caption", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(12)
        for field in self.fields.values():
            field.edit.textChanged.connect(self.changed)
            field.message.setWordWrap(True)
            row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.hint)
        column.addLayout(row)
        ctx.changed.connect(self._name)
        self._name()

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(field.text() for field in self.fields.values())

    @property
    def complete(self) -> bool:
        """Whether all three were typed."""
        return all(field.text() for field in self.fields.values())

    def command(self) -> ReadChip:
        """Return the command that reads the chip with what was typed; empty fields say nothing."""
        if self.empty:
            return ReadChip()
        birth, expiry = mrz_date(self.birth.text()), mrz_date(self.expiry.text())
        return ReadChip(self.number.text(), birth, expiry)

    def mark(self, wrong: str, code: str) -> None:
        """Say beside the field of that name what is wrong with it; the empty name clears all."""
        for name, field in self.fields.items():
            field.mark(bad=name == wrong, code=code if name == wrong else "")

    def clear(self) -> None:
        """Forget what was typed."""
        for field in self.fields.values():
            field.edit.clear()
            field.mark(bad=False)

    def _name(self) -> None:
        for field in (self.birth, self.expiry):
            field.edit.setPlaceholderText(self._ctx.tr_code("field.date_form"))
