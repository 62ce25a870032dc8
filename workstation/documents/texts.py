"""Words for codes, in Kazakh, Russian and English; the core emits codes and never sentences.

The catalogues are gettext files in `resources/i18n`; message ids are the codes themselves. Screens,
receipts and `workstation-ctl` read the same ones. `.ci/texts` compiles them.
"""

import gettext
import logging
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import resources
from workstation.errors import SettingsRefused
from workstation.rules.catalogue.words import Words

__all__ = ["SECOND_LANGUAGE", "Texts"]

SECOND_LANGUAGE: Final = {"kk": "ru", "ru": "kk", "en": "ru"}
"""What a customer who reads the first language sees in smaller letters under it."""

_log = logging.getLogger(__name__)


class Texts:
    """The texts of one language; immutable, so it may be shared by threads."""

    __slots__ = ("_catalogue", "language", "words")

    def __init__(self, language: str, words: Mapping[str, Words] = MappingProxyType({})) -> None:
        """Load the catalogue; raises SettingsRefused for a language that is not offered.

        words  of the policy, by code: they go before the catalogue's
        """
        if language not in resources.LANGUAGES:
            raise SettingsRefused("language")
        self.language = language
        self.words = words
        compiled = resources.path("i18n", language, "LC_MESSAGES", "workstation.mo")
        with compiled.open("rb") as stream:
            self._catalogue = gettext.GNUTranslations(stream)

    def has(self, code: str) -> bool:
        """Tell whether the code has a text."""
        return code in self.words or (code != "" and self._catalogue.gettext(code) != code)

    def find(self, codes: Iterable[str]) -> str:
        """Return the first of the codes that has a text, and ask for no further; empty for none."""
        return next(filter(self.has, codes), "")

    def tr(self, code: str, /, **values: str | int) -> str:
        """Return the text of the code with its placeholders filled.

        An unknown code comes back in brackets and a missing value leaves its placeholder: a screen
        must not fall because of a word. Both are logged.
        """
        if not self.has(code):
            _log.warning("text missing: language=%s code=%r", self.language, code)
            return f"[{code}]"
        if (own := self.words.get(code)) is not None:
            # A bank's text: a brace in it is a brace.
            return own.text(self.language)
        text = self._catalogue.gettext(code)
        try:
            return text.format(**values) if values else text
        except (KeyError, IndexError):
            _log.warning("placeholder missing: language=%s code=%r", self.language, code)
            return text
