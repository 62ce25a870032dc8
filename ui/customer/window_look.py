"""How the customer's window looks: always light, large, and larger for who needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor

from ui.theme.theme import CustomerColours
from ui.widgets.camera_view import CameraColours
from vision.results import Colour

__all__ = ["OPERATION_PX", "WindowLook", "camera_colours", "customer_sheet"]

OPERATION_PX: Final = 34
"""A number or an amount is read from two steps away, whatever else there is."""

_LARGE: Final = 1.6
"""How much larger prompts are for a customer who needs it."""

_LARGE_READING: Final = 1.2
"""Beside a text there is less room; the text itself is what has to grow."""

_HEADING: Final = {"customer_prompt": 38, "customer_second": 24, "customer_step": 22}
"""Sizes beside a text to read, in pixels."""


@dataclass(frozen=True, slots=True)
class WindowLook:
    """What decides colours and sizes.

    light    colour of the attempt's code, None for the usual ground
    reading  a text is shown to be read
    """

    light: Colour | None
    large: bool
    reading: bool


def camera_colours(customer: CustomerColours) -> CameraColours:
    """Return the colours of the camera's overlay."""
    ground = QColor(customer.ground)
    return CameraColours(
        ground=ground,
        cover=ground,
        ring=QColor(customer.ring),
        track=QColor(customer.track),
        arrow=QColor(customer.arrow),
        text=QColor(customer.text),
    )


def customer_sheet(
    theme_sizes: Mapping[str, int], customer: CustomerColours, look: WindowLook
) -> str:
    """Return the style sheet of the window."""
    sizes = {name: theme_sizes[name] for name in _HEADING}
    if look.reading:
        sizes = dict(_HEADING)
    larger = _LARGE_READING if look.reading else _LARGE
    factor = larger if look.large else 1.0
    sizes = {name: round(factor * size) for name, size in sizes.items()}
    operation = round(OPERATION_PX * (_LARGE_READING if look.large else 1.0))
    return f"""
#customer {{ background: {customer.ground}; }}
QLabel {{ background: transparent; }}
QLabel#bank, QLabel#progress {{ color: {customer.text2}; font-size: 22px; }}
QLabel#prompt {{ color: {customer.text}; font-size: {sizes["customer_prompt"]}px;
  font-weight: 600; }}
QLabel#second {{ color: {customer.text2}; font-size: {sizes["customer_second"]}px; }}
QLabel#operation {{ color: {customer.text}; font-size: {operation}px; font-weight: 600;
  background: {_PAPER}; border: 2px solid {customer.track}; border-radius: 8px;
  padding: 8px 16px; }}
QLabel#step {{ color: {customer.text2}; font-size: {sizes["customer_step"]}px; }}
QPlainTextEdit#reading {{ color: {customer.text}; background: {_PAPER};
  border: 1px solid {customer.track}; border-radius: 8px; padding: 12px; }}
QPushButton {{ font-size: 24px; font-weight: 600; border-radius: 8px; padding: 8px 24px;
  color: {customer.text}; background: {_PAPER}; border: 2px solid {_EDGE}; }}
QPushButton#yes {{ color: {_PAPER}; background: {customer.arrow}; border-color: {customer.arrow}; }}
QPushButton:down {{ background: {customer.track}; color: {customer.text}; }}
QPushButton:disabled {{ color: {customer.text2}; background: {customer.track};
  border-color: {customer.track}; }}
QPushButton[role="tool"] {{ font-size: 18px; font-weight: 500; padding: 4px 16px; }}
QPushButton[role="tool"]:checked {{ border-color: {customer.arrow}; color: {customer.arrow}; }}
"""


_PAPER: Final = "#FFFFFF"
_EDGE: Final = "#76838F"
