"""What every table of a policy file is made of: bounded names and texts."""

from typing import Annotated

import msgspec

from workstation.rules.catalogue.templates import make_plain
from workstation.rules.catalogue.words import Words
from workstation.settings.fields import Table

__all__ = ["Name", "RuleId", "WordsTable", "require_plain"]

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
RuleId = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,4}-\d{2}(\.[a-z_]{1,20})?\Z")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


def require_plain(kk: str, ru: str, en: str) -> None:
    """Raise ValueError, which the reader tells with its path, for what is not seen as it is."""
    for language, text in (("kk", kk), ("ru", ru), ("en", en)):
        if make_plain(text) != text:
            raise ValueError(f"{language}: a character that is not shown, or a space at an end")


class WordsTable(Table, frozen=True):
    """One text in three languages."""

    kk: _Text
    ru: _Text
    en: _Text

    def __post_init__(self) -> None:
        """Refuse what would be shown otherwise than it is written."""
        require_plain(self.kk, self.ru, self.en)

    def words(self) -> Words:
        """Return the text as a value."""
        return Words(self.kk, self.ru, self.en)
