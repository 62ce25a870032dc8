"""The camera's picture as it comes, with how many a second; nothing is laid over it."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.context import UiContext
from ui.widgets.camera_view import picture_of
from workstation.station.snapshot import PreviewImage

__all__ = ["LivePicture"]

_SIZE: Final = QSize(240, 180)


class LivePicture(QWidget):
    """Shows the newest picture; before the first one its ground alone."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._image: PreviewImage | None = None
        self._picture = QImage()
        self.setFixedSize(ctx.theme.scaled(_SIZE.width()), ctx.theme.scaled(_SIZE.height()))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        ctx.changed.connect(self._name)
        self._name()

    @property
    def rate(self) -> float:
        """Return how many images a second were measured; 0 before the first."""
        return 0.0 if self._image is None else self._image.frames_per_second

    def show_image(self, image: PreviewImage) -> None:
        """Show a picture."""
        self._image = image
        self._picture = picture_of(image)
        self._name()
        self.update()

    def _name(self) -> None:
        code = "camera.none" if self._picture.isNull() else "devices.live"
        self.setAccessibleName(self._ctx.tr_code(code))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture at its own proportions."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ctx.theme.colour("camera"))
        if not self._picture.isNull():
            shown = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left = (self.width() - shown.width()) / 2
            top = (self.height() - shown.height()) / 2
            target = QRectF(left, top, shown.width(), shown.height())
            painter.drawImage(target, self._picture)
        painter.end()
