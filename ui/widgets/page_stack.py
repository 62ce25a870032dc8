"""Stacks of which only the page that is shown counts: for the size, and for a screen reader."""

from functools import cache
from typing import Final

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QStackedWidget

__all__ = ["OnePageStack", "PageStack"]

_NARROWEST: Final = 960
"""No page is ever narrower, so texts are not wrapped further when the height is asked for."""


class OnePageStack(QStackedWidget):
    """Is as large as the page that is shown, and holds no other for a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        _install_spoken_stack()
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size of the current page."""
        page = self.currentWidget()
        return super().minimumSizeHint() if page is None else page.minimumSizeHint()

    def sizeHint(self) -> QSize:
        """Return the preferred size of the current page."""
        page = self.currentWidget()
        return super().sizeHint() if page is None else page.sizeHint()


class PageStack(OnePageStack):
    """Asks for the room of its current page: a hidden tall page must not push the footer out."""

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size of the current page."""
        page = self.currentWidget()
        layout = None if page is None else page.layout()
        if page is None or layout is None:
            return super().minimumSizeHint()
        width = max(_NARROWEST, page.minimumSizeHint().width())
        if not layout.hasHeightForWidth():
            return QSize(width, layout.totalMinimumSize().height())
        return QSize(width, layout.totalMinimumHeightForWidth(width))


class _SpokenStack(QAccessibleWidget):
    """What a screen reader finds in a stack: the current page alone.

    Qt's own interface lists the hidden pages too, and AT-SPI hands their texts to whoever asks.
    """

    def __init__(self, stack: OnePageStack) -> None:
        super().__init__(stack, QAccessible.Role.LayeredPane)
        self._stack = stack

    def childCount(self) -> int:
        return 0 if self._stack.currentWidget() is None else 1

    # Qt takes a null for a child that is not there, which the stubs do not say.
    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        page = self._stack.currentWidget()
        if index != 0 or page is None:
            return None
        return QAccessible.queryAccessibleInterface(page)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        page = self._stack.currentWidget()
        return 0 if page is not None and child.object() is page else -1


@cache
def _install_spoken_stack() -> None:
    QAccessible.installFactory(_spoken_stack)


def _spoken_stack(_name: str, thing: QObject) -> QAccessibleInterface | None:
    return _SpokenStack(thing) if isinstance(thing, OnePageStack) else None
