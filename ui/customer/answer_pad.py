"""Two large buttons by which the customer answers with their own hand."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QTouchEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.widgets.labels import as_button_text, printable
from workstation.session.evidence import ConsentBy

__all__ = ["SETTLING_MS", "AnswerPad"]

SETTLING_MS: Final = 800
"""Whoever taps where a moment ago there was something else has not read what they answer."""

_HEIGHT: Final = 88


class _OwnButton(QPushButton):
    """A button that knows a finger from the teller's mouse, which reaches every screen."""

    pressed_by = Signal(ConsentBy)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoDefault(False)
        self.setMinimumHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.pressed_by.emit(ConsentBy.TELLER))

    def minimumSizeHint(self) -> QSize:
        """Stay as wide as the words."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Take a finger's touch: down and up on the button, both."""
        if isinstance(event, QTouchEvent) and self.isEnabled():
            kind = event.type()
            if kind is QEvent.Type.TouchBegin:
                self.setDown(True)
            elif kind in {QEvent.Type.TouchEnd, QEvent.Type.TouchCancel}:
                was_down, points = self.isDown(), event.points()
                self.setDown(False)
                at = [self.mapFromGlobal(each.globalPosition().toPoint()) for each in points]
                inside = all(self.rect().contains(each) for each in at)
                if was_down and inside and kind is QEvent.Type.TouchEnd:
                    self.pressed_by.emit(ConsentBy.TOUCH)
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a mouse; what Qt makes of a touch that nobody took is none."""
        if event.source() is Qt.MouseEventSource.MouseEventNotSynthesized:
            super().mousePressEvent(event)


class AnswerPad(QWidget):
    """Offers yes and no; both answer only once they were seen for `SETTLING_MS`.

    answered  whether it was yes, and by whose hand
    """

    answered = Signal(bool, ConsentBy)

    def __init__(self) -> None:
        super().__init__()
        self._about = ""
        self.no, self.yes = _OwnButton("no"), _OwnButton("yes")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self.no, 1)
        row.addWidget(self.yes, 1)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLING_MS)
        self._settling.timeout.connect(self._arm)
        self.no.pressed_by.connect(lambda by: self.answer(yes=False, by=by))
        self.yes.pressed_by.connect(lambda by: self.answer(yes=True, by=by))
        self.withdraw()

    def offer(self, about: str, yes: str, no: str) -> None:
        """Offer both answers to `about`; another matter has to be seen for its own while."""
        for button, words in ((self.yes, yes), (self.no, no)):
            button.setText(as_button_text(words))
            button.setAccessibleName(printable(words))
        if about == self._about:
            return
        self._about = about
        self._disarm()
        self.show()
        self._settling.start()

    def withdraw(self) -> None:
        """Offer nothing: a press means nothing."""
        self._about = ""
        self._settling.stop()
        self._disarm()
        self.hide()

    def answer(self, *, yes: bool, by: ConsentBy) -> None:
        """Take an answer, by a button or by a key of the customer's own; harmless too early."""
        if self._about and self.yes.isEnabled():
            # One press, one answer: what comes next is offered anew.
            self._disarm()
            self.answered.emit(yes, by)

    def _arm(self) -> None:
        for button in (self.no, self.yes):
            button.setEnabled(True)

    def _disarm(self) -> None:
        for button in (self.no, self.yes):
            button.setDown(False)
            button.setEnabled(False)
