"""What a screen reader says by itself: the page that opened, results, notices and prompts."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from ui.context import UiContext
from ui.navigation import Page, step_of

__all__ = ["Announcer"]


class Announcer(QObject):
    """Says what the context is given to say, in the name of one window; the same words once.

    What is urgent is said each time: a second wrong secret is a second refusal.
    """

    def __init__(self, ctx: UiContext, window: QWidget) -> None:
        super().__init__(window)
        self._ctx = ctx
        self._window = window
        self._last = ""
        ctx.spoken.connect(self.say)

    def say(self, words: str, urgent: bool = False) -> None:  # noqa: FBT001, FBT002 - a slot
        """Say the words; urgent ones interrupt what is being read."""
        words = " ".join(words.split())
        if not words or (words == self._last and not urgent):
            return
        self._last = words
        event = QAccessibleAnnouncementEvent(self._window, words)
        politeness = QAccessible.AnnouncementPoliteness
        event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
        QAccessible.updateAccessibility(event)

    def open_page(self, page: Page, title: str) -> None:
        """Say which page opened, by its step where it has no title; then anything may be said.

        Behind the lock pages come and go unsaid.
        """
        if self._ctx.locked:
            return
        step = step_of(page)
        code = "app.name" if step is None else f"step.{step.value}"
        self._last = ""
        self.say(title or self._ctx.tr_code(code))
