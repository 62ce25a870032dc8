"""Whether fingers are taken here."""

from PySide6.QtGui import QInputDevice

__all__ = ["has_touch_screen"]


def has_touch_screen() -> bool:
    """Say whether the system knows of a touch screen."""
    kinds = (each.type() for each in QInputDevice.devices())
    return any(kind is QInputDevice.DeviceType.TouchScreen for kind in kinds)
