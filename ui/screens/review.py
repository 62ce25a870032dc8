"""Review: a supervisor, another person than the teller, overrides a soft check or refuses."""

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.confirm import ask
from ui.widgets.labels import CodeLabel
from ui.widgets.officer_form import OfficerForm
from workstation.rules.checks import CheckId
from workstation.station.commands import Override, RefuseReview
from workstation.station.snapshot import SessionSnapshot

__all__ = ["ReviewScreen"]


class ReviewScreen(SessionScreen):
    """Own authentication and a reason in words; hard checks are not even listed."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "review.title")
        self._open: tuple[CheckId, ...] = ()
        self.check = QComboBox()
        self.grid = CheckGrid(ctx)
        facts = Card(ctx, "review.checks")
        facts.body.addWidget(self.grid)
        facts.body.addStretch(1)
        self.form = OfficerForm(ctx, "review.supervisor", "review.hint")
        self.form.changed.connect(self.actions_changed)
        caption = CodeLabel(ctx, "field.review_check", "caption")
        caption.setBuddy(self.check)
        below = self.form.body.indexOf(self.form.hint) + 1
        self.form.body.insertWidget(below, caption)
        self.form.body.insertWidget(below + 1, self.check)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(facts, 2)
        row.addWidget(self.form, 1)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._name_checks)
        self._name_checks()

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the checks and which of them may be overridden."""
        super().show_session(snapshot)
        self.grid.show_checks(snapshot.checks, snapshot.required)
        if snapshot.review != self._open:
            self._open = snapshot.review
            self._name_checks()
        self.actions_changed.emit()

    def _name_checks(self) -> None:
        self.check.clear()
        for check in self._open:
            self.check.addItem(self.ctx.tr_code(f"check.{check.value}"), check.value)
        self.check.setAccessibleName(self.ctx.tr_code("field.review_check"))

    def footer_actions(self) -> tuple[Action, ...]:
        """Return refuse and allow: both need who, the secret and why."""
        ready = self.form.filled and self.idle
        may = ready and bool(self._open)
        return (
            *super().footer_actions(),
            Action("button.call_supervisor", "F7", self._call),
            Action("button.refuse", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=ready),
            Action("button.override", "F9", self._override, ButtonRole.PRIMARY, enabled=may),
        )

    def _call(self) -> None:
        self.form.supervisor.edit.setFocus()

    def _override(self) -> None:
        form, check = self.form, CheckId(self.check.currentData())
        by, reason = form.supervisor.text(), form.reason.text()
        self.ctx.post(Override(by, check, reason, form.take_secret()))

    def _ask_refuse(self) -> None:
        ask(self.ctx, self, "refuse_review", "button.refuse", self._refuse)

    def _refuse(self) -> None:
        form = self.form
        by, reason = form.supervisor.text(), form.reason.text()
        self.ctx.post(RefuseReview(by, reason, form.take_secret()))

    def first_focus(self) -> QWidget:
        """Return the reason: it is written before the supervisor signs."""
        return self.form.reason.edit

    def leave(self) -> None:
        """Forget who was here."""
        self.form.clear()
