"""Whether what scrolls was looked at to its end: nobody signs the last of many lines unseen."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QAbstractScrollArea

__all__ = ["EndInSight"]


class EndInSight(QObject):
    """Watches an area from `begin` on; `looked` is emitted when it becomes known, and read."""

    looked = Signal()

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._bar = area.verticalScrollBar()
        self._begun = False
        self._read: bool | None = None
        self._bar.valueChanged.connect(self.look)
        self._bar.rangeChanged.connect(self.look)

    @property
    def read(self) -> bool:
        """Whether the end was in sight since the beginning."""
        return self._read is True

    @property
    def unread(self) -> bool:
        """Whether there is more than was in sight."""
        return self._read is False

    def forget(self) -> None:
        """Know nothing until it begins: what is shown becomes another."""
        self._begun, self._read = False, None

    def begin(self) -> None:
        """Begin anew, from what is in sight now."""
        self._begun, self._read = True, None
        self.look()

    @Slot()
    def look(self) -> None:
        """Look whether the end is in sight, one turn later: before it is laid out, all has room."""
        QTimer.singleShot(0, self, self._judge)

    @Slot()
    def _judge(self) -> None:
        if not self._begun or self._read or not self._area.isVisible():
            return
        read = self._bar.value() == self._bar.maximum()
        if read is not self._read:
            self._read = read
            self.looked.emit()
