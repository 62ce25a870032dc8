"""Review: a supervisor, another person than the teller, overrides a soft check or refuses."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.confirm import ask
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.widgets.officer_form import OfficerForm
from ui.widgets.origin_label import OriginLabel
from ui.widgets.photo_pair import PhotoPair
from ui.wording import document_text
from workstation.rules.checks import CheckId, CheckName
from workstation.station.commands import AgreeReview, Override, RefuseReview
from workstation.station.snapshot import SessionSnapshot

__all__ = ["ReviewScreen"]

_ROOM: Final = QSize(560, 150)
_LEAST_GRID: Final = 90
"""Pixels of the results on a small screen that shows photos, too: what is open comes first."""
_SEEN: Final = frozenset({CheckId.REFERENCE_CONFIRMED, CheckId.AGE_CONFIRMED})
"""Checks about a person whom the supervisor has to look at."""

_FACTS: Final = ("hours", "least", "clients", "allowed")
"""Facts of a check that its words name."""


class ReviewScreen(SessionScreen):
    """Own authentication and a reason in words; hard checks are not even listed."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "review.title")
        self._snapshot: SessionSnapshot | None = None
        self._open: tuple[CheckName, ...] = ()
        self.check = QComboBox()
        self.check.currentIndexChanged.connect(self._show_look)
        self.grid = CheckGrid(ctx)
        self.grid.setMinimumHeight(_LEAST_GRID)
        self.look = CodeLabel(ctx, "", wrap=True)
        self.pair = PhotoPair(ctx, "match.reference_photo", "match.probe_photo", _ROOM)
        self.origin = OriginLabel(ctx)
        self.document = PlainLabel("second", wrap=True)
        facts = Card(ctx, "review.checks")
        for widget in (self.look, self.pair, self.origin, self.document):
            facts.body.addWidget(widget)
        facts.body.addWidget(self.grid, 1)
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
        self._snapshot = snapshot
        self.grid.show_checks(snapshot.checks, snapshot.required)
        if snapshot.review != self._open:
            self._open = snapshot.review
            self._name_checks()
        self._show_look()
        self.actions_changed.emit()

    def _name_checks(self) -> None:
        self.check.clear()
        for check in self._open:
            self.check.addItem(self.ctx.tr_code(f"check.{check}"), check)
        self.check.setAccessibleName(self.ctx.tr_code("field.review_check"))

    def _show_look(self) -> None:
        """Say what to look at before the chosen check is allowed, and show what there is to see."""
        shown, chosen = self._snapshot, self.check.currentData()
        self.check.setEnabled(chosen is not None)
        if shown is None or chosen is None:
            asked = None if shown is None else shown.handed_over
            self.look.set_code("" if asked is None else f"hand_over.{asked.reason.value}")
            self.pair.hide()
            self.origin.hide()
            self.document.hide()
            return
        facts = dict.fromkeys(_FACTS, "—")
        for check in shown.checks:
            if check.check == chosen:
                facts |= {name: str(value) for name, value in check.facts if name in _FACTS}
        signer = "—" if shown.signature is None else shown.signature.common_name
        document = "—" if shown.document is None else shown.document.name
        names = {"client": shown.client_name, "signer": signer, "document": document}
        self.look.set_code(f"review_look.{chosen}", **facts, **names)
        seen = chosen in _SEEN
        self.pair.setVisible(seen)
        self.pair.show_jpegs(shown.reference_jpeg, shown.probe_jpeg)
        self.origin.show_origin(shown if seen else None)
        self.document.setText(document_text(self.ctx.texts, shown.document) if seen else "")
        self.document.setVisible(self.document.text() != "")

    @property
    def _handed_over(self) -> bool:
        """Whether the teller wants another person's look, and no check is open."""
        shown = self._snapshot
        return shown is not None and shown.handed_over is not None and not self._open

    def footer_actions(self) -> tuple[Action, ...]:
        """Return refuse and allow: both need who, the secret and why."""
        ready = self.form.filled and self.idle
        may = ready and (bool(self._open) or self._handed_over)
        forward = "button.agree" if self._handed_over else "button.override"
        return (
            *super().footer_actions(),
            Action("button.call_supervisor", "F7", self._call),
            Action("button.refuse", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=ready),
            Action(forward, "F9", self._override, ButtonRole.PRIMARY, enabled=may),
        )

    def _call(self) -> None:
        self.form.supervisor.edit.setFocus()

    def _override(self) -> None:
        form, check = self.form, str(self.check.currentData())
        by, reason = form.supervisor.text(), form.reason.text()
        if self._handed_over:
            self.ctx.post(AgreeReview(by, reason, form.take_secret()))
            return
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
        """Forget who was here and whom they saw."""
        self.form.clear()
        self.pair.show_jpegs(b"", b"")
        self._snapshot = None
