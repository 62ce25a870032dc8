"""The status bar: camera, log and revocation list on one line, and the time."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ui.context import UiContext
from ui.widgets.labels import PlainLabel, ShortenedCodeLabel
from ui.widgets.pill import IconLabel
from ui.widgets.readiness import camera_line, crl_brief, log_line
from ui.widgets.view_menu import ViewMenu
from ui.wording import date_time_text
from workstation import __version__
from workstation.station.snapshot import StationStatus

__all__ = ["StatusBar"]


class StatusBar(QFrame):
    """26 pixels at the bottom; red only when something is broken."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setFixedHeight(ctx.theme.lengths["height_status"])
        self._ctx = ctx
        self._icons = tuple(
            IconLabel(ctx, name, 16) for name in ("camera", "link", "file-signature")
        )
        self.labels = tuple(ShortenedCodeLabel(ctx, "", "caption") for _ in self._icons)
        self._time = PlainLabel("caption")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(6)
        for icon, label in zip(self._icons, self.labels, strict=True):
            row.addWidget(icon)
            row.addWidget(label)
            row.addSpacing(20)
            icon.hide()
        row.addStretch(1)
        row.addWidget(self._time)
        row.addWidget(ViewMenu(ctx))
        self._clock = QTimer(self)
        self._clock.setInterval(5000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._tick()

    def show_station(self, status: StationStatus) -> None:
        """Show the station's three lines."""
        lines = (camera_line(status), log_line(status), crl_brief(status))
        without = status.camera_message and not status.camera
        names = ("camera-off" if without else "camera", "link", "file-signature")
        for (tone, code, values), name, icon, label in zip(
            lines, names, self._icons, self.labels, strict=True
        ):
            icon.set_icon(name, tone)
            icon.show()
            label.set_code(code, **values)

    def _tick(self) -> None:
        shown = date_time_text(self._ctx.now_ms())[:-3]
        self._time.setText(f"{shown}   v{__version__}")
