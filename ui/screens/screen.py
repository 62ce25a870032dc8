"""What all screens share: snapshots in, actions offered, commands out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.widgets.buttons import Action
from ui.widgets.labels import CodeLabel
from workstation.station.snapshot import PreviewImage, SessionSnapshot, StationStatus

__all__ = ["Screen"]


class Screen(QWidget):
    """A page of the main window.

    `actions_changed` tells the footer that `footer_actions()` differs; `navigate` asks the window
    for another page (a value of ui.navigation.Route), `customer_wanted` for the customer's window,
    `notice_read` that what the station said last is being mended: it is shown no longer.
    """

    actions_changed = Signal()
    navigate = Signal(str)
    customer_wanted = Signal()
    notice_read = Signal()

    def __init__(self, ctx: UiContext, title: str = "") -> None:
        super().__init__()
        self.ctx = ctx
        self.setObjectName("page")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 10, 24, 10)
        self.column.setSpacing(10)
        self.title = CodeLabel(ctx, title, "page")
        self.aside = CodeLabel(ctx, "", "second")
        self.headline = QHBoxLayout()
        self.headline.setSpacing(16)
        self.headline.addWidget(self.title)
        self.headline.addStretch(1)
        self.headline.addWidget(self.aside)
        self.column.addLayout(self.headline)
        for label in (self.title, self.aside):
            label.setVisible(title != "")

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show the session; called only while this page is the current one."""

    def show_station(self, status: StationStatus) -> None:
        """Show the station; called only while this page is the current one."""

    def show_preview(self, image: PreviewImage) -> None:
        """Show the camera; called only while this page is the current one."""

    def footer_actions(self) -> tuple[Action, ...]:
        """Return what may be done now, in footer order."""
        return ()

    def key_actions(self) -> tuple[Action, ...]:
        """Return what a key does here without a button of its own; a button's key goes before."""
        return ()

    def offer_actions(self) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
        """Return what has a button in the footer, and what has a key alone."""
        return self.footer_actions(), self.key_actions()

    def first_focus(self) -> QWidget | None:
        """Return what takes the focus when the page opens: never the lock button."""
        return None

    def find_field(self, _name: str) -> QWidget | None:
        """Return what takes the focus when the station refuses the field of this name."""
        return None

    @property
    def unsaved(self) -> bool:
        """Whether something was typed that goes when the page is left."""
        return False

    def leave(self) -> None:
        """Forget what was typed: the page is closed."""

    def forget(self) -> None:
        """Forget the customer: nothing that was typed can be corrected any more."""
