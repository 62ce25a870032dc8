"""Where the window opens: inside of a screen that is there, as large as last time or as it fits."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from ui.preferences import Placement

__all__ = ["find_place", "place_window", "placement_of", "return_to_screen"]

_USUAL: Final = QSize(1366, 768)
_FRAME: Final = QSize(16, 40)
"""Logical pixels that a title bar and edges may add; known only after the window was shown."""

_SEEN: Final = 0.25
"""Less of a remembered window than this on any screen: that screen is gone."""


def find_place(saved: Placement | None, screens: Sequence[QRect]) -> tuple[QRect, bool]:
    """Return the geometry of the window without its frame, and whether it is maximised.

    screens  what task bars leave of every screen, the main one first; logical pixels
    """
    wanted = QRect(QPoint(0, 0), _USUAL)
    screen, known = screens[0], False
    if saved is not None:
        remembered = QRect(saved.left, saved.top, saved.width, saved.height)
        best = max(screens, key=lambda each: _area(each.intersected(remembered)))
        if _area(best.intersected(remembered)) >= _SEEN * _area(remembered):
            wanted, screen, known = remembered, best, True
    most = screen.size() - _FRAME
    tight = most.width() < wanted.width() or most.height() < wanted.height()
    size = wanted.size().boundedTo(most)
    place = QRect(QPoint(0, 0), size)
    if known:
        place.moveTopLeft(wanted.topLeft())
    else:
        place.moveCenter(screen.center())
    # The title bar stays reachable: it is what the window is moved by.
    left = min(max(place.left(), screen.left()), screen.right() + 1 - size.width())
    lowest = screen.bottom() + 1 - size.height()
    top = min(max(place.top(), screen.top() + _FRAME.height()), lowest)
    place.moveTo(left, top)
    return place, tight or (known and saved is not None and saved.maximised)


def place_window(window: QMainWindow, saved: Placement | None) -> None:
    """Show the window where it was, or where it fits."""
    geometry, maximised = find_place(saved, _available())
    window.setGeometry(geometry)
    if maximised:
        window.showMaximized()
    else:
        window.show()


def placement_of(window: QMainWindow) -> Placement:
    """Return where the window is: maximised, where it would be if it were not."""
    maximised = window.isMaximized()
    place = window.normalGeometry() if maximised else window.geometry()
    return Placement(
        left=place.left(),
        top=place.top(),
        width=max(1, place.width()),
        height=max(1, place.height()),
        maximised=maximised,
    )


def return_to_screen(window: QMainWindow) -> None:
    """Bring a window back whose screen was unplugged or has become smaller."""
    place = window.geometry()
    if window.isMaximized() or any(screen.contains(place) for screen in _available()):
        return
    geometry, maximised = find_place(placement_of(window), _available())
    window.setGeometry(geometry)
    if maximised:
        window.showMaximized()


def _available() -> list[QRect]:
    main = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda each: each is not main)
    return [screen.availableGeometry() for screen in screens]


def _area(place: QRect) -> int:
    return max(0, place.width()) * max(0, place.height())
