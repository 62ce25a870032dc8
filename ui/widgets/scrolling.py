"""What may be longer than the page: it scrolls, and follows the focus."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget

__all__ = ["scroll_area"]


def scroll_area(content: QLayout) -> QScrollArea:
    """Return a frameless area that shows the layout and scrolls it up and down only."""
    area, inner = QScrollArea(), QWidget()
    inner.setObjectName("page")
    inner.setLayout(content)
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
