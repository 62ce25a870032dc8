"""The receipt: where the files are and under which number the log holds the decision."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.widgets.pill import Pill
from ui.wording import count_text, date_time_text, minute_text, number_text, origin_text
from workstation.station.commands import NewSession
from workstation.station.snapshot import DecisionView, SessionSnapshot

__all__ = ["ReceiptScreen"]

_TONES = {"approved": Tone.OK, "rejected": Tone.BAD, "indeterminate": Tone.WARN}


class ReceiptScreen(Screen):
    """Lines that can be copied, and the folder a key away; what does not apply is not shown."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "receipt.title")
        self._decision: DecisionView | None = None
        self._session: SessionSnapshot | None = None
        self.pill = Pill(ctx)
        card = Card(ctx, "receipt.card")
        card.body.addWidget(self.pill)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        self.lines = {
            name: PlainLabel("strong", wrap=True)
            for name in (
                "number",
                "time",
                "reference",
                "not_before",
                "authority",
                "entry",
                "root",
                "receipt",
                "permit",
            )
        }
        self.captions: dict[str, CodeLabel] = {}
        for row, (name, value) in enumerate(self.lines.items()):
            caption = CodeLabel(ctx, f"receipt.{name}", "second")
            grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            caption.setBuddy(value)
            self.captions[name] = caption
            grid.addWidget(value, row, 1)
        card.body.addLayout(grid)
        self.column.addWidget(card)
        self.column.addStretch(1)
        ctx.changed.connect(self._show)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the recorded decision's files and numbers."""
        self._session, self._decision = snapshot, snapshot.decision
        self._show()
        self.actions_changed.emit()

    def _show(self) -> None:
        decision, session = self._decision, self._session
        if decision is None or session is None:
            return
        none = self.ctx.tr_code("receipt.none")
        tone = _TONES.get(decision.outcome, Tone.WARN)
        self.pill.set_state(f"outcome.{decision.outcome}", tone)
        entry = self.ctx.tr_code(
            "receipt.entry_value",
            index=count_text(decision.log_index),
            size=count_text(decision.log_size),
        )
        for name, value in (
            ("number", number_text(session.number)),
            ("time", date_time_text(decision.decided_ms)),
            ("reference", origin_text(self.ctx.texts, session)),
            ("not_before", minute_text(session.not_before_ms) if session.not_before_ms else ""),
            ("authority", session.authority_number),
            ("entry", entry),
            ("root", decision.root_base64),
            ("receipt", none if decision.receipt is None else str(decision.receipt)),
            ("permit", none if decision.permit is None else str(decision.permit)),
        ):
            self.lines[name].setText(value)
            for label in (self.lines[name], self.captions[name]):
                label.setVisible(value != "")

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the folder and the next customer."""
        there = self._decision is not None and self._decision.receipt is not None
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            Action("button.open_folder", "Ctrl+O", self._open_folder, enabled=there),
            Action("button.home", "F6", self._finish),
            Action("button.new_session", "F2", self._next, ButtonRole.PRIMARY),
        )

    def folder(self) -> Path | None:
        """Return the folder of the receipt."""
        if self._decision is None or self._decision.receipt is None:
            return None
        return self._decision.receipt.parent

    def _open_folder(self) -> None:
        folder = self.folder()
        if folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _finish(self) -> None:
        self.ctx.post(NewSession())
        self.navigate.emit(Route.NONE.value)

    def _next(self) -> None:
        self.ctx.post(NewSession())
        self.navigate.emit(Route.FORM.value)
