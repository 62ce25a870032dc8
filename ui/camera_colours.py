"""The colours of the camera view in the teller's window."""

from PySide6.QtGui import QColor

from ui.theme.theme import Theme
from ui.widgets.camera_view import CameraColours

__all__ = ["operator_colours"]

_DIMMED = 120


def operator_colours(theme: Theme) -> CameraColours:
    """Return dark ground and a half-transparent cover, the same in both themes."""
    cover = QColor(theme.colour("camera"))
    cover.setAlpha(_DIMMED)
    return CameraColours(
        ground=theme.colour("camera"),
        cover=cover,
        ring=theme.colour("camera_ring"),
        track=theme.colour("camera_track"),
        arrow=theme.colour("camera_text"),
        text=theme.colour("camera_text"),
    )
