"""Whose signature it is, in two lines; the chain and every check are a key away."""

from typing import Final

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.buttons import Action, ActionButton, Side
from ui.widgets.card import Card
from ui.widgets.dialogs import open_dialog
from ui.widgets.labels import CodeLabel, ShortenedLabel
from ui.widgets.pill import Pill
from ui.widgets.signature_panel import SignaturePanel
from ui.wording import date_text, status_code, status_tone
from workstation.rules.checks import CheckStatus
from workstation.station.snapshot import SignatureView

__all__ = ["SignatureCard", "SignatureDialog"]

_KEY: Final = "F5"
_STATUS: Final = {"TOTAL_PASSED": CheckStatus.PASSED, "TOTAL_FAILED": CheckStatus.FAILED}
_SHARE: Final = 0.8
_WIDEST: Final = 720


class SignatureDialog(QDialog):
    """The whole report; Esc closes, and so does the lock."""

    def __init__(self, ctx: UiContext, parent: QWidget, view: SignatureView) -> None:
        super().__init__(parent)
        self.setWindowTitle(ctx.tr_code("signature.report"))
        self.panel = SignaturePanel(ctx)
        self.panel.show_signature(view)
        closing = ActionButton(ctx, "button.close", "Esc")
        closing.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.panel, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(closing)
        column.addLayout(row)
        size = parent.size() * _SHARE
        self.resize(min(size.width(), _WIDEST), size.height())
        self.finished.connect(self.deleteLater)
        closing.setFocus()


class SignatureCard(Card):
    """Owner and last day, as the certificate states them."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx)
        self._ctx = ctx
        self._shown: SignatureView | None = None
        self.pill = Pill(ctx)
        self.larger = ActionButton(ctx, "button.signature_report", _KEY)
        self.larger.clicked.connect(self.enlarge)
        above = QHBoxLayout()
        above.addWidget(self.pill)
        above.addStretch(1)
        above.addWidget(self.larger)
        self.owner = ShortenedLabel("strong")
        self.until = CodeLabel(ctx, "", "caption")
        self.body.setSpacing(4)
        self.body.addLayout(above)
        self.body.addWidget(self.owner)
        self.body.addWidget(self.until)

    def show_signature(self, view: SignatureView | None) -> None:
        """Show whose signature it is; nothing while there is none."""
        self._shown = view
        self.setVisible(view is not None)
        if view is None:
            self.owner.setText("")
            return
        status = _STATUS.get(view.indication, CheckStatus.INDETERMINATE)
        self.pill.set_state(status_code(status), status_tone(status))
        self.owner.setText(view.common_name)
        day = date_text(view.not_after_ms) if view.not_after_ms else "—"
        self.until.set_code("signature.summary", iin=view.iin_masked, day=day)

    def enlarge(self) -> None:
        """Open the whole report; a locked station opens nothing."""
        if self._shown is not None:
            open_dialog(self._ctx, SignatureDialog(self._ctx, self.window(), self._shown))

    def action(self) -> Action:
        """Return the key of the button."""
        there = self._shown is not None
        return Action("button.signature_report", _KEY, self.enlarge, side=Side.PAGE, enabled=there)
