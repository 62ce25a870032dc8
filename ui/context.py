"""What every screen is given: words, colours, icons, the clock and the way to post commands."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.log_source import LogPageSource, Reading
from ui.theme.icons import Icons
from ui.theme.theme import Theme
from workstation.documents.texts import Texts
from workstation.rules.catalogue.words import Words
from workstation.station.commands import Command, SelectLanguage

__all__ = ["CustomerEase", "PageContext", "UiContext"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CustomerEase:
    """What is made easier for this customer: large print, prompts spoken by the screen reader."""

    large: bool = False
    spoken: bool = False


class UiContext(QObject):
    """One per window; `changed` tells that the words or the colours are others now.

    `language_chosen` and `theme_chosen` tell what a person asked for: it is remembered.
    `spoken` is what a screen reader is to say by itself: the words, and whether they are urgent.

    send       takes a command and returns at once; only the lock itself uses it past `post`
    now_ms     wall clock, milliseconds since the epoch
    log_pages  who reads the log, once the runtime is there
    reading    the thread in which it is asked
    case       id of the case that the case page shows, empty before one was chosen
    folder     where the last file was chosen, empty before that
    locked     whether the window is locked: then nothing is posted and no dialog opens
    theme_choice  a theme that a person chose, or `system`
    customer_shown  says whether the customer's window is open, so that its light can be seen
    count_stalls    says how often the window stood still, and for how long at worst, ms
    customer_ease   what is made easier in the customer's window; `customer_eased` tells of it
    reading_moved   the teller has scrolled a text that the customer reads, too: 0 to 1
    """

    changed = Signal()
    customer_eased = Signal()
    reading_moved = Signal(float)
    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    spoken = Signal(str, bool)

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
        self.reading = Reading()
        self.case = ""
        self.folder = ""
        self.locked = False
        self.theme_choice = "system"
        self.customer_shown: Callable[[], bool] = lambda: False
        self.customer_ease = CustomerEase()
        self.count_stalls: Callable[[], tuple[int, int]] = lambda: (0, 0)

    def post(self, command: Command) -> None:
        """Hand a command on and return at once; behind the lock it is dropped and reported."""
        if self.locked:
            # However it was triggered: a click that was under way, a screen reader's press, a bug.
            _log.warning("dropped behind the lock: %s", type(command).__name__)
            return
        self.send(command)

    def announce(self, words: str, *, urgent: bool = False) -> None:
        """Let a screen reader say the words; behind the lock no page says anything."""
        if not self.locked:
            self.spoken.emit(words, urgent)

    def ease_customer(self, *, large: bool, spoken: bool) -> None:
        """Make the customer's window easier; the same again changes nothing."""
        wanted = CustomerEase(large=large, spoken=spoken)
        if wanted != self.customer_ease:
            self.customer_ease = wanted
            self.customer_eased.emit()

    def tr_code(self, code: str, /, **values: str | int) -> str:
        """Return the text of a code in the screen's language."""
        return self.texts.tr(code, **values)

    def choose_language(self, language: str) -> None:
        """Show another language at a person's wish."""
        self.post(SelectLanguage(language))
        self.use_language(language)
        self.language_chosen.emit(language)

    def choose_theme(self, choice: str) -> None:
        """Ask for a theme at a person's wish: one of them, or the system's."""
        self.theme_chosen.emit(choice)

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
        """Show the screens in other colours and sizes; the same ones change nothing."""
        if theme != self.theme:
            self.theme = theme
            self.changed.emit()


class PageContext(UiContext):
    """The window's context as one page has it: a hidden page hears of a change when it is shown.

    To word all pages anew at once keeps the window from answering for longer than a person notices.
    Everything but `changed` is the window's own.
    """

    def __init__(self, whole: UiContext) -> None:
        QObject.__init__(self)
        others = (name for name, what in vars(UiContext).items() if isinstance(what, Signal))
        signals = {name: getattr(whole, name) for name in others if name != "changed"}
        self.__dict__.update(_whole=whole, _shown=False, _stale=False, **signals)
        whole.changed.connect(self._follow)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_whole"], name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.__dict__["_whole"], name, value)

    def announce(self, words: str, *, urgent: bool = False) -> None:
        """Let a screen reader say the words; a page that is not shown says nothing."""
        if self.__dict__["_shown"]:
            self._whole.announce(words, urgent=urgent)

    def use_language(self, language: str) -> None:
        """Show the screens in another language; the same one changes nothing."""
        self._whole.use_language(language)

    def use_words(self, words: Mapping[str, Words]) -> None:
        """Show a policy's own words; the same ones change nothing."""
        self._whole.use_words(words)

    def use_theme(self, theme: Theme) -> None:
        """Show the screens in other colours and sizes; the same ones change nothing."""
        self._whole.use_theme(theme)

    def set_shown(self, *, shown: bool) -> None:
        """Tell whether the page is the one that is shown; it hears of what it missed."""
        own = self.__dict__
        own["_shown"] = shown
        if shown and own["_stale"]:
            own["_stale"] = False
            self.changed.emit()

    @Slot()
    def _follow(self) -> None:
        if self.__dict__["_shown"]:
            self.changed.emit()
        else:
            self.__dict__["_stale"] = True
