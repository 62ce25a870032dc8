"""The camera picture with three things over it: an oval, a ring of progress, one prompt.

Where a document is read there is a card's outline in place of the oval: nobody is led to hold a
face there. The picture is then no mirror, because the teller reads in it; what was found is framed.

Paints the BGRA picture straight from the bytes it was given (no QLabel, no pixmap per frame) and
keeps the mask around the oval as a pixmap per size: 0.18 ms instead of 1.1 ms a frame.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.plate import Plate
from vision.results import LivenessCommand, Prompt, PromptPhase
from workstation.station.snapshot import PreviewImage

__all__ = ["CameraColours", "CameraView", "picture_of", "prompt_code"]

_OVAL_HEIGHT: Final = 0.80
_OVAL_RATIO: Final = 0.76
_CARD_WIDTH: Final = 0.80
_CARD_RATIO: Final = 85.60 / 53.98
"""ID-1 of ISO/IEC 7810, millimetres."""
_CARD_CORNER: Final = 0.04
_WHOLE: Final = 1_000_000
"""Corners of an outline are millionths of width and height."""

_ARROWS: Final = {
    LivenessCommand.TURN_LEFT: (-1.0, 0.0),
    LivenessCommand.TURN_RIGHT: (1.0, 0.0),
    LivenessCommand.LOOK_UP: (0.0, -1.0),
    LivenessCommand.LOOK_DOWN: (0.0, 1.0),
}
"""The picture is a mirror: the customer's own left is on the left."""


@dataclass(frozen=True, slots=True)
class CameraColours:
    """Colours of the overlay; `cover` hides everything outside the oval when it is opaque."""

    ground: QColor
    cover: QColor
    ring: QColor
    track: QColor
    arrow: QColor
    text: QColor


def prompt_code(prompt: Prompt) -> str:
    """Return the code of what the prompt asks for."""
    if prompt.phase is PromptPhase.COMMAND and prompt.command is not None:
        if prompt.too_far:
            return "prompt.too_far"
        return f"command.{prompt.command.value}"
    return f"prompt.{prompt.phase.value}"


def picture_of(image: PreviewImage) -> QImage:
    """Return the picture over the preview's own bytes; a wrong size gives a null image."""
    expected = image.width * image.height * 4
    if image.width <= 0 or image.height <= 0 or len(image.bgra) != expected:
        return QImage()
    stride = image.width * 4
    return QImage(image.bgra, image.width, image.height, stride, QImage.Format.Format_RGB32)


def _overlay(prompt: Prompt | None) -> tuple[object, ...]:
    """Return what of a prompt is painted: its seconds run on every frame and are not."""
    return () if prompt is None else (prompt.phase, prompt.command, prompt.progress)


class CameraView(QWidget):
    """Shows the newest picture; the oval is 0.80 of its height in both windows."""

    def __init__(
        self, colours: CameraColours, *, ring_width: int = 6, document: bool = False
    ) -> None:
        super().__init__()
        self._document = document
        self._colours = colours
        self._ring_width = ring_width
        self._image: PreviewImage | None = None
        self._picture = QImage()
        self._prompt: Prompt | None = None
        self._words = ""
        self._corner = ""
        self._empty = ""
        self._outline: tuple[tuple[int, int], ...] = ()
        self._mask = QPixmap()
        self._pill = Plate(height=38, margin=36, text_height=16, alpha=225)
        self._plate = Plate(height=26, margin=24, text_height=12, alpha=200)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)

    def sizeHint(self) -> QSize:
        """Return the camera's own proportion."""
        return QSize(640, 480)

    def use_colours(self, colours: CameraColours) -> None:
        """Paint in other colours from now on."""
        self._colours = colours
        self._mask = QPixmap()
        self.update()

    def show_image(self, image: PreviewImage | None) -> None:
        """Show a picture, or none."""
        # The QImage borrows the bytes, so the snapshot is kept beside it.
        self._image = image
        self._picture = QImage() if image is None else picture_of(image)
        self.update()

    def show_outline(self, outline: tuple[tuple[int, int], ...]) -> None:
        """Frame the document that was found in the camera's image, or nothing.

        outline  corners in order, millionths of width and height of the image as it was taken
        """
        if outline != self._outline:
            self._outline = outline
            self.update()

    def show_words(self, prompt: Prompt | None, words: str, corner: str, empty: str) -> None:
        """Show ring and arrow of a prompt, its words in the pill, and what stands in for nothing.

        corner  the line at the top left, such as the frame rate; empty hides it
        empty   what is written while there is no picture
        """
        before = _overlay(self._prompt), self._words, self._corner, self._empty
        self._prompt, self._words, self._corner, self._empty = prompt, words, corner, empty
        if before != (_overlay(prompt), words, corner, empty):
            self.setAccessibleName(words or empty)
            self.update()

    def picture_rect(self) -> QRectF:
        """Return where the picture lies: whole, never cropped."""
        size = QSize(4, 3) if self._picture.isNull() else self._picture.size()
        fitted = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - fitted.width()) / 2
        return QRectF(left, (self.height() - fitted.height()) / 2, fitted.width(), fitted.height())

    def oval_rect(self) -> QRectF:
        """Return the oval in the middle of the picture."""
        picture = self.picture_rect()
        height = picture.height() * _OVAL_HEIGHT
        width = height * _OVAL_RATIO
        centre = picture.center()
        return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)

    def card_rect(self) -> QRectF:
        """Return the outline of an identity card in the middle of the picture."""
        picture = self.picture_rect()
        width = picture.width() * _CARD_WIDTH
        height = width / _CARD_RATIO
        centre = picture.center()
        return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint picture, mask, ring, arrow, pill."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._colours.ground)
        if self._picture.isNull():
            painter.setPen(self._colours.text)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._empty)
            painter.end()
            return
        self._paint_picture(painter)
        painter.drawPixmap(0, 0, self._mask_pixmap())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._document:
            self._paint_outline(painter)
        else:
            self._paint_ring(painter)
            self._paint_arrow(painter)
        if self._words:
            self._paint_pill(painter)
        if self._corner:
            self._paint_corner(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> None:
        """Paint the preview, which is a mirror; a document is turned back, so that it is read."""
        place = self.picture_rect()
        if not self._document:
            painter.drawImage(place, self._picture)
            return
        painter.save()
        painter.translate(2 * place.center().x(), 0)
        painter.scale(-1, 1)
        painter.drawImage(place, self._picture)
        painter.restore()

    def _mask_pixmap(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        wanted = self.size() * ratio
        if self._mask.size() != wanted:
            mask = QPixmap(wanted)
            mask.setDevicePixelRatio(ratio)
            mask.fill(Qt.GlobalColor.transparent)
            painter = QPainter(mask)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            outside = QPainterPath()
            outside.addRect(QRectF(self.rect()))
            inside = QPainterPath()
            if self._document:
                corner = self.card_rect().width() * _CARD_CORNER
                inside.addRoundedRect(self.card_rect(), corner, corner)
            else:
                inside.addEllipse(self.oval_rect())
            painter.fillPath(outside.subtracted(inside), self._colours.cover)
            painter.end()
            self._mask = mask
        return self._mask

    def outline_points(self) -> list[QPointF]:
        """Return the corners of the framed document in this widget."""
        place = self.picture_rect()
        return [
            QPointF(
                place.left() + x / _WHOLE * place.width(), place.top() + y / _WHOLE * place.height()
            )
            for x, y in self._outline
        ]

    def _paint_outline(self, painter: QPainter) -> None:
        if not self._outline:
            return
        pen = QPen(self._colours.ring, self._ring_width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(self.outline_points())

    def _paint_ring(self, painter: QPainter) -> None:
        gap = self._ring_width * 1.2
        ring = self.oval_rect().adjusted(-gap, -gap, gap, gap)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._colours.track, self._ring_width))
        painter.drawEllipse(ring)
        if self._prompt is not None and self._prompt.progress > 0:
            pen = QPen(self._colours.ring, self._ring_width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            share = min(1.0, self._prompt.progress)
            # Qt counts sixteenths of a degree anticlockwise from three o'clock.
            painter.drawArc(ring, 90 * 16, -round(share * 360 * 16))

    def _paint_arrow(self, painter: QPainter) -> None:
        prompt = self._prompt
        if prompt is None or prompt.phase is not PromptPhase.COMMAND or prompt.command is None:
            return
        direction = _ARROWS.get(prompt.command)
        if direction is None:
            return
        oval = self.oval_rect()
        reach, half = oval.width() * 0.11, oval.width() * 0.07
        dx, dy = direction
        away = self._ring_width * 4 + reach
        tip = QPointF(
            oval.center().x() + dx * (oval.width() / 2 + away),
            oval.center().y() + dy * (oval.height() / 2 - away),
        )
        back = QPointF(tip.x() - dx * half, tip.y() - dy * half)
        side = QPointF(dy * reach, dx * reach)
        pen = QPen(self._colours.arrow, self._ring_width * 1.3)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline([back + side, tip, back - side])

    def _paint_pill(self, painter: QPainter) -> None:
        below = self.card_rect() if self._document else self.oval_rect()
        bottom = min(below.bottom() + 20, self.height() - 10.0)
        pill = self._draw(self._pill, self._words)
        width, height = pill.deviceIndependentSize().toTuple()
        painter.drawPixmap(QPointF((self.width() - width) / 2, bottom - height), pill)

    def _paint_corner(self, painter: QPainter) -> None:
        place = self.picture_rect().topLeft() + QPointF(10, 10)
        painter.drawPixmap(place, self._draw(self._plate, self._corner))

    def _draw(self, plate: Plate, words: str) -> QPixmap:
        return plate.pixmap(words, self.font(), self._colours.text, self.devicePixelRatioF())
