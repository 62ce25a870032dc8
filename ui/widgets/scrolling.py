"""What may be longer than its room: it scrolls, and follows the focus."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
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
        self._content = content
        self.setWidget(content)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Return the little room that is enough to scroll in."""
        return _LEAST

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the page the new room."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the page what it has come to need."""
        if event.type() is QEvent.Type.LayoutRequest and watched is self._content:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        # Qt's own way (setWidgetResizable) gives a page of wrapped texts the height that it would
        # like to have, and scrolls where its least one has room.
        least, room = self._content.minimumSizeHint(), self.maximumViewportSize()
        if least.height() > room.height():
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
        if least.width() > room.width():
            room.setHeight(room.height() - self.horizontalScrollBar().sizeHint().height())
        self._content.resize(room.expandedTo(least))


class _Content(QWidget):
    """As high as its layout needs at the width that there is: text that wraps is never cut.

    Left alone, the area goes by the height that the layout needs at its smallest width.
    """

    def event(self, event: QEvent) -> bool:
        """Take the height anew when the width or what is shown is another."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest}:
            layout = self.layout()
            if layout is not None and layout.hasHeightForWidth():
                self.setMinimumHeight(max(1, layout.totalHeightForWidth(self.width())))
        return super().event(event)


def scroll_area(content: QLayout, *, on_card: bool = False) -> QScrollArea:
    """Return a frameless area that shows the layout and scrolls it up and down only.

    on_card  it has the ground of the card it stands on, not the page's
    """
    area, inner = QScrollArea(), _Content()
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
