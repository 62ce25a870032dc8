"""What every table of the settings file is made of: strict structures and bounded fields."""

from typing import Annotated

import msgspec

__all__ = ["FilePath", "Language", "Origin", "Pixels", "Seconds", "Sha256", "Table", "Url", "Word"]

Word = Annotated[str, msgspec.Meta(pattern=r"^[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,99}\Z")]
FilePath = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,400}\Z")]
Url = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{8,400}\Z")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Origin = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9./-]{2,199}\Z")]
Language = Annotated[str, msgspec.Meta(pattern=r"^(kk|ru|en)\Z")]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=600)]
Pixels = Annotated[int, msgspec.Meta(ge=160, le=4096)]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: an unknown key is refused with its path."""
