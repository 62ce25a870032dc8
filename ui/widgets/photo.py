"""A photo from JPEG bytes, fitted into a fixed box and never cropped."""

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.labels import CodeLabel

__all__ = ["Photo", "decode_photo"]

_MOST_BYTES: Final = 8_000_000
_MOST_PIXELS: Final = 40_000_000


def decode_photo(jpeg: bytes) -> QImage:
    """Return the picture, or a null image for bytes that are no JPEG of a bearable size."""
    if not 0 < len(jpeg) <= _MOST_BYTES:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(jpeg))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > _MOST_PIXELS:
        return QImage()
    return reader.read()


class Photo(QWidget):
    """A picture with its caption below."""

    def __init__(self, ctx: UiContext, caption: str, size: QSize) -> None:
        super().__init__()
        self._ctx = ctx
        self._jpeg = b""
        self._size = size
        self.picture = QLabel()
        self.picture.setFixedSize(size)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption = CodeLabel(ctx, caption, "caption")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.picture)
        column.addWidget(self.caption)
        ctx.changed.connect(self._name)
        self._name()

    def resize_picture(self, size: QSize) -> None:
        """Fit pictures into another box from now on; the next one shown is drawn anew."""
        self._size, self._jpeg = size, b""
        self.picture.setFixedSize(size)

    def show_jpeg(self, jpeg: bytes) -> None:
        """Show the bytes; the same ones again decode nothing."""
        if jpeg == self._jpeg and not self.picture.pixmap().isNull():
            return
        self._jpeg = jpeg
        image = decode_photo(jpeg)
        if image.isNull():
            muted = self._ctx.theme.colour("caption")
            self.picture.setPixmap(self._ctx.icons.pixmap("user", muted, 64))
            return
        ratio = self.devicePixelRatioF()
        fitted = image.scaled(
            self._size * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitted.setDevicePixelRatio(ratio)
        self.picture.setPixmap(QPixmap.fromImage(fitted))

    def _name(self) -> None:
        self.picture.setAccessibleName(self.caption.text())
