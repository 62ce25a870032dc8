"""The menu in which a person chooses the language and the colours, at any time."""

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from resources import LANGUAGES
from ui.context import UiContext
from ui.theme.theme import THEMES
from ui.widgets.buttons import ActionButton, ButtonRole

__all__ = ["ViewMenu"]

_SYSTEM = "system"


class ViewMenu(ActionButton):
    """A button that shows the language of the screens and opens the menu over it."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, f"language.{ctx.texts.language}", role=ButtonRole.FLAT)
        self._ctx = ctx
        self.clicked.connect(self._open)
        ctx.changed.connect(self._name)
        self._name()

    def fill(self) -> QMenu:
        """Return the menu as it is now: what is chosen is marked."""
        ctx = self._ctx
        menu = QMenu(self)
        menu.addSection(ctx.tr_code("view.language"))
        for group, language in _grouped(menu, LANGUAGES):
            action = _choice(menu, group, ctx.tr_code(f"language.{language}"))
            action.setChecked(language == ctx.texts.language)
            action.triggered.connect(partial(ctx.choose_language, language))
        menu.addSection(ctx.tr_code("view.theme"))
        for group, theme in _grouped(menu, (_SYSTEM, *THEMES)):
            action = _choice(menu, group, ctx.tr_code(f"theme.{theme}"))
            action.setChecked(theme == ctx.theme_choice)
            action.triggered.connect(partial(ctx.choose_theme, theme))
        return menu

    def _open(self) -> None:
        menu = self.fill()
        menu.aboutToHide.connect(menu.deleteLater)
        # Above the button and within the window: its right edge is the button's.
        size = menu.sizeHint()
        menu.popup(self.mapToGlobal(self.rect().topRight()) - QPoint(size.width(), size.height()))

    def _name(self) -> None:
        self.set_code(f"language.{self._ctx.texts.language}")
        self.setToolTip(self._ctx.tr_code("view.open"))
        self.setAccessibleDescription(self._ctx.tr_code("view.open"))


def _grouped(menu: QMenu, names: tuple[str, ...]) -> list[tuple[QActionGroup, str]]:
    group = QActionGroup(menu)
    return [(group, name) for name in names]


def _choice(menu: QMenu, group: QActionGroup, words: str) -> QAction:
    action = menu.addAction(words)
    action.setCheckable(True)
    group.addAction(action)
    return action
