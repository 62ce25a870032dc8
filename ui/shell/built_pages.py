"""The pages that were built: each when it is first needed, or before that in an idle moment."""

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.context import PageContext, UiContext
from ui.navigation import Page
from ui.screens.catalogue import create_screen
from ui.screens.screen import Screen

__all__ = ["BuiltPages"]


class BuiltPages:
    """Screens in a stack, each with its own context: a hidden one is worded when it is shown.

    connect  is given every new screen
    """

    def __init__(
        self, ctx: UiContext, stack: QStackedWidget, connect: Callable[[Screen], None]
    ) -> None:
        self._ctx = ctx
        self._stack = stack
        self._connect = connect
        self._screens: dict[Page, Screen] = {}
        self._contexts: dict[Page, PageContext] = {}

    def __contains__(self, page: Page) -> bool:
        return page in self._screens

    def __getitem__(self, page: Page) -> Screen:
        screen = self._screens.get(page)
        if screen is None:
            self._contexts[page] = PageContext(self._ctx)
            screen = create_screen(page, self._contexts[page])
            self._connect(screen)
            self._screens[page] = screen
            self._stack.addWidget(screen)
        return screen

    def show(self, page: Page, before: Page) -> None:
        """Put a page in front of the one before, worded as the window is now."""
        screen = self[page]
        if before is not page:
            self._contexts[before].set_shown(shown=False)
        self._contexts[page].set_shown(shown=True)
        self._stack.setCurrentWidget(screen)

    def prepare(self) -> bool:
        """Build one page that was not shown yet, for an idle moment; tell whether one was left.

        A page that is built when it is first needed opens later than a person calls at once.
        """
        page = next((page for page in Page if page not in self), None)
        if page is None:
            return False
        screen = self[page]
        for widget in (screen, *screen.findChildren(QWidget)):
            widget.ensurePolished()
        return True
