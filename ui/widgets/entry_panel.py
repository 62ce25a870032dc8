"""One entry beside the list: what it says in words, what proves it, and every member."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.buttons import ActionButton
from ui.widgets.card import Card
from ui.widgets.entry_words import list_facts, say_member, say_member_name
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.widgets.pill import TONE_ICON, IconLabel, Pill
from ui.widgets.scrolling import scroll_area
from ui.widgets.text_view import text_view
from ui.wording import date_time_text
from workstation.station.log_view import LogEntryView, ProofLine, ProofState

__all__ = ["EntryPanel"]

_WIDTH: Final = 336
_TONES: Final = {
    ProofState.GOOD: Tone.OK,
    ProofState.BAD: Tone.BAD,
    ProofState.ABSENT: Tone.WAIT,
}
_OUTCOMES: Final = {"approved": Tone.OK, "rejected": Tone.BAD, "indeterminate": Tone.WARN}
_GROUP: Final = 4
_DIGEST: Final = 64


class EntryPanel(Card):
    """`case_wanted` asks for the page of the entry's case.

    of_case  it stands on that page already
    """

    case_wanted = Signal()

    def __init__(self, ctx: UiContext, *, of_case: bool = False) -> None:
        super().__init__(ctx)
        self._ctx = ctx
        self._of_case = of_case
        self.entry: LogEntryView | None = None
        self.names: Mapping[str, str] = {}
        self.setFixedWidth(_WIDTH)
        self.number, self.pill = CodeLabel(ctx, "", "card"), Pill(ctx)
        head = QHBoxLayout()
        head.addWidget(self.number, 1)
        head.addWidget(self.pill)
        self.body.addLayout(head)
        self._scroll = scroll_area(self._lay_out_content(), on_card=True)
        self.body.addWidget(self._scroll, 1)
        self.open_case = ActionButton(ctx, "log_entry.open_case", "Enter")
        self.open_case.clicked.connect(self.case_wanted)
        self.body.addStretch(0)
        self.body.addWidget(self.open_case)
        ctx.changed.connect(self._show)

    def _lay_out_content(self) -> QVBoxLayout:
        ctx, content = self._ctx, QVBoxLayout()
        content.setContentsMargins(0, 0, 4, 0)
        content.setSpacing(8)
        self._facts = _Lines(content)
        self.to_review = CodeLabel(ctx, "", wrap=True)
        set_tone(self.to_review, Tone.WARN)
        content.addWidget(self.to_review)
        content.addWidget(CodeLabel(ctx, "log_entry.proof", "card"))
        self._proof = QGridLayout()
        self._proof.setHorizontalSpacing(8)
        self._proof.setVerticalSpacing(4)
        self._proof.setColumnStretch(1, 1)
        self._proof_rows: list[_ProofRow] = []
        content.addLayout(self._proof)
        self.advice = CodeLabel(ctx, "log_entry.proof_bad", wrap=True)
        set_tone(self.advice, Tone.BAD)
        content.addWidget(self.advice)
        content.addWidget(CodeLabel(ctx, "log_entry.members", "card"))
        self.members = text_view(ctx, "log_entry.members")
        self.members.setMinimumHeight(220)
        content.addWidget(self.members)
        content.addStretch(1)
        return content

    def show_entry(self, entry: LogEntryView | None) -> None:
        """Show an entry; None for one that cannot be read any more."""
        self.entry = entry
        self._show()

    def _show(self) -> None:
        entry, tr = self.entry, self._ctx.tr_code
        for part in (self.open_case, self._scroll, self.pill):
            part.setVisible(entry is not None)
        self.number.set_code("log_entry.reading")
        if entry is None:
            return
        row = entry.row
        self.number.set_code("log_entry.number", number=row.seq)
        tone = _OUTCOMES.get(row.outcome)
        self.pill.setVisible(tone is not None)
        if tone is not None:
            self.pill.set_state(f"outcome.{row.outcome}", tone)
        self._facts.show_lines(
            [(tr(code), words) for code, words in list_facts(self._ctx, row, self.names)]
        )
        found = "; ".join(say_member(self._ctx, code) for code in row.findings)
        self.to_review.set_code("log.to_review" if found else "", what=found)
        self.to_review.setVisible(found != "")
        while len(self._proof_rows) < len(entry.proof):
            self._proof_rows.append(_ProofRow(self._ctx, self._proof, len(self._proof_rows)))
        for number, shown in enumerate(self._proof_rows):
            shown.show_line(entry.proof[number] if number < len(entry.proof) else None)
        self.advice.setVisible(any(line.state is ProofState.BAD for line in entry.proof))
        self.members.setPlainText(
            "\n".join(
                f"{say_member_name(self._ctx, each.name)}: {say_member(self._ctx, each.value)}"
                for each in entry.members
            )
        )
        self.open_case.setVisible(row.case != "" and not self._of_case)


class _Lines:
    """Captions with what they say beside them; made once, worded anew."""

    def __init__(self, column: QVBoxLayout) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        self._rows: list[tuple[PlainLabel, PlainLabel]] = []

    def show_lines(self, lines: list[tuple[str, str]]) -> None:
        while len(self._rows) < len(lines):
            caption, words = PlainLabel("caption"), PlainLabel("body", wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row = len(self._rows)
            self._grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(words, row, 1)
            self._rows.append((caption, words))
        for number, (caption, words) in enumerate(self._rows):
            shown = number < len(lines)
            caption.setVisible(shown)
            words.setVisible(shown)
            if shown:
                caption.setText(lines[number][0])
                words.setText(lines[number][1])


class _ProofRow:
    """One part of the proof: icon, words, and what was compared."""

    def __init__(self, ctx: UiContext, grid: QGridLayout, row: int) -> None:
        self._ctx = ctx
        self._icon = IconLabel(ctx, "circle", 20)
        box = self._box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._words = CodeLabel(ctx, "", wrap=True)
        self._detail = PlainLabel("caption", wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._words)
        column.addWidget(self._detail)
        grid.addWidget(self._icon, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(box, row, 1)

    def show_line(self, line: ProofLine | None) -> None:
        self._icon.setVisible(line is not None)
        self._box.setVisible(line is not None)
        if line is None:
            return
        tone = _TONES[line.state]
        self._icon.set_icon(TONE_ICON[tone], tone)
        self._words.set_code(f"log_proof.{line.code}.{line.state.value}")
        set_tone(self._words, tone if line.state is ProofState.BAD else Tone.NONE)
        moment = date_time_text(line.time_ms) if line.time_ms else ""
        detail = " · ".join(part for part in (_group(self._ctx, line.detail), moment) if part)
        self._detail.setText(detail)
        self._detail.setVisible(detail != "")


def _group(ctx: UiContext, detail: str) -> str:
    """Return a detail with its digests in groups of four, and a code in words."""
    parts = []
    for part in detail.split(" · "):
        if len(part) == _DIGEST and set(part) <= set("0123456789abcdef"):
            parts.append(" ".join(part[at : at + _GROUP] for at in range(0, _DIGEST, _GROUP)))
        else:
            parts.append(say_member(ctx, part))
    return " · ".join(parts)
