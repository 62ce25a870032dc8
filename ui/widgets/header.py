"""The header: which operation, which customer, how long, and who is responsible."""

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ui.context import UiContext
from ui.widgets.buttons import ActionButton
from ui.widgets.labels import CodeLabel, PlainLabel, ShortenedLabel
from ui.widgets.pill import IconLabel
from ui.wording import duration_text, number_text
from workstation.session.states import State
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["HeaderBar"]

_SECOND_MS: Final = 1000


class HeaderBar(QFrame):
    """64 pixels; what it shows of the customer is masked by the core."""

    lock = Signal()
    sign_out = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(ctx.theme.lengths["height_header"])
        self._ctx = ctx
        self._started_ms = 0
        self._session: SessionSnapshot | None = None
        self._status: StationStatus | None = None
        # What an operation is called is the policy's, and a name may have 120 letters.
        self.operation, self.client = ShortenedLabel("strong"), ShortenedLabel("strong")
        self.duration = PlainLabel("strong")
        self.operator, self.role = ShortenedLabel("strong"), ShortenedLabel("caption")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 8, 16, 8)
        row.setSpacing(20)
        # Number and ИИН tell two cases apart: they stand where nothing is ever shortened.
        self.number, self.iin = PlainLabel("caption"), PlainLabel("caption")
        self._lasting = CodeLabel(ctx, "header.duration", "caption")
        for caption, value in (
            (self.number, self.operation),
            (self.iin, self.client),
            (self._lasting, self.duration),
        ):
            row.addLayout(_pair(caption, value))
        row.addStretch(1)
        self._person = IconLabel(ctx, "user", 20)
        row.addWidget(self._person)
        row.addLayout(_pair(self.operator, self.role))
        self.sign_out_button = ActionButton(ctx, "button.sign_out", icon="log-out")
        self.sign_out_button.clicked.connect(self.sign_out)
        self.lock_button = ActionButton(ctx, "button.lock", icon="lock")
        self.lock_button.clicked.connect(self.lock)
        row.addWidget(self.sign_out_button)
        row.addWidget(self.lock_button)
        self._clock = QTimer(self)
        self._clock.setInterval(_SECOND_MS)
        self._clock.timeout.connect(self._tick)
        ctx.changed.connect(self._refresh)
        self._refresh()

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the session's operation, customer and clock."""
        self._session = snapshot
        self._refresh()

    def show_station(self, status: StationStatus) -> None:
        """Show the operator."""
        self._status = status
        self._refresh()

    def _refresh(self) -> None:
        session, status, ctx = self._session, self._status, self._ctx
        running = session is not None and session.state is not State.IDLE
        signed_in = status is not None and status.operator is not None
        captions = (self.number, self.iin, self._lasting)
        for label in (*captions, self.operation, self.client, self.duration):
            label.setVisible(running and signed_in)
        for widget in (self._person, self.operator, self.role, self.lock_button):
            widget.setVisible(signed_in)
        self.sign_out_button.setVisible(signed_in and not running)
        if session is not None and running:
            kind = "" if session.kind is None else ctx.tr_code(f"operation.{session.kind}")
            number = number_text(session.number)
            self.number.setText(f"{ctx.tr_code('header.operation')} № {number}")
            self.operation.setText(kind)
            iin = ctx.tr_code("header.iin", iin=session.iin_masked)
            self.iin.setText(f"{ctx.tr_code('header.client')} · {iin}")
            # Two people look alike in a header: whose turn it is stands before the name.
            turn = f"{ctx.tr_code(f'party.{session.turn}')}: " if session.turn else ""
            self.client.setText(f"{turn}{session.client_name}")
            self._started_ms = session.started_ms
            self._tick()
        if status is not None and status.operator is not None:
            self.operator.setText(status.operator.name)
            role = ctx.tr_code(f"role.{status.operator.role.value}")
            self.role.setText(f"{role} · {status.station}")
        ticking = session is not None and running and session.state is not State.RECORDED
        if ticking != self._clock.isActive():
            self._clock.start() if ticking else self._clock.stop()

    def _tick(self) -> None:
        """Show how long it runs, or took: a case that ended within a second took one."""
        decision = None if self._session is None else self._session.decision
        if decision is None:
            elapsed = self._ctx.now_ms() - self._started_ms
        else:
            elapsed = max(decision.decided_ms - self._started_ms, _SECOND_MS)
        self.duration.setText(duration_text(elapsed))


def _pair(upper: PlainLabel, lower: PlainLabel) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addStretch(1)
    column.addWidget(upper)
    column.addWidget(lower)
    column.addStretch(1)
    return column
