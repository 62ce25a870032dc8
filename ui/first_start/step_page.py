"""One step of the set-up: what it is about, what it asks, and what was found."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.first_start.answer_fields import AnswerField, create_answer
from ui.theme.tone import Tone
from ui.widgets.card import Card
from ui.widgets.end_in_sight import EndInSight
from ui.widgets.labels import CodeLabel, PlainLabel
from ui.widgets.live_picture import LivePicture
from ui.widgets.pill import IconLabel
from ui.widgets.scrolling import scroll_area
from workstation.first_start.answers import AskedField
from workstation.first_start.findings import FindingState, SetUpFinding
from workstation.first_start.progress import SetUpStep
from workstation.first_start.set_up import Answers
from workstation.station.snapshot import PreviewImage

__all__ = ["StepPage"]

_TONES: Final = {
    FindingState.GOOD: Tone.OK,
    FindingState.WARNING: Tone.WARN,
    FindingState.BAD: Tone.BAD,
}
_ICONS: Final = {Tone.OK: "circle-check", Tone.WARN: "triangle-alert", Tone.BAD: "circle-x"}


class StepPage(QWidget):
    """A card with the fields and, under it, one with the findings of the last try.

    word  says a finding in the language of the window
    """

    def __init__(
        self,
        ctx: UiContext,
        step: SetUpStep,
        asked: Sequence[AskedField],
        word: Callable[[SetUpFinding], str],
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.step = step
        self._ctx = ctx
        self._word = word
        self.findings: tuple[SetUpFinding, ...] = ()
        self.picture: LivePicture | None = None
        self.fields = {each.name: create_answer(ctx, each) for each in asked}
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(12)
        column.addWidget(CodeLabel(ctx, f"set_up_title.{step.value}", "page"))
        lead = CodeLabel(ctx, f"set_up_lead.{step.value}", "second", wrap=True)
        column.addWidget(lead)
        inner = QVBoxLayout()
        inner.setSpacing(12)
        card = Card(ctx)
        for field in self.fields.values():
            card.body.addWidget(field)
        card.setVisible(bool(self.fields))
        self._results = Card(ctx, "set_up.findings")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(16)
        told = QVBoxLayout()
        told.addLayout(self._rows)
        told.addStretch(1)
        self._beside.addLayout(told, 1)
        self._results.body.addLayout(self._beside)
        self._results.hide()
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(card)
        inner.addWidget(self._results)
        inner.addStretch(1)
        self._area = scroll_area(inner)
        column.addWidget(self._area, 1)
        self.end = EndInSight(self._area)

    def answers(self) -> Answers:
        """Return what stands in the fields."""
        return {name: field.answer() for name, field in self.fields.items()}

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(field.edit.text() for field in self.fields.values())

    def first_focus(self) -> QWidget | None:
        """Return the first field that is empty, or the first."""
        shown = [each.edit for each in self.fields.values() if each.edit.isVisibleTo(self)]
        return next((each for each in shown if not each.text()), shown[0] if shown else None)

    @Slot()
    def read_on(self) -> None:
        """Show what comes next."""
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + bar.pageStep())

    def show_findings(self, findings: Sequence[SetUpFinding]) -> None:
        """Show what was found: beside its field where it is about one, else below."""
        self.findings = tuple(findings)
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for field in self.fields.values():
            field.mark(bad=False)
        first: AnswerField | None = None
        for each in findings:
            named = self.fields.get(each.field)
            if named is not None and each.error is None:
                named.mark(bad=True, code=f"set_up.{each.code}")
                first = first or named
            else:
                self._rows.addWidget(self._row(each))
        self._results.setVisible(self._rows.count() > 0)
        self.end.forget()
        if self._rows.count():
            # One turn later: its place is known when it was laid out.
            QTimer.singleShot(0, self._results, self._reveal)
        else:
            self.end.begin()
        if first is not None and first.entries:
            first.entries[0].setFocus()
        self._ctx.announce("\n".join(self._word(each) for each in findings))

    def show_picture(self, image: PreviewImage) -> None:
        """Show what the camera sees beside what was found of it."""
        if self.picture is None:
            self.picture = LivePicture(self._ctx)
            self._beside.insertWidget(0, self.picture, 0, Qt.AlignmentFlag.AlignTop)
            QTimer.singleShot(0, self._results, self._reveal)
        self.picture.show_image(image)

    def _reveal(self) -> None:
        if self._results.height() <= self._area.viewport().height():
            self._area.ensureWidgetVisible(self._results, 0, 0)
        else:
            # A long list is read from its beginning: Qt would show the middle of it.
            self._area.verticalScrollBar().setValue(self._results.y())
        self.end.begin()

    def _row(self, finding: SetUpFinding) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        tone = _TONES[finding.state]
        line.addWidget(IconLabel(self._ctx, _ICONS[tone], 20, tone), 0, Qt.AlignmentFlag.AlignTop)
        words = PlainLabel(wrap=True)
        words.setText(self._word(finding))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(words, 1)
        return row

    def forget(self) -> None:
        """Wipe what was typed into the fields."""
        for field in self.fields.values():
            field.edit.clear()
