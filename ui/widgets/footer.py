"""The footer: what may be done now, the primary button always bottom right."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ui.context import UiContext
from ui.widgets.buttons import Action, ActionButton, ButtonRole, Side

__all__ = ["Footer"]

_ROOMY = 5
"""More buttons than that stand closer together: a screen of 1280 pixels has room for seven."""


class Footer(QFrame):
    """Buttons for the current page's actions; rebuilt only when the set of actions changes."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self.setObjectName("footer")
        self.setFixedHeight(ctx.theme.lengths["height_footer"])
        self._ctx = ctx
        self._actions: tuple[Action, ...] = ()
        self._shown: tuple[Action, ...] = ()
        self.buttons: tuple[ActionButton, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 12, 24, 12)
        self._row.setSpacing(12)

    def show_actions(self, actions: tuple[Action, ...], keys: tuple[Action, ...] = ()) -> None:
        """Show the actions; a button that stays keeps the focus it has. Keys have no button."""
        self._actions = (*actions, *keys)
        shown = tuple(action for action in actions if action.side is not Side.PAGE)
        if _shape(shown) != _shape(self._shown):
            self._rebuild(shown)
        self._shown = shown
        for action, button in zip(shown, self.buttons, strict=True):
            button.setEnabled(action.enabled)

    def perform(self, key: str) -> bool:
        """Do what the key stands for on this page; tell whether anything was done.

        F9 is forward on every page: without an action of its own it does the primary one.
        """
        meant = [action for action in self._actions if action.key == key]
        if not meant and key == "F9":
            meant = [action for action in self._actions if action.role is ButtonRole.PRIMARY]
        # What a button says goes before what has none: also while the button is closed.
        said = [action for action in meant if action.side is not Side.PAGE]
        usable = [action for action in said or meant if action.enabled]
        if usable:
            usable[0].trigger()
        return bool(usable)

    def _rebuild(self, actions: tuple[Action, ...]) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = tuple(ActionButton(self._ctx, a.code, a.key, a.role) for a in actions)
        dense = len(actions) > _ROOMY
        for button in self.buttons:
            button.setProperty("dense", dense)
        self._row.setSpacing(8 if dense else 12)
        for side in Side:
            for index, action in enumerate(actions):
                if action.side is side:
                    self._row.addWidget(self.buttons[index])
                    self.buttons[index].clicked.connect(self._clicked)
            if side is Side.LEFT:
                self._row.addStretch(1)

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        for action, candidate in zip(self._shown, self.buttons, strict=True):
            if candidate is button and action.enabled:
                action.trigger()
                return


def _shape(actions: tuple[Action, ...]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((a.code, a.key, a.role.value, a.side.value) for a in actions)
