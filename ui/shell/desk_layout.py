"""Where things stand on the teller's desk: header, rail, one page over the footer, status bar."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.scrolling import Viewport

__all__ = ["lay_out_desk"]


def lay_out_desk(
    above: tuple[QWidget, ...], rail: QWidget, page: tuple[QWidget, QWidget], below: QWidget
) -> QWidget:
    """Return everything in the window but the lock.

    page  the pages, and the footer under them: outside of whatever scrolls in a page
    """
    pages, footer = page
    right = QVBoxLayout()
    right.setSpacing(0)
    right.addWidget(Viewport(pages), 1)
    right.addWidget(footer)
    middle = QHBoxLayout()
    middle.setSpacing(0)
    middle.addWidget(rail)
    middle.addLayout(right, 1)
    desk = QWidget()
    column = QVBoxLayout(desk)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in above:
        column.addWidget(widget)
    column.addLayout(middle, 1)
    column.addWidget(below)
    return desk
