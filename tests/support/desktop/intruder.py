"""Hands at somebody else's window: every key, click and drop, sent to the native window."""

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.shell.main_window import KEYS

__all__ = ["drop_file", "press", "strike_every_key", "try_every_way"]

_WALK = (
    *["Tab"] * 12,
    *["Shift+Tab"] * 12,
    *("Space", "Return", "Enter", "Esc", "Menu", "Up", "Down", "Left", "Right", "Home", "End"),
    *("Ctrl+Tab", "Ctrl+Shift+Tab", "Ctrl+A", "Ctrl+C", "Ctrl+V", "Shift+F10", "F12"),
)
_MNEMONICS = "abcdefghijklmnopqrstuvwxyz0123456789"
_GRID = 9


def press(window, key):
    """Strike a key as the window system does: shortcuts first, then whoever has the focus."""
    if QGuiApplication.focusWindow() is None:
        # A window of the test before went late and took the focus with it; a window manager gives
        # it to the one that is left.
        window.activateWindow()
        QApplication.processEvents()
    combination = QKeySequence(key)[0]
    QTest.keyClick(window.windowHandle(), combination.key(), combination.keyboardModifiers())
    QApplication.processEvents()


def strike_every_key(window):
    """Walk with Tab and strike Space at every stop, then every key there is; yield after each."""
    # What another test left would be pasted where a secret is asked for, and be tried.
    QGuiApplication.clipboard().clear()
    for _ in range(12):
        press(window, "Tab")
        yield "Tab"
        press(window, "Space")
        yield "Tab Space"
    for key in (*_WALK, *KEYS):
        press(window, key)
        yield key
    for letter in _MNEMONICS:
        press(window, f"Alt+{letter}")
        yield f"Alt+{letter}"


def click_everywhere(window):
    """Click both buttons on a grid over the whole window."""
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        for column in range(_GRID):
            for row in range(_GRID):
                place = QPoint(
                    window.width() * (2 * column + 1) // (2 * _GRID),
                    window.height() * (2 * row + 1) // (2 * _GRID),
                )
                QTest.mouseClick(
                    window.windowHandle(), button, Qt.KeyboardModifier.NoModifier, place
                )
                QApplication.processEvents()
                yield f"{button.name} at {place}"


def drop_file(window, path, place):
    """Drag a file over the window and let it go; tell whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    handle = window.windowHandle()
    entered = QDragEnterEvent(place, copy, data, left, none)
    QApplication.sendEvent(handle, entered)
    dropped = QDropEvent(QPointF(place), copy, data, left, none)
    QApplication.sendEvent(handle, dropped)
    return entered.isAccepted() or dropped.isAccepted()


def try_every_way(window, path):
    """Try keys, clicks and drops; yield what was tried after each."""
    yield from strike_every_key(window)
    yield from click_everywhere(window)
    centre = window.rect().center()
    for place in (centre, QPoint(40, 30), QPoint(centre.x(), window.height() - 30)):
        assert not drop_file(window, path, place)
        yield f"drop at {place}"
