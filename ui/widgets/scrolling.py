"""What may be longer than its room: it scrolls, and follows the focus."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

__all__ = ["Viewport", "scroll_area"]

_LEAST: Final = QSize(320, 200)


class Viewport(QScrollArea):
    """Shows a whole page where there is room for it, and else scrolls: no page moves a window.

    On an ordinary screen nothing scrolls (tests/ui/test_fit.py); a screen that is smaller, or texts
    that are twice as large, leave every button within reach of keys and mouse.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Return the little room that is enough to scroll in."""
        return _LEAST


def scroll_area(content: QLayout, *, on_card: bool = False) -> QScrollArea:
    """Return a frameless area that shows the layout and scrolls it up and down only.

    on_card  it has the ground of the card it stands on, not the page's
    """
    area, inner = QScrollArea(), QWidget()
    inner.setObjectName("" if on_card else "page")
    inner.setLayout(content)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    for ground in (area.viewport(), inner) if on_card else ():
        ground.setAutoFillBackground(False)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
