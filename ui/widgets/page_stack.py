"""The stack of pages, as large as the page that is shown and not as the largest one."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget

__all__ = ["PageStack"]

_NARROWEST: Final = 960
"""No page is ever narrower, so texts are not wrapped further when the height is asked for."""


class PageStack(QStackedWidget):
    """Asks for the room of its current page: a hidden tall page must not push the footer out."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size of the current page."""
        page = self.currentWidget()
        layout = None if page is None else page.layout()
        if page is None or layout is None:
            return super().minimumSizeHint()
        width = max(_NARROWEST, page.minimumSizeHint().width())
        return QSize(width, layout.totalMinimumHeightForWidth(width))

    def sizeHint(self) -> QSize:
        """Return the wished size of the current page."""
        page = self.currentWidget()
        return super().sizeHint() if page is None else page.sizeHint()
