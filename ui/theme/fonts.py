"""The bundled typeface, so that Kazakh letters and layouts are the same on every machine."""

from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

import resources

__all__ = ["FAMILY", "application_font", "install_fonts"]

FAMILY: Final = "Inter"
_WEIGHTS: Final = ("Regular", "Medium", "SemiBold", "Bold")


def install_fonts() -> tuple[str, ...]:
    """Register the four weights and return those that Qt refused (none, normally)."""
    refused = []
    for weight in _WEIGHTS:
        file = resources.path("fonts", f"{FAMILY}-{weight}.ttf")
        if QFontDatabase.addApplicationFont(str(file)) < 0:
            refused.append(weight)
    return tuple(refused)


def application_font(pixels: int) -> QFont:
    """Return the font of the screens with tabular digits, so that counters do not dance."""
    font = QFont(FAMILY)
    font.setPixelSize(pixels)
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font
