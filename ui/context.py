"""What every screen is given: words, colours, icons, the clock and the way to post commands."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from ui.icons import Icons
from ui.log_source import LogPageSource
from ui.theme import Theme
from workstation.commands import Command
from workstation.texts import Texts

__all__ = ["UiContext"]


class UiContext(QObject):
    """One per window; `changed` tells that the words or the colours are others now.

    post       takes a command and returns at once
    now_ms     wall clock, milliseconds since the epoch
    log_pages  who reads the log, once the runtime is there
    """

    changed = Signal()

    def __init__(
        self,
        texts: Texts,
        theme: Theme,
        post: Callable[[Command], None],
        now_ms: Callable[[], int],
    ) -> None:
        super().__init__()
        self.texts = texts
        self.theme = theme
        self.icons = Icons()
        self.post = post
        self.now_ms = now_ms
        self.log_pages: LogPageSource | None = None

    def tr_code(self, code: str, /, **values: str | int) -> str:
        """Return the text of a code in the screen's language."""
        return self.texts.tr(code, **values)

    def use_language(self, language: str) -> None:
        """Show the screens in another language; the same one changes nothing."""
        if language != self.texts.language:
            self.texts = Texts(language)
            self.changed.emit()

    def use_theme(self, theme: Theme) -> None:
        """Show the screens in other colours."""
        if theme.name != self.theme.name:
            self.theme = theme
            self.changed.emit()
