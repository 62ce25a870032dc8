"""The report of a signature: whose it is, the chain from the root down, every check in words."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel, PlainLabel, set_tone
from ui.widgets.pill import TONE_ICON, IconLabel, Pill
from ui.wording import date_text, status_code, status_tone
from workstation.documents.report_text import next_step_code
from workstation.station.snapshot import SignatureView

__all__ = ["SignaturePanel"]

_TONES: Final = {"TOTAL_PASSED": Tone.OK, "TOTAL_FAILED": Tone.BAD}
_ROOT: Final = ("landmark", "signature.chain_root")
_AUTHORITY: Final = ("building-2", "signature.chain_authority")
_CUSTOMER: Final = ("user", "signature.chain_customer")


class SignaturePanel(Card):
    """Who signed and every finding; names from certificates are shown as they are.

    Reports are longer than a small screen: the page keys and the arrows scroll.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "signature.report")
        self._ctx = ctx
        self._shown: SignatureView | None = None
        self.empty = CodeLabel(ctx, "signature.report_wait", "second", wrap=True)
        self.content = QWidget()
        self.grid = QGridLayout(self.content)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(8)
        self.grid.setVerticalSpacing(4)
        self.grid.setColumnStretch(1, 1)
        self.area = QScrollArea()
        self.area.setWidget(self.content)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for ground in (self.area.viewport(), self.content):
            ground.setAutoFillBackground(False)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.area, 1)
        self.area.hide()
        ctx.changed.connect(self._rebuild)
        self._name()

    def show_signature(self, view: SignatureView | None) -> None:
        """Show a report, or that there is none yet."""
        if view != self._shown:
            self._shown = view
            self._rebuild()

    def _name(self) -> None:
        self.area.setAccessibleName(self._ctx.tr_code("signature.report"))

    def _rebuild(self) -> None:
        view = self._shown
        while (item := self.grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._name()
        self.empty.setVisible(view is None)
        self.area.setVisible(view is not None)
        if view is None:
            return
        tone = _TONES.get(view.indication, Tone.WARN)
        self.grid.addWidget(Pill(self._ctx, f"indication.{view.indication}", tone), 0, 0, 1, 3)
        step = next_step_code(self._ctx.texts, view.sub_indication, view.reason)
        self.grid.addWidget(CodeLabel(self._ctx, step, wrap=True), 1, 0, 1, 3)
        owner = QGridLayout()
        _fill_owner(self._ctx, owner, view)
        self.grid.addLayout(owner, 2, 0, 1, 3)
        row = self._list_chain(view, 3)
        row = self._list_checks(view, row)
        self.grid.setRowStretch(row, 1)

    def _list_chain(self, view: SignatureView, row: int) -> int:
        """List the certificates as they vouch for each other: the root first, the customer last."""
        if not view.chain:
            return row
        self.grid.addWidget(CodeLabel(self._ctx, "signature.chain", "caption"), row, 0, 1, 3)
        last = len(view.chain) - 1
        for at, untrusted_name in enumerate(reversed(view.chain)):
            row += 1
            own = at == last
            sign, word = _CUSTOMER if own else _ROOT if at == 0 else _AUTHORITY
            icon = IconLabel(self._ctx, sign, 20, Tone.NOW if own else Tone.WAIT)
            self.grid.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignTop)
            name = PlainLabel("strong" if own else "body", wrap=True)
            name.setText(untrusted_name)
            self.grid.addWidget(name, row, 1)
            place = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
            self.grid.addWidget(CodeLabel(self._ctx, word, "caption"), row, 2, place)
        return row + 1

    def _list_checks(self, view: SignatureView, row: int) -> int:
        """List every finding, what is not in order first."""
        self.grid.addWidget(CodeLabel(self._ctx, "signature.checks", "caption"), row, 0, 1, 3)
        for code, status in sorted(view.findings, key=lambda each: each[1] == "passed"):
            row += 1
            tone = status_tone(status)
            icon = IconLabel(self._ctx, TONE_ICON[tone], 16, tone)
            self.grid.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignCenter)
            self.grid.addWidget(CodeLabel(self._ctx, f"finding.{code}", wrap=True), row, 1)
            word = CodeLabel(self._ctx, status_code(status), "caption")
            set_tone(word, tone)
            self.grid.addWidget(word, row, 2, Qt.AlignmentFlag.AlignRight)
        return row + 1


def _fill_owner(ctx: UiContext, grid: QGridLayout, view: SignatureView) -> None:
    """Put into an empty grid who signed, with which number, by whose certificate, valid until."""
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    rows = (
        ("signature.subject", view.common_name),
        ("signature.iin", view.iin_masked),
        ("signature.issuer", view.issuer),
        ("signature.not_after", date_text(view.not_after_ms) if view.not_after_ms else "—"),
    )
    for row, (code, untrusted_value) in enumerate(rows):
        grid.addWidget(CodeLabel(ctx, code, "caption"), row, 0, Qt.AlignmentFlag.AlignTop)
        value = PlainLabel("strong", wrap=True)
        value.setText(untrusted_value)
        grid.addWidget(value, row, 1)
