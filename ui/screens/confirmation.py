"""Before the record: what was asked for, what was found, and the teller's own word."""

import re
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.screens.matching import MatchView
from ui.screens.session_screen import SessionScreen
from ui.theme.tone import Tone
from ui.widgets.banner import VerdictBanner
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.check_list import CheckGrid
from ui.widgets.labels import PlainLabel, ShortenedLabel
from ui.widgets.reason_dialog import ask_hand_over, ask_suspicion
from ui.widgets.signature_card import SignatureCard
from workstation.station.commands import Confirm
from workstation.station.snapshot import SessionSnapshot

__all__ = ["ConfirmationScreen"]

_SIDE: Final = 324
_PHOTO: Final = QSize(138, 102)
_LEAST_GRID: Final = 120
_TIED: Final = "\u00a0"
_GROUPED: Final = re.compile(r"(?<=[\d•]) (?=[\d•])")
"""The gap in a number: no line ends there."""

_LONGEST: Final = 200
"""Letters of a comment; the core takes no more."""


class ConfirmationScreen(SessionScreen):
    """Everything speaks for the customer; nothing is recorded before F9.

    What goes wrong is said in the banner that is there anyway: nothing moves for it.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "")
        self._snapshot: SessionSnapshot | None = None
        self.verdict = VerdictBanner(ctx)
        self.operation = PlainLabel("banner", wrap=True)
        self.parameters = PlainLabel("lead", wrap=True)
        self.client = ShortenedLabel("lead")
        self.grid = CheckGrid(ctx)
        self.grid.setMinimumHeight(_LEAST_GRID)
        self.comment = QLineEdit()
        self.comment.setMaxLength(_LONGEST)
        self.match = MatchView(ctx, _PHOTO, compact=True)
        self.signature = SignatureCard(ctx)
        self.column.addWidget(self.verdict)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(self._build_grounds(), 1)
        row.addWidget(self._build_side())
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._name)
        self._name()

    def _build_grounds(self) -> QVBoxLayout:
        asked = Card(self.ctx)
        asked.body.setSpacing(4)
        for label in (self.client, self.operation, self.parameters):
            asked.body.addWidget(label)
        grounds = Card(self.ctx, "decision.grounds")
        grounds.body.addWidget(self.grid, 1)
        grounds.body.addWidget(self.comment)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(asked)
        column.addWidget(grounds, 1)
        return column

    def _build_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(self.ctx.theme.scaled(_SIDE))
        faces = Card(self.ctx)
        faces.body.addWidget(self.match)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(faces)
        column.addWidget(self.signature)
        column.addStretch(1)
        return side

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the case as it would be recorded."""
        super().show_session(snapshot)
        self._snapshot = snapshot
        self.grid.show_checks(snapshot.checks, snapshot.required)
        self.match.show_session(snapshot)
        self.signature.show_signature(snapshot.signature)
        self._name()
        self.actions_changed.emit()

    def show_banner(self, snapshot: SessionSnapshot) -> None:
        """Say what is to be done, what is waited for, or what went wrong."""
        if snapshot.message:
            self.verdict.show_verdict(
                "triangle-alert", Tone.WARN, "confirmation.title", snapshot.message
            )
        elif snapshot.busy:
            self.verdict.show_verdict(
                "clock", Tone.NOW, "confirmation.title", f"busy.{snapshot.busy}"
            )
        elif snapshot.asked_back:
            self.verdict.show_verdict(
                "user-check",
                Tone.WARN,
                "confirmation.title",
                "cases.question",
                words=snapshot.asked_back,
            )
        else:
            self.verdict.show_verdict(
                "user-check", Tone.NOW, "confirmation.title", "confirmation.text"
            )

    def _name(self) -> None:
        """Say in large words who asks for what, as the policy words it."""
        ctx = self.ctx
        words = ctx.tr_code("field.comment")
        self.comment.setPlaceholderText(words)
        self.comment.setAccessibleName(words)
        shown = self._snapshot
        if shown is None:
            return
        self.client.setText(f"{shown.client_name} · {ctx.tr_code('field.iin')} {shown.iin_masked}")
        self.operation.setText("" if shown.kind is None else ctx.tr_code(f"operation.{shown.kind}"))
        language = ctx.texts.language
        lines = (
            f"{ctx.tr_code(code)}: {_GROUPED.sub(_TIED, value.text(language))}"
            for code, value in shown.operation_lines
        )
        self.parameters.setText(" · ".join(lines))
        self.parameters.setVisible(shown.operation_lines != ())

    def footer_actions(self) -> tuple[Action, ...]:
        """Return refuse, hand over and confirm; abort is another thing and stands apart."""
        ready = self.idle and self._snapshot is not None
        danger, primary = ButtonRole.DANGER, ButtonRole.PRIMARY
        shown = self._snapshot
        # Who asked for another person's look waits for it, and may only ask again.
        asked = shown is not None and shown.handed_over is not None and shown.second_look is None
        return (
            *super().footer_actions(),
            self.match.larger.action(),
            self.signature.action(),
            Action("button.suspicion", "F4", self._refuse, danger, enabled=ready),
            Action("button.hand_over", "F7", self._hand_over, enabled=ready),
            Action("button.confirm", "F9", self._confirm, primary, enabled=ready and not asked),
        )

    def first_focus(self) -> QWidget:
        """Return the grounds, so that arrows scroll them: a comment is for those who have one."""
        return self.grid

    def leave(self) -> None:
        """Forget who was here, and what was written about them."""
        self.comment.clear()
        self.match.forget()
        self.signature.show_signature(None)
        self.grid.show_checks(())
        self._snapshot = None
        for label in (self.client, self.operation, self.parameters):
            label.setText("")

    def _confirm(self) -> None:
        self.ctx.post(Confirm(self.comment.text().strip()))

    def _refuse(self) -> None:
        ask_suspicion(self.ctx, self)

    def _hand_over(self) -> None:
        ask_hand_over(self.ctx, self)
