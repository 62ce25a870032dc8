"""The receipt: the page as the customer gets it, printed or saved, its number and its code."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crypto.files.durable import create_anywhere
from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.buttons import Action, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.dialogs import FileQuestion, choose_file
from ui.widgets.labels import CodeLabel, PlainLabel, ShortenedLabel, set_tone
from ui.widgets.pill import Pill
from ui.widgets.printer_search import FoundPrinters, PrinterSearch, open_printer
from ui.widgets.qr_view import QrView
from ui.widgets.receipt_sheet import ReceiptSheet, print_receipt
from ui.wording import count_text, date_time_text, minute_text, number_text, origin_text
from workstation.station.commands import NewSession
from workstation.station.snapshot import DecisionView, SessionSnapshot

__all__ = ["ReceiptScreen"]

_log = logging.getLogger(__name__)

_TONES: Final = {"approved": Tone.OK, "rejected": Tone.BAD, "indeterminate": Tone.WARN}
_LINES: Final = ("number", "time", "not_before", "authority", "entry", "reference")
_SIDE: Final = 348
_CODE: Final = 172
"""Pixels of the code where there is least room; it takes all that there is."""


class ReceiptScreen(Screen):
    """Preview, number and code; no folder is opened, where everybody's receipts lie.

    printers      looks for those that answer, when something is to be printed
    open_printer  returns the one that is used, by its name
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "receipt.title")
        self.printers = PrinterSearch(self)
        self.printers.found.connect(self._print_on)
        self.open_printer: Callable[[str], QPrinter | None] = open_printer
        self._looking = False
        self._session: SessionSnapshot | None = None
        self.aside.setWordWrap(True)
        self.pill = Pill(ctx)
        self.sheet = ReceiptSheet(ctx)
        self.code = QrView(_CODE)
        self.missing = CodeLabel(ctx, "receipt.missing", "second", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._build_preview(), 1)
        row.addWidget(self._build_side())
        self.column.addLayout(row, 1)
        ctx.changed.connect(self._show)

    def _build_preview(self) -> QScrollArea:
        """Build the page that arrows and wheel scroll."""
        self.area = QScrollArea()
        self.area.setWidget(self.sheet)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return self.area

    def _build_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(self.ctx.theme.scaled(_SIDE))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._build_facts())
        coded = Card(self.ctx, "receipt.code")
        coded.body.setContentsMargins(16, 8, 16, 4)
        coded.body.setSpacing(0)
        coded.body.addWidget(self.code, 1)
        self.coded = coded
        column.addWidget(coded, 1)
        column.addStretch(0)
        return side

    def _build_facts(self) -> Card:
        card = Card(self.ctx, "receipt.card")
        above = QHBoxLayout()
        above.addWidget(card.title, 1)
        above.addWidget(self.pill)
        card.body.addLayout(above)
        card.body.addWidget(self.missing)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self.lines: dict[str, PlainLabel] = {name: ShortenedLabel("strong") for name in _LINES}
        # A source has no fixed length, and what vouches for it stands at its end.
        self.lines["reference"] = PlainLabel("strong", wrap=True)
        self.captions: dict[str, CodeLabel] = {}
        for at, (name, value) in enumerate(self.lines.items()):
            caption = CodeLabel(self.ctx, f"receipt.{name}", "caption")
            caption.setBuddy(value)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self.captions[name] = caption
            grid.addWidget(caption, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, at, 1)
        card.body.addLayout(grid)
        return card

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the recorded decision's page and numbers."""
        if self._session is None or self._session.session != snapshot.session:
            self._tell(Tone.NONE, "")
        self._session = snapshot
        self._show()
        self.actions_changed.emit()

    @property
    def _decision(self) -> DecisionView | None:
        return None if self._session is None else self._session.decision

    def _show(self) -> None:
        decision, session = self._decision, self._session
        if decision is None or session is None:
            return
        self.pill.set_state(f"outcome.{decision.outcome}", _TONES.get(decision.outcome, Tone.WARN))
        drawing = decision.drawing
        self.sheet.show_drawing(drawing)
        self.missing.setVisible(drawing is None)
        self.coded.setVisible(drawing is not None)
        self.code.show_modules(() if drawing is None else drawing.modules)
        self.code.setAccessibleName(self.ctx.tr_code("receipt.code"))
        self.area.setAccessibleName(self.ctx.tr_code("receipt.preview"))
        entry = self.ctx.tr_code(
            "receipt.entry_value",
            index=count_text(decision.log_index),
            size=count_text(decision.log_size),
        )
        for name, value in (
            ("number", number_text(session.number)),
            ("time", date_time_text(decision.decided_ms)),
            ("not_before", minute_text(session.not_before_ms) if session.not_before_ms else ""),
            ("authority", session.authority_number),
            ("entry", entry),
            ("reference", origin_text(self.ctx.texts, session)),
        ):
            self.lines[name].setText(value)
            for label in (self.lines[name], self.captions[name]):
                label.setVisible(value != "")

    def footer_actions(self) -> tuple[Action, ...]:
        """Return paper, file, the home page and the next customer."""
        decision = self._decision
        drawn = decision is not None and decision.drawing is not None
        there = decision is not None and decision.receipt is not None
        return (
            Action("button.back", "Esc", self._back, side=Side.LEFT),
            Action("button.home", "F6", self._finish, side=Side.LEFT),
            Action("button.save_receipt", "Ctrl+S", self._save, enabled=there),
            Action("button.print", "Ctrl+P", self._print, enabled=drawn and not self._looking),
            Action("button.new_session", "F2", self._next, ButtonRole.PRIMARY),
        )

    def first_focus(self) -> QWidget:
        """Return the page, so that arrows scroll it."""
        return self.area

    def leave(self) -> None:
        """Forget the customer's page and what was said about it; nothing is printed any more."""
        self.printers.cancel()
        self._looking = False
        self._session = None
        self.sheet.show_drawing(None)
        self.code.show_modules(())
        self._tell(Tone.NONE, "")

    def _tell(self, tone: Tone, code: str, /, **values: str) -> None:
        """Say how it went beside the title, where nothing moves for it."""
        self.aside.set_code(code, **values)
        set_tone(self.aside, tone, "second" if tone is Tone.NONE else "strong")

    def _print(self) -> None:
        """Look which printers answer first: a print service that does not would stop the window."""
        self._looking = True
        self._tell(Tone.NONE, "devices.printer_search")
        self.actions_changed.emit()
        self.printers.begin()

    def _print_on(self, found: FoundPrinters) -> None:
        self._looking = False
        self.actions_changed.emit()
        decision = self._decision
        if decision is None or decision.drawing is None or self.ctx.locked:
            # Whoever asked has gone, or has locked the window.
            self._tell(Tone.NONE, "")
            return
        if found.silent:
            self._tell(Tone.WARN, "receipt.printer_silent")
            return
        printer = self.open_printer(found.names[0]) if found.names else None
        if printer is None:
            self._tell(Tone.WARN, "receipt.no_printer")
            return
        name = printer.printerName()
        if print_receipt(decision.drawing, printer):
            self._tell(Tone.OK, "receipt.printed", printer=name)
        else:
            self._tell(Tone.WARN, "receipt.print_failed", printer=name)

    def _save(self) -> None:
        asked = FileQuestion("button.save_receipt", "file.receipts", "*.pdf", suffix="pdf")
        choose_file(self.ctx, self, asked, self.save_chosen)

    def save_chosen(self, path: str) -> None:
        """Copy the customer's receipt, whole or not at all, to where it was asked for."""
        decision = self._decision
        if not path or decision is None or decision.receipt is None:
            return
        target = Path(path)
        try:
            create_anywhere(target, decision.receipt.read_bytes())
        except FileExistsError:
            self._tell(Tone.WARN, "export_exists")
        except OSError as error:
            _log.warning("receipt not copied: %s", type(error).__name__)
            self._tell(Tone.WARN, "receipt.save_failed")
        else:
            self._tell(Tone.OK, "receipt.saved", name=target.name)

    def _back(self) -> None:
        self.navigate.emit(Route.NONE.value)

    def _finish(self) -> None:
        self.ctx.post(NewSession())
        self.navigate.emit(Route.NONE.value)

    def _next(self) -> None:
        self.ctx.post(NewSession())
        self.navigate.emit(Route.FORM.value)
