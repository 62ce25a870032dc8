"""Staff: who may sign in at this station, what is staged of it, and what an account is made."""

from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.office_screen import OfficeScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.figure_table import FigureTable
from ui.widgets.staff_form import StaffForm
from ui.wording import date_text
from workstation.administration.view import AdministrationView, StaffRow

__all__ = ["StaffScreen"]

_COLUMNS = ("name", "id", "role", "state", "since")


class StaffScreen(OfficeScreen):
    """The accounts in a table; every change is staged and waits for two administrators."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.staff", Route.STAFF)
        columns = [f"staff.column.{name}" for name in _COLUMNS]
        self.table = FigureTable(ctx, "section.staff", columns, words=5, wraps=True)
        card = Card(ctx, "staff.accounts")
        card.body.addWidget(self.table)
        self.form = StaffForm(ctx)
        self.form.changed.connect(self.actions_changed)
        self.table.chosen.connect(self._choose)
        self.lay_out((card,), (self.form,), card)

    def show_view(self, view: AdministrationView) -> None:
        """Show the accounts."""
        tr = self.ctx.tr_code
        self.table.show_rows(
            [
                (
                    each.name,
                    each.id,
                    tr(f"role.{each.role.value}"),
                    tr(f"staff.state.{_state_of(each)}", minutes=-(-each.locked_s // 60)),
                    date_text(each.since_ms),
                )
                for each in view.staff
            ]
        )

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back, the changes that wait, and the act of the form."""
        act = Action(
            f"button.staff.{self.form.chosen}",
            "F9",
            self._act,
            ButtonRole.PRIMARY,
            enabled=self.form.filled,
        )
        changes = Action("section.changes", "F6", self._open_changes)
        return (*super().footer_actions(), changes, act)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self.view.staff):
            self.form.name_account(self.view.staff[row].id)

    def _act(self) -> None:
        if self.form.filled:
            self.ctx.post(self.form.take())

    def _open_changes(self) -> None:
        self.navigate.emit(Route.CHANGES.value)

    @property
    def unsaved(self) -> bool:
        """Nothing typed here is worth a question: it is staged, or not."""
        return False

    def leave(self) -> None:
        """Forget what was typed."""
        super().leave()
        self.form.clear()

    def find_field(self, name: str) -> QWidget | None:
        """Return the field that the station refuses."""
        fields = {"id": self.form.number, "name": self.form.name, "iin": self.form.iin}
        if name.startswith("secret"):
            return self.form.secret.edit
        return fields[name].edit if name in fields else None


def _state_of(row: StaffRow) -> str:
    if row.staged:
        return "leaving" if row.disabled else "staged"
    if row.disabled:
        return "disabled"
    return "locked" if row.locked_s else "active"
