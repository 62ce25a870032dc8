"""What every table of a policy file is made of: strict structures, bounded names and texts."""

from typing import Annotated

import msgspec

from workstation.rules.catalogue.words import Words

__all__ = ["Name", "RuleId", "Table", "WordsTable"]

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
RuleId = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,4}-\d{2}(\.[a-z_]{1,20})?\Z")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: an unknown key is refused with its path."""


class WordsTable(Table, frozen=True):
    """One text in three languages."""

    kk: _Text
    ru: _Text
    en: _Text

    def words(self) -> Words:
        """Return the text as a value."""
        return Words(self.kk, self.ru, self.en)
