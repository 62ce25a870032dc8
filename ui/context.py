"""What every screen is given: words, colours, icons, the clock and the way to post commands."""

import logging
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from ui.log_source import LogPageSource
from ui.theme.icons import Icons
from ui.theme.theme import Theme
from workstation.documents.texts import Texts
from workstation.rules.catalogue.words import Words
from workstation.station.commands import Command

__all__ = ["UiContext"]

_log = logging.getLogger(__name__)


class UiContext(QObject):
    """One per window; `changed` tells that the words or the colours are others now.

    send       takes a command and returns at once; only the lock itself uses it past `post`
    now_ms     wall clock, milliseconds since the epoch
    log_pages  who reads the log, once the runtime is there
    folder     where the last file was chosen, empty before that
    locked     whether the window is locked: then nothing is posted and no dialog opens
    customer_shown  says whether the customer's window is open, so that its light can be seen
    """

    changed = Signal()

    def __init__(
        self,
        texts: Texts,
        theme: Theme,
        send: Callable[[Command], None],
        now_ms: Callable[[], int],
    ) -> None:
        super().__init__()
        self.texts = texts
        self.theme = theme
        self.icons = Icons()
        self.send = send
        self.now_ms = now_ms
        self.log_pages: LogPageSource | None = None
        self.folder = ""
        self.locked = False
        self.customer_shown: Callable[[], bool] = lambda: False

    def post(self, command: Command) -> None:
        """Hand a command on and return at once; behind the lock it is dropped and reported."""
        if self.locked:
            # However it was triggered: a click that was under way, a screen reader's press, a bug.
            _log.warning("dropped behind the lock: %s", type(command).__name__)
            return
        self.send(command)

    def tr_code(self, code: str, /, **values: str | int) -> str:
        """Return the text of a code in the screen's language."""
        return self.texts.tr(code, **values)

    def use_language(self, language: str) -> None:
        """Show the screens in another language; the same one changes nothing."""
        if language != self.texts.language:
            self.texts = Texts(language, self.texts.words)
            self.changed.emit()

    def use_words(self, words: Mapping[str, Words]) -> None:
        """Show a policy's own words; the same ones change nothing."""
        if words != self.texts.words:
            self.texts = Texts(self.texts.language, words)
            self.changed.emit()

    def use_theme(self, theme: Theme) -> None:
        """Show the screens in other colours."""
        if theme.name != self.theme.name:
            self.theme = theme
            self.changed.emit()
