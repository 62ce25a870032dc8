"""What the system asks of a program: dark or light, high contrast, larger texts."""

import math
import sys
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QStyleHints

from ui.theme.theme import LARGEST

__all__ = ["system_scale", "system_theme"]

_DEFAULT_POINTS: Final = {"win32": 9.0}
_OTHER_POINTS: Final = 11.0
"""What the text of a dialog has where nobody made it larger: Windows 9; GNOME 11, others less."""

_DEFAULT_DPI: Final = 96.0
_STEPS: Final = 20
"""Twentieths: sizes that differ by less look like a mistake."""


_WIDEST: Final = 1162
"""Logical pixels that the steps and the widest footer take at 100 % (tests/ui/appearance)."""

_ROUNDING: Final = 0.01


def system_theme(hints: QStyleHints) -> str:
    """Return the name of the theme that the system's own settings ask for."""
    if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
        return "contrast"
    return "dark" if hints.colorScheme() is Qt.ColorScheme.Dark else "light"


def system_scale(font: QFont, width: int = 0) -> float:
    """Return how much larger than usual the system's texts are, 1 to `LARGEST`.

    font   the application's, before it was given another: Windows and the Linux desktops put the
           size that a person has chosen there, or into the logical resolution of the screen
    width  of the screen in logical pixels, 0 for the main one's: on a narrow one texts grow as far
           as the widest row of buttons stays in sight
    """
    points = font.pointSizeF()
    screen = QGuiApplication.primaryScreen()
    if points <= 0 or screen is None:
        return 1.0
    usual = _DEFAULT_POINTS.get(sys.platform, _OTHER_POINTS)
    scale = points / usual * screen.logicalDotsPerInch() / _DEFAULT_DPI
    bounded = min(scale, LARGEST, (width or screen.availableGeometry().width()) / _WIDEST)
    return max(math.floor(bounded * _STEPS + _ROUNDING) / _STEPS, 1.0)
