"""What is done with an account: one act of a list, and the fields that it needs."""

from typing import Final

from PySide6.QtCore import Signal

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.choice_list import ChoiceList
from ui.widgets.form import Field
from ui.widgets.key_places import Typing
from ui.widgets.labels import CodeLabel
from ui.widgets.secret_field import SecretField
from workstation.rules.parties import Role
from workstation.station.administration_commands import (
    AdministrationCommand,
    StageAccount,
    StageDisabling,
    StageRole,
    StageSecret,
    StateStaffIin,
    UnlockAccount,
)

__all__ = ["StaffForm"]

_FIELDS: Final = {
    "add": ("number", "name", "role", "secret", "again"),
    "role": ("number", "role", "secret", "again"),
    "secret": ("number", "secret", "again"),
    "disable": ("number",),
    "unlock": ("number",),
    "iin": ("number", "iin"),
}
"""The acts, and which fields each needs."""


class StaffForm(Card):
    """The secret is typed twice, by the person whom it is for; `changed`: something differs."""

    changed = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "staff.form")
        self._ctx = ctx
        self.act, self.role = ChoiceList(), ChoiceList()
        self.act.addItems(["" for _ in _FIELDS])
        self.role.addItems(["" for _ in Role])
        self.act_caption = CodeLabel(ctx, "staff.act", "caption")
        self.role_caption = CodeLabel(ctx, "staff.column.role", "caption")
        self.hint = CodeLabel(ctx, "", "second", wrap=True)
        self.number = Field(ctx, "staff.column.id", longest=32, typing=Typing.LATIN)
        self.name = Field(ctx, "staff.column.name", longest=100)
        self.secret = SecretField(ctx, "staff.secret")
        self.again = SecretField(ctx, "staff.again")
        self.iin = Field(ctx, "field.iin", longest=12, typing=Typing.DIGITS)
        for caption, choice in ((self.act_caption, self.act), (self.role_caption, self.role)):
            caption.setBuddy(choice)
        for widget in (
            *(self.act_caption, self.act, self.hint, self.number, self.name),
            *(self.role_caption, self.role, self.secret, self.again, self.iin),
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        for field in (self.number, self.name, self.secret, self.again, self.iin):
            field.edit.textChanged.connect(self._judge)
        self.act.currentIndexChanged.connect(self._show)
        ctx.changed.connect(self._word)
        self._word()
        self._show()

    @property
    def chosen(self) -> str:
        """Return which act is chosen."""
        return tuple(_FIELDS)[max(0, self.act.currentIndex())]

    def choose(self, act: str) -> None:
        """Choose an act."""
        self.act.setCurrentIndex(tuple(_FIELDS).index(act))

    @property
    def filled(self) -> bool:
        """Whether nothing is missing, and the secret is the same twice."""
        needed = _FIELDS[self.chosen]
        fields = {"number": self.number, "name": self.name, "iin": self.iin, "secret": self.secret}
        whole = all(field.text() for name, field in fields.items() if name in needed)
        return whole and ("again" not in needed or self.secret.text() == self.again.text())

    def name_account(self, number: str) -> None:
        """Take the number of the row that was chosen, unless a new account is typed."""
        if self.chosen != "add":
            self.number.edit.setText(number)

    def take(self) -> AdministrationCommand:
        """Return what is asked for, and forget the secret."""
        number, role = self.number.text(), tuple(Role)[max(0, self.role.currentIndex())]
        secret = self.secret.take()
        self.again.edit.clear()
        match self.chosen:
            case "add":
                return StageAccount(number, self.name.text(), role, secret)
            case "role":
                return StageRole(number, role, secret)
            case "secret":
                return StageSecret(number, secret)
            case "disable":
                return StageDisabling(number)
            case "unlock":
                return UnlockAccount(number)
            case _:
                iin = self.iin.text()
                self.iin.edit.clear()
                return StateStaffIin(number, iin)

    def clear(self) -> None:
        """Forget what was typed."""
        for field in (self.number, self.name, self.secret, self.again, self.iin):
            field.edit.clear()

    def _judge(self) -> None:
        typed = self.secret.text() and self.again.text()
        other = bool(typed) and self.secret.text() != self.again.text()
        self.again.mark(bad=other, code="staff.secrets_differ" if other else "")
        self.changed.emit()

    def _show(self) -> None:
        needed = _FIELDS[self.chosen]
        self.hint.set_code(f"staff.hint.{self.chosen}")
        for name in ("number", "name", "secret", "again", "iin"):
            getattr(self, name).setVisible(name in needed)
        for widget in (self.role_caption, self.role):
            widget.setVisible("role" in needed)
        self.changed.emit()

    def _word(self) -> None:
        tr = self._ctx.tr_code
        for index, act in enumerate(_FIELDS):
            self.act.setItemText(index, tr(f"staff.act.{act}"))
        for index, role in enumerate(Role):
            self.role.setItemText(index, tr(f"role.{role.value}"))
        self.act.setAccessibleName(tr("staff.act"))
        self.role.setAccessibleName(tr("staff.column.role"))
