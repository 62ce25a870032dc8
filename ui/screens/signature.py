"""ЭЦП: what the customer signs, where the signature comes from, what was found."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui.context import UiContext
from ui.screens.session_screen import SessionScreen
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.confirm import ask
from ui.widgets.dialogs import FileQuestion, choose_file
from ui.widgets.drop_zone import dragged_file
from ui.widgets.labels import CodeLabel
from ui.widgets.methods_card import MethodsCard
from ui.widgets.signature_panel import SignaturePanel
from ui.widgets.text_view import text_view
from ui.wording import ratio_text
from vision.results import MatchResult, MatchVerdict
from workstation.devices.signing_methods import SigningMethod
from workstation.station.commands import (
    ParkSession,
    SaveStatement,
    Sign,
    StopSigning,
)
from workstation.station.snapshot import SessionSnapshot

__all__ = ["SignatureScreen"]

_WAITED_FOR: Final = frozenset({*SigningMethod, "timestamp"}) - {SigningMethod.FILE}
"""The customer acts elsewhere, or a service is asked; a file is there at once."""


class SignatureScreen(SessionScreen):
    """Asks for the signature by the chosen method; waiting can be stopped, the session parked.

    A signed file may be dropped anywhere on the page, whichever method is chosen.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "signature.title")
        self._snapshot: SessionSnapshot | None = None
        self.statement: QPlainTextEdit = text_view(ctx, "signature.statement")
        self.statement.setProperty("role", "reading")
        self.panel = SignaturePanel(ctx)
        self.methods = MethodsCard(ctx)
        self.methods.chosen_changed.connect(self.actions_changed)
        self.setAcceptDrops(True)
        text = Card(ctx, "signature.statement")
        text.body.addWidget(CodeLabel(ctx, "signature.hint", "second", wrap=True))
        text.body.addWidget(self.statement, 1)
        side = QVBoxLayout()
        side.setSpacing(12)
        side.addWidget(self.methods)
        side.addWidget(self.panel, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(text, 3)
        row.addLayout(side, 2)
        self.column.addLayout(row, 1)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show statement and report."""
        super().show_session(snapshot)
        self._show_reviewed(snapshot.match)
        self._snapshot = snapshot
        if self.statement.toPlainText() != snapshot.statement:
            self.statement.setPlainText(snapshot.statement)
        self.panel.show_signature(snapshot.signature)
        self.methods.show_methods(snapshot.methods, enabled=self._ready)
        self.methods.show_phone(snapshot.phone)
        # The code needs the room of an empty report, a report that of the methods.
        self.panel.setVisible(snapshot.phone is None or snapshot.signature is not None)
        self.methods.setVisible(snapshot.signature is None)
        self.actions_changed.emit()

    def _show_reviewed(self, match: MatchResult | None) -> None:
        """Tell the supervisor who has compared the photos what the machine had measured."""
        reviewed = match is not None and match.verdict is MatchVerdict.UNDECIDED
        self.aside.setVisible(reviewed)
        if match is not None and reviewed:
            texts = self.ctx.texts
            self.aside.set_code(
                "comparison.afterwards",
                distance=ratio_text(texts, match.distance_ppm),
                threshold=ratio_text(texts, match.match_threshold_ppm),
            )

    @property
    def _ready(self) -> bool:
        shown = self._snapshot
        return shown is not None and shown.statement != "" and self.idle

    @property
    def _takes_files(self) -> bool:
        shown = self._snapshot
        return self._ready and shown is not None and SigningMethod.FILE in shown.methods

    def footer_actions(self) -> tuple[Action, ...]:
        """Return what the chosen method offers, the stop while one is waited for, and parking."""
        shown = self._snapshot
        waiting = shown is not None and shown.busy in _WAITED_FOR
        park = Action(
            "button.park", "Ctrl+H", self._ask_park, ButtonRole.SECONDARY, Side.LEFT, self.idle
        )
        common = (*super().footer_actions(), park)
        if waiting:
            return (*common, Action("button.stop", "F6", self._stop))
        ready, chosen = self._ready, self.methods.chosen
        if chosen is SigningMethod.FILE:
            return (
                *common,
                Action("button.save_text", "Ctrl+S", self._save, enabled=ready),
                Action(
                    "button.choose_file", "Ctrl+O", self._choose, ButtonRole.PRIMARY, enabled=ready
                ),
            )
        files = shown is not None and SigningMethod.FILE in shown.methods
        bring = Action("button.from_file", "Ctrl+O", self._choose, enabled=ready)
        sign = Action(f"button.{chosen.value}", "F5", self._sign, ButtonRole.PRIMARY, enabled=ready)
        return (*common, bring, sign) if files else (*common, sign)

    def leave(self) -> None:
        """Forget the method the teller chose: the next customer has another key."""
        self.methods.choose_first()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file of this machine while a signature may be brought."""
        if self._takes_files and dragged_file(event.mimeData()) is not None:
            self.methods.choose(SigningMethod.FILE)
            self.methods.drop.set_over(over=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Let the file go elsewhere."""
        self.methods.drop.set_over(over=False)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Post the file that was dropped; the core says what kind it is."""
        self.methods.drop.set_over(over=False)
        path = dragged_file(event.mimeData())
        if self._takes_files and path is not None:
            event.acceptProposedAction()
            self.chosen(str(path))

    def _sign(self) -> None:
        method = self.methods.chosen
        if method is not SigningMethod.FILE:  # a file has to be chosen or dropped first
            self.ctx.post(Sign(method))

    def _stop(self) -> None:
        self.ctx.post(StopSigning())

    def _ask_park(self) -> None:
        ask(self.ctx, self, "park", "button.park", self._park)

    def _park(self) -> None:
        self.ctx.post(ParkSession())

    def _choose(self) -> None:
        asked = FileQuestion("signature.choose", "file.signatures", "*.cms *.p7s *.sig")
        choose_file(self.ctx, self, asked, self.chosen)

    def _save(self) -> None:
        asked = FileQuestion("button.save_text", "file.texts", "*.txt", suffix="txt")
        choose_file(self.ctx, self, asked, self.save_chosen)

    def save_chosen(self, path: str) -> None:
        """Post where the statement is to be written."""
        if path:
            self.ctx.post(SaveStatement(Path(path)))

    def chosen(self, path: str) -> None:
        """Post the file that was chosen."""
        if path:
            self.ctx.post(Sign(SigningMethod.FILE, Path(path)))

    def first_focus(self) -> QWidget:
        """Return the statement, so that arrows scroll it."""
        self.statement.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        return self.statement
