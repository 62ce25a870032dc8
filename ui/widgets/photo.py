"""A photo from JPEG bytes, fitted into a fixed box and never cropped."""

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QLineF, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.labels import CodeLabel
from vision.results import PairOfEyes

__all__ = ["Photo", "align_eyes", "decode_photo"]

_MOST_BYTES: Final = 8_000_000
_MOST_PIXELS: Final = 40_000_000
_EYE_DISTANCE: Final = 0.25
_EYE_LINE: Final = 0.4


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


def align_eyes(image: QImage, eyes: PairOfEyes, size: QSize) -> QImage:
    """Return the picture turned, scaled and cut to `size`, the eyes at one place of it.

    ISO/IEC 39794-5 puts the eyes of a token face image a quarter of its width apart, 0.6 of its
    height above its lower edge.
    """
    left, right = (QPointF(x * image.width(), y * image.height()) for x, y in eyes)
    line = QLineF(left, right)
    # In a box that is wider than high a head as wide as the box would lose its chin.
    scale = _EYE_DISTANCE * min(size.width(), size.height()) / max(line.length(), 1.0)
    turned = QTransform()
    turned.translate(size.width() / 2, _EYE_LINE * size.height())
    turned.scale(scale, scale)
    turned.rotate(line.angle())
    turned.translate(-line.center().x(), -line.center().y())
    aligned = QImage(size, QImage.Format.Format_RGB32)
    aligned.fill(Qt.GlobalColor.gray)
    painter = QPainter(aligned)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setTransform(turned)
    painter.drawImage(0, 0, image)
    painter.end()
    return aligned


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
        fitted = image.scaled(
            self._size * self.devicePixelRatioF(),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        self._show_image(fitted)

    def show_aligned(self, jpeg: bytes, eyes: PairOfEyes) -> None:
        """Show the face level, its eyes where those of every other aligned photo are."""
        image = decode_photo(jpeg)
        if image.isNull():
            self.show_jpeg(jpeg)
            return
        self._jpeg = b""
        self._show_image(align_eyes(image, eyes, self._size * self.devicePixelRatioF()))

    def _show_image(self, image: QImage) -> None:
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self.picture.setPixmap(QPixmap.fromImage(image))

    def _name(self) -> None:
        self.picture.setAccessibleName(self.caption.text())
