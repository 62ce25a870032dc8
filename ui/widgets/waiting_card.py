"""An answer that is waited for: from whom, since when, and when it is asked for again."""

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ui.context import UiContext
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel
from ui.widgets.qr_view import QrView
from ui.wording import clock_text, duration_text
from workstation.documents.qr_code import qr_modules
from workstation.station.snapshot import Waiting

__all__ = ["WaitingCard", "invitation_modules"]

_SECOND_MS: Final = 1000
_CODE_SIDE: Final = 150
_LONGEST_ADDRESS: Final = 128
"""Characters: more make modules too small for a phone's camera at this side."""


def invitation_modules(address: str) -> tuple[bytes, ...]:
    """Return the code of an address, nothing for one that is empty or too long for a phone."""
    return qr_modules(address) if 0 < len(address) <= _LONGEST_ADDRESS else ()


class WaitingCard(Card):
    """Counts the seconds itself while it is on the screen; hidden while nothing is waited for."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx)
        self._ctx = ctx
        self._waiting: Waiting | None = None
        self._address = ""
        self.who = CodeLabel(ctx, "", "lead", wrap=True)
        self.since = CodeLabel(ctx, "", "strong")
        self.again = CodeLabel(ctx, "", "strong")
        self.invitation = CodeLabel(ctx, "", "strong", wrap=True)
        self.code = CodeLabel(ctx, "", "lead")
        self.qr = QrView(_CODE_SIDE)
        self.qr.hide()
        words = QVBoxLayout()
        for label in (self.who, self.since, self.again, self.invitation, self.code):
            words.addWidget(label)
        words.addWidget(CodeLabel(ctx, "waiting.text", "second", wrap=True))
        words.addStretch(1)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(self.qr)
        self.body.addLayout(row)
        self._clock = QTimer(self)
        self._clock.setInterval(_SECOND_MS)
        self._clock.timeout.connect(self._tick)
        self.hide()

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is waited for."""
        return self._waiting is not None

    @property
    def may_ask(self) -> bool:
        """Whether a question now would come before the one that is due anyway."""
        return self._waiting is not None and self._waiting.again_ms != 0

    def show_waiting(self, waiting: Waiting | None) -> None:
        """Show what is waited for."""
        self._waiting = waiting
        if waiting is not None:
            self.who.set_code(f"waiting.{waiting.source.value}")
            self.invitation.set_code("waiting.invitation", address=waiting.address)
            self.code.set_code("waiting.code", code=waiting.code)
            self.invitation.setVisible(waiting.address != "")
            self._show_address(waiting.address)
            self.code.setVisible(waiting.code != "")
            self._tick()
        self.setVisible(waiting is not None)

    def _show_address(self, address: str) -> None:
        """Show a code for the customer's phone; the same one again is drawn once."""
        if address != self._address:
            self._address = address
            modules = invitation_modules(address)
            self.qr.setVisible(modules != ())
            self.qr.show_modules(modules)
            self.qr.setAccessibleName(address)

    def _tick(self) -> None:
        waiting = self._waiting
        if waiting is None:
            return
        now_ms = self._ctx.now_ms()
        elapsed = duration_text(now_ms - waiting.since_ms)
        self.since.set_code("waiting.since", time=clock_text(waiting.since_ms), elapsed=elapsed)
        left_ms = waiting.again_ms - now_ms
        if waiting.again_ms == 0 or left_ms <= 0:
            self.again.set_code("waiting.asking")
        else:
            self.again.set_code("waiting.again", seconds=-(-left_ms // _SECOND_MS))

    def showEvent(self, event: QShowEvent) -> None:
        """Count."""
        super().showEvent(event)
        self._tick()
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self._clock.stop()
