"""The customer's document: what is seen while it is read, and what it says once it was."""

from datetime import UTC, date, datetime
from typing import Final

from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.card import Card
from ui.widgets.condition_list import ConditionList
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.widgets.pill import IconLabel, Pill
from ui.wording import day_text, document_grade
from workstation.rules.local_time import local_day
from workstation.station.snapshot import DocumentPhase, DocumentView

__all__ = ["DocumentCard"]

_SIDES: Final = ("front", "back")
_FACTS: Final = ("name", "number", "birth_date", "expiry")
_SOON: Final = 31
_LONG: Final = 10_000
"""Days: a document that ends within a month is said to; one without an end is far from it."""

_READING: Final = frozenset({DocumentPhase.CAMERA, DocumentPhase.CHIP})


class DocumentCard(Card):
    """Sides that were seen, octets that were read, facts for the teller's eyes, who signed them.

    Hidden while there is no document. What it says of a document that was refused stays: the teller
    compares it with the one in the hand.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "document.title")
        self._ctx = ctx
        self._shown: DocumentView | None = None
        self.grade = Pill(ctx)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.percent = CodeLabel(ctx, "", "caption")
        self.sides = QWidget()
        self.ticks = {side: IconLabel(ctx, "circle", 20) for side in _SIDES}
        self.names = {side: CodeLabel(ctx, f"document.{side}") for side in _SIDES}
        self.conditions = ConditionList(ctx)
        self.content = QWidget()
        self.facts = {name: PlainLabel("strong", wrap=True) for name in _FACTS}
        self.copy = CodeLabel(ctx, "document.copy_possible", "caption", wrap=True)
        self._lay_out()
        ctx.changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        rows = QGridLayout(self.sides)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setColumnStretch(1, 1)
        for line, (side, tick) in enumerate(self.ticks.items()):
            rows.addWidget(tick, line, 0)
            rows.addWidget(self.names[side], line, 1)
        grid = QGridLayout(self.content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for line, (name, value) in enumerate(self.facts.items()):
            caption = CodeLabel(self._ctx, f"document.{name}", "caption")
            caption.setBuddy(value)
            grid.addWidget(caption, 2 * line, 0)
            if name == "name":  # One word of a name has up to 28 letters: a line of its own.
                grid.addWidget(value, 2 * line + 1, 0, 1, 2)
            else:
                grid.addWidget(value, 2 * line, 1)
        for widget in (
            self.grade,
            self.progress,
            self.percent,
            self.sides,
            self.conditions,
            self.content,
            self.copy,
        ):
            self.body.addWidget(widget)

    def show_document(self, view: DocumentView | None) -> None:
        """Show the document; the same one again changes nothing."""
        if view != self._shown:
            self._shown = view
            self._show()

    def _show(self) -> None:
        view = self._shown
        self.setVisible(view is not None)
        if view is None:
            return
        reading, chip = view.phase in _READING, view.phase is DocumentPhase.CHIP
        self.grade.setVisible(not reading)
        code, tone = document_grade(view)
        self.grade.set_state(code, tone)
        self._show_progress(view.percent, shown=chip)
        self.sides.setVisible(view.phase is DocumentPhase.CAMERA)
        for side, seen in zip(_SIDES, (view.front, view.back), strict=True):
            icon, mark = ("check", Tone.OK) if seen else ("circle", Tone.WAIT)
            self.ticks[side].set_icon(icon, mark)
            self.names[side].set_code(f"document.{side}_seen" if seen else f"document.{side}")
        camera = view.phase is DocumentPhase.CAMERA
        self.conditions.show_conditions(view.conditions if camera else ())
        self._show_facts(view)
        self.copy.setVisible(view.phase is DocumentPhase.READ and view.copy_possible)
        set_tone(self.copy, Tone.WARN)

    def _show_progress(self, percent: int, *, shown: bool) -> None:
        self.progress.setVisible(shown)
        self.percent.setVisible(shown)
        self.progress.setValue(percent)
        self.percent.set_code("document.percent", percent=percent)
        self.progress.setAccessibleName(self._ctx.tr_code("document.by_chip"))

    def _show_facts(self, view: DocumentView) -> None:
        stated = {
            "name": view.name,
            "number": view.number_masked,
            "birth_date": "" if view.birth_date is None else day_text(view.birth_date),
            "expiry": "" if view.expiry is None else day_text(view.expiry),
        }
        self.content.setVisible(any(stated.values()))
        for name, untrusted_value in stated.items():
            self.facts[name].setText(untrusted_value or "—")
        self._show_days_left(view.expiry)

    def _show_days_left(self, expiry: date | None) -> None:
        """Say beside the last day that it has passed, or that it is near."""
        today = local_day(datetime.fromtimestamp(self._ctx.now_ms() / 1000, UTC))
        left = _LONG if expiry is None else (expiry - today).days
        if expiry is not None and left < _SOON:
            code = "document.expired" if left < 0 else "document.expires_soon"
            words = self._ctx.tr_code(code, day=day_text(expiry), days=left)
            self.facts["expiry"].setText(words)
        tone = Tone.BAD if left < 0 else Tone.WARN if left < _SOON else Tone.NONE
        set_tone(self.facts["expiry"], tone)
