"""Confirmation: what was checked, before it is recorded; the teller may confirm or not."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.confirm import ask
from ui.widgets.form import Field
from ui.widgets.labels import CodeLabel
from ui.widgets.photo_pair import PhotoPair
from workstation.session.confirmation import HandOverReason, SuspicionReason
from workstation.station.commands import Confirm, HandOver, RefuseOnSuspicion
from workstation.station.snapshot import SessionSnapshot

__all__ = ["ConfirmationScreen"]

_SIDE: Final = 340
_ROOM: Final = QSize(292, 120)


class ConfirmationScreen(SessionScreen):
    """Grounds and faces; beside them why the teller would not confirm."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "confirmation.title")
        self.grid = CheckGrid(ctx)
        self.pair = PhotoPair(ctx, "match.reference_photo", "match.probe_photo", _ROOM)
        self.suspicion, self.hand_over = QComboBox(), QComboBox()
        self.words = Field(ctx, "field.words", longest=200)
        grounds = Card(ctx, "decision.grounds")
        grounds.body.addWidget(self.grid, 1)
        doubts = Card(ctx, "confirmation.doubts")
        doubts.setFixedWidth(_SIDE)
        doubts.body.addWidget(self.pair)
        for code, box in (
            ("field.suspicion", self.suspicion),
            ("field.hand_over", self.hand_over),
        ):
            caption = CodeLabel(ctx, code, "caption")
            caption.setBuddy(box)
            doubts.body.addWidget(caption)
            doubts.body.addWidget(box)
        doubts.body.addWidget(self.words)
        doubts.body.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(grounds, 1)
        row.addWidget(doubts)
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._name_reasons)
        self._name_reasons()

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show every check and both faces."""
        super().show_session(snapshot)
        self.grid.show_checks(snapshot.checks, snapshot.required)
        self.pair.show_jpegs(snapshot.reference_jpeg, snapshot.probe_jpeg)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return hand over, refuse and confirm."""
        return (
            *super().footer_actions(),
            Action("button.hand_over", "F7", self._hand_over, enabled=self.idle),
            Action(
                "button.suspicion", "F4", self._ask_refuse, ButtonRole.DANGER, enabled=self.idle
            ),
            Action("button.confirm", "F9", self._confirm, ButtonRole.PRIMARY, enabled=self.idle),
        )

    def first_focus(self) -> QWidget:
        """Return the reason of a refusal: forward is a key."""
        return self.suspicion

    def leave(self) -> None:
        """Forget who was here, and what was written about them."""
        self.pair.show_jpegs(b"", b"")
        self.words.edit.clear()
        self.suspicion.setCurrentIndex(0)
        self.hand_over.setCurrentIndex(0)

    def _name_reasons(self) -> None:
        for box, prefix, reasons, code in (
            (self.suspicion, "suspicion.", SuspicionReason, "field.suspicion"),
            (self.hand_over, "hand_over.", HandOverReason, "field.hand_over"),
        ):
            chosen = max(0, box.currentIndex())
            box.clear()
            for reason in reasons:
                box.addItem(self.ctx.tr_code(f"{prefix}{reason.value}"), reason.value)
            box.setCurrentIndex(chosen)
            box.setAccessibleName(self.ctx.tr_code(code))

    def _confirm(self) -> None:
        self.ctx.post(Confirm())

    def _hand_over(self) -> None:
        reason = HandOverReason(self.hand_over.currentData())
        self.ctx.post(HandOver(reason, self.words.text()))

    def _ask_refuse(self) -> None:
        ask(self.ctx, self, "suspicion", "button.suspicion", self._refuse)

    def _refuse(self) -> None:
        reason = SuspicionReason(self.suspicion.currentData())
        self.ctx.post(RefuseOnSuspicion(reason, self.words.text()))
