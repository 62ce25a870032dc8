"""Buttons with their key printed on them, and the action behind a button and its key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy

from ui.context import UiContext
from ui.widgets.labels import as_button_text

__all__ = ["Action", "ActionButton", "ButtonRole", "ChoiceButton", "Side"]

_RING_INSET = 4.0
_RING_WIDTH = 2.0
_RING_RADIUS = 4.0
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class ButtonRole(StrEnum):
    """How a button looks: one primary per screen, danger for what ends or refuses."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DANGER = "danger"
    FLAT = "flat"


_RINGS = {ButtonRole.PRIMARY.value: "on_primary", ButtonRole.DANGER.value: "bad"}


class Side(StrEnum):
    """Which end of the footer the button stands at; PAGE: on the page itself, and only the key."""

    LEFT = "left"
    RIGHT = "right"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Action:
    """Something the operator may do now: the words, the key and what it triggers.

    key   in Qt's portable form, such as `F9` or `Ctrl+O`; what is printed is what works
    """

    code: str
    key: str
    trigger: Callable[[], None] = field(compare=False)
    role: ButtonRole = ButtonRole.SECONDARY
    side: Side = Side.RIGHT
    enabled: bool = True


class ActionButton(QPushButton):
    """A push button that shows a code and a key; its accessible name is the words alone.

    Space and Enter press the one that has the focus. None is pressed by Enter from elsewhere: the
    first of a dialog, which Qt would take, may be the one that ends a session.
    """

    def __init__(
        self,
        ctx: UiContext,
        code: str,
        key: str = "",
        role: ButtonRole = ButtonRole.SECONDARY,
        icon: str = "",
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._code = code
        self._key = key
        self._icon = icon
        self.setProperty("role", role.value)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._show()
        ctx.changed.connect(self._show)

    def set_code(self, code: str) -> None:
        """Show other words."""
        if code != self._code:
            self._code = code
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Click on Enter, once for each stroke: one held down meets the next page's button."""
        if event.key() not in _ENTER:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ring in a filled or red button that has the focus: its edge alone is unseen."""
        super().paintEvent(event)
        token = _RINGS.get(str(self.property("role")))
        if token is None or not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._ctx.theme.colour(token), _RING_WIDTH))
        inset = _RING_INSET
        ring = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(ring, _RING_RADIUS, _RING_RADIUS)
        painter.end()

    def _show(self) -> None:
        words = self._ctx.tr_code(self._code)
        if self._icon:
            self.setIcon(self._ctx.icons.icon(self._icon, self._ctx.theme.colour("text2"), 20))
            self.setIconSize(QSize(20, 20))
        key = self._ctx.tr_code(f"key.{self._key}") if self._key == "Esc" else self._key
        gap, shown = " " if self._icon else "", as_button_text(words)
        self.setText(f"{gap}{shown}   {key}" if key else f"{gap}{shown}")
        self.setAccessibleName(words)


class ChoiceButton(ActionButton):
    """One of a few that exclude each other: a radio button to the eye of a screen reader.

    Its group is a QButtonGroup; arrow keys go from one to the next.
    """

    def __init__(self, ctx: UiContext, code: str, key: str = "", icon: str = "") -> None:
        super().__init__(ctx, code, key, icon=icon)
        self.setCheckable(True)
        # Within a group it changes nothing but what the button is called.
        self.setAutoExclusive(True)
