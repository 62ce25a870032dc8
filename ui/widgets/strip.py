"""The strip under the header that says that nothing here is real: demo, simulated camera."""

from PySide6.QtCore import Qt

from ui.context import UiContext
from ui.widgets.labels import CodeLabel
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["DemoStrip"]


class DemoStrip(CodeLabel):
    """26 pixels, on every page, and only while there is something to say."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "", "strong")
        self.setObjectName("strip")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedHeight(ctx.theme.lengths["height_strip"])
        self.hide()

    def show_state(self, station: StationStatus | None, session: SessionSnapshot | None) -> None:
        """Say what is simulated; nothing hides the strip."""
        demo = station is not None and station.profile == "demo"
        camera = (session is not None and session.simulated) or (
            station is not None and station.simulated
        )
        code = "strip.both" if demo and camera else "strip.demo" if demo else "strip.camera"
        self.set_code(code if demo or camera else "")
        self.setVisible(demo or camera)
