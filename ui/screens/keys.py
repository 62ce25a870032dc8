"""Keys: which private keys there are, how old, who could read them; rotation and sealing."""

import re

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.office_screen import OfficeScreen
from ui.widgets.buttons import Action, ActionButton, ButtonRole
from ui.widgets.card import Card
from ui.widgets.confirm import ask
from ui.widgets.figure_table import FigureTable
from ui.widgets.labels import CodeLabel
from ui.widgets.secret_field import SecretField
from ui.wording import count_text, date_text
from workstation.administration.view import AdministrationView, KeyRow
from workstation.station.administration_commands import (
    AdministrationCommand,
    PreparePermitKey,
    ResealKeys,
    RotateLogKey,
    SwitchPermitKey,
)

__all__ = ["KeysScreen"]

_DAY_MS = 86_400_000
_SEALED = "sealed"
_NAME = re.compile(r"([a-z]+)(?:-([0-9]+))?(?:\.[a-z]+)?")


class KeysScreen(OfficeScreen):
    """No key is ever shown, only that it is there; a permit key is replaced in two steps."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.keys", Route.KEYS)
        self.kind = CodeLabel(ctx, "", "second", wrap=True)
        self.table = FigureTable(
            ctx,
            "section.keys",
            [f"keys.column.{name}" for name in ("name", "since", "age", "state")],
            words=4,
        )
        card, told = Card(ctx, "keys.card"), Card(ctx, "keys.core_banking")
        card.body.addWidget(self.kind)
        card.body.addWidget(self.table)
        told.body.addWidget(CodeLabel(ctx, "keys.core_banking_text", "second", wrap=True))
        self.seal = Card(ctx, "keys.reseal")
        self.present = SecretField(ctx, "keys.passphrase")
        self.chosen = SecretField(ctx, "keys.new_passphrase")
        self.again = SecretField(ctx, "keys.passphrase_again")
        self.button = ActionButton(ctx, "button.reseal", "F7")
        self.seal.body.addWidget(CodeLabel(ctx, "keys.reseal_text", "second", wrap=True))
        for field in (self.present, self.chosen, self.again):
            self.seal.body.addWidget(field)
            field.edit.textChanged.connect(self._judge)
        self.seal.body.addWidget(self.button)
        self.button.clicked.connect(self._reseal)
        self._judge()
        self.lay_out((card, told), (self.seal,), card)

    @property
    def _waiting(self) -> bool:
        return any(each.waits for each in self.view.keys)

    @property
    def _sealable(self) -> bool:
        typed, again = self.chosen.text(), self.again.text()
        return bool(self.present.text() and typed) and typed == again

    def show_view(self, view: AdministrationView) -> None:
        """Show the keys."""
        tr = self.ctx.tr_code
        self.kind.set_code(f"keys.kind.{view.kind}" if view.kind else "")
        self.seal.setVisible(view.kind == _SEALED)
        self.table.show_rows(
            [
                (
                    self._name_key(each.name),
                    date_text(each.since_ms) if each.since_ms else "—",
                    count_text(max(0, view.read_ms - each.since_ms) // _DAY_MS),
                    tr(f"keys.state.{_state_of(each)}"),
                )
                for each in view.keys
            ]
        )

    def _name_key(self, name: str) -> str:
        """Return what a key is for, with its number."""
        found = _NAME.fullmatch(name)
        code = f"keys.name.{found[1]}" if found else ""
        if found is None or not self.ctx.texts.has(code):
            return self.ctx.tr_code("keys.name.other")
        return f"{self.ctx.tr_code(code)} {found[2] or ''}".strip()

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back, a new log key, and the next step of the permit key."""
        log = Action("button.rotate_log_key", "F6", self._ask_log)
        if self._waiting:
            permit = Action("button.switch_permit_key", "F9", self._ask_switch, ButtonRole.PRIMARY)
        else:
            prepare = "button.prepare_permit_key"
            permit = Action(prepare, "F9", self._prepare, ButtonRole.PRIMARY)
        return (*super().footer_actions(), log, permit)

    def key_actions(self) -> tuple[Action, ...]:
        """Return the key of the button on the card."""
        if self.seal.isHidden():
            return ()
        return (Action("button.reseal", "F7", self._reseal, enabled=self._sealable),)

    def _judge(self) -> None:
        typed, again = self.chosen.text(), self.again.text()
        other = bool(typed and again) and typed != again
        self.again.mark(bad=other, code="staff.secrets_differ" if other else "")
        self.button.setEnabled(self._sealable)
        self.actions_changed.emit()

    def _reseal(self) -> None:
        if self._sealable:
            command = ResealKeys(self.present.take(), self.chosen.take())
            self.again.edit.clear()
            self.ctx.post(command)

    def _prepare(self) -> None:
        self.ctx.post(PreparePermitKey())

    def _ask_log(self) -> None:
        self._ask("ask.rotate_log_key", "button.rotate_log_key", RotateLogKey())

    def _ask_switch(self) -> None:
        self._ask("ask.switch_permit_key", "button.switch_permit_key", SwitchPermitKey())

    def _ask(self, question: str, agree: str, command: AdministrationCommand) -> None:
        ask(self.ctx, self, question, agree, lambda: self.ctx.post(command))

    def leave(self) -> None:
        """Forget the pass phrases."""
        super().leave()
        for field in (self.present, self.chosen, self.again):
            field.edit.clear()


def _state_of(row: KeyRow) -> str:
    if row.trouble:
        return row.trouble.removeprefix("key.")
    return "waits" if row.waits else "good"
