"""Language, theme and text size of the running program: chosen, remembered, the system's followed.

A person's choice goes before the system's, an operator's own before the last one of the station.
"""

import logging

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator, Slot
from PySide6.QtWidgets import QApplication

from ui.context import UiContext
from ui.preferences import SYSTEM, Look, Preferences
from ui.qt_words import QtWords
from ui.theme.fonts import application_font
from ui.theme.system import system_theme
from ui.theme.theme import THEMES, apply_theme, load_theme
from workstation.station.commands import SelectLanguage
from workstation.station.snapshot import StationStatus

__all__ = ["CHOICES", "Appearance"]

_log = logging.getLogger(__name__)

CHOICES = (SYSTEM, *THEMES)
"""What a person may choose, in the order of the key that goes through them."""


class Appearance(QObject):
    """Keeps the application as the operator at the counter likes it.

    preferences  where a choice is remembered; None for nowhere, as before there is a station
    """

    def __init__(
        self, ctx: UiContext, preferences: Preferences | None, theme: str = SYSTEM
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._preferences = preferences
        self._operator = ""
        self._language_chosen = False
        self._theme_chosen = False
        self.choice = theme
        self._translators: list[QTranslator] = []
        self._translated = ""
        ctx.language_chosen.connect(self._choose_language)
        ctx.theme_chosen.connect(self._choose_theme)
        ctx.changed.connect(self.restyle)
        hints = QApplication.styleHints()
        hints.colorSchemeChanged.connect(self._use_choice)
        hints.accessibility().contrastPreferenceChanged.connect(self._use_choice)
        self._use_choice()
        self.restyle()

    @Slot(object)
    def show_station(self, status: StationStatus) -> None:
        """Take over who is signed in: the screens become as that person left them."""
        operator = "" if status.operator is None else status.operator.id
        if operator == self._operator:
            return
        self._operator = operator
        if not operator:
            self._language_chosen = self._theme_chosen = False
            return
        known = None if self._preferences is None else self._preferences.look_of(operator)
        if known is not None:
            if known.language and not self._language_chosen:
                self._select_language(known.language)
            if not self._theme_chosen:
                self.choice = known.theme
                self._use_choice()
        self._remember()

    @Slot(str)
    def _choose_language(self, language: str) -> None:
        self._language_chosen = language != ""
        self._remember()

    @Slot(str)
    def _choose_theme(self, choice: str) -> None:
        self._theme_chosen = True
        self.choice = choice if choice in CHOICES else self._next_choice()
        self._use_choice()
        self._remember()

    def _next_choice(self) -> str:
        """Return the next theme that looks different from the one that is shown."""
        shown = THEMES.index(self._ctx.theme.name)
        return THEMES[(shown + 1) % len(THEMES)]

    def _select_language(self, language: str) -> None:
        self._ctx.use_language(language)
        self._ctx.post(SelectLanguage(language))

    def _remember(self) -> None:
        look = Look(language=self._ctx.texts.language, theme=self.choice)  # type: ignore[arg-type]
        if self._preferences is not None:
            self._preferences.remember(look, self._operator)

    @Slot()
    def _use_choice(self) -> None:
        name = self.choice
        if name == SYSTEM:
            name = system_theme(QApplication.styleHints())
        self._ctx.theme_choice = self.choice
        self._ctx.use_theme(load_theme(name, self._ctx.theme.scale))

    @Slot()
    def restyle(self) -> None:
        """Apply colours and Qt's own words after the theme or the language changed."""
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            return
        # What a screen reader and the list of windows call the program; else it is "app.py".
        application.setApplicationName(self._ctx.tr_code("app.name"))
        theme = self._ctx.theme
        if theme.stylesheet() != application.styleSheet():
            application.setFont(application_font(theme.sizes["body"]))
        apply_theme(application, theme)
        if self._ctx.texts.language != self._translated:
            self._translate(application)

    def _translate(self, application: QApplication) -> None:
        self._translated = self._ctx.texts.language
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        qts_own = QTranslator(self)
        if not qts_own.load(f"qtbase_{self._translated}", folder):
            _log.debug("no words of Qt: language=%s", self._translated)
        # The one installed last is asked first: ours is asked for what Qt's own lacks.
        fresh = [QtWords(self._ctx.texts, self), qts_own]
        for translator in fresh:
            application.installTranslator(translator)
        for old in self._translators:
            application.removeTranslator(old)
        self._translators = fresh
