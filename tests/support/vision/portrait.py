"""A public-domain portrait as photo and camera picture; a drawn one where it is not installed."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from workstation.station.snapshot import PreviewImage

__all__ = ["jpeg", "preview_image"]


def _astronaut() -> Path | None:
    # A public-domain portrait by NASA, shipped with scikit-image (demo dependency).
    found = find_spec("skimage")
    if found is None or found.origin is None:
        return None
    file = Path(found.origin).parent / "data" / "astronaut.png"
    return file if file.exists() else None


@cache
def jpeg() -> bytes:
    """Return a portrait as JPEG bytes, or a drawn one where the portrait is not installed."""
    from PySide6.QtCore import QBuffer, QIODevice, QRect

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    _portrait().copy(QRect(120, 0, 240, 300)).save(buffer, "JPEG", 90)
    return bytes(buffer.data().data())


@cache
def _portrait():
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QColor, QImage, QPainter

    file = _astronaut()
    if file is not None:
        return QImage(str(file))
    image = QImage(512, 512, QImage.Format.Format_RGB32)
    image.fill(QColor("#8B97A3"))
    painter = QPainter(image)
    painter.setBrush(QColor("#E0BE9C"))
    painter.drawEllipse(QPointF(240, 150), 80, 105)
    painter.end()
    return image


@cache
def preview_image(sequence: int = 1) -> PreviewImage:
    """Return a camera picture of 640x480."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QImage

    cut = (
        _portrait()
        .copy(QRect(20, 0, 400, 300))
        .scaled(
            640,
            480,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    )
    shown = cut.convertToFormat(QImage.Format.Format_RGB32)
    return PreviewImage(sequence, 640, 480, bytes(shown.constBits()), 29.7)
