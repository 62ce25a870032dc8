"""Public keys that must have signed an answer, as the settings pin them: name, file and digest."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec

from crypto.jws import JwsKey, JwsKeyRefused
from workstation.errors import SettingsRefused
from workstation.settings.fields import FilePath, Sha256, Table
from workstation.settings.toml_file import read_limited

__all__ = ["AnswerKeyTable", "AnswerKeys", "read_answer_keys"]

_MAX_BYTES: Final = 65_536

KeyName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[!-~]{1,100}\Z",
        description="the name that the signer calls its key by (kid), at most 100 characters",
    ),
]


class AnswerKeyTable(Table, frozen=True):
    """A key that is trusted because of the digest of its DER SubjectPublicKeyInfo."""

    kid: KeyName
    path: FilePath
    sha256: Sha256


AnswerKeys = Annotated[
    list[AnswerKeyTable], msgspec.Meta(max_length=10, description="at most 10 keys")
]


def read_answer_keys(
    folder: Path, place: str, tables: Sequence[AnswerKeyTable]
) -> tuple[JwsKey, ...]:
    """Return the keys of a list of the settings; SettingsRefused names file and place.

    folder  that relative paths start from
    place   of the list, `$.authority.jws_keys`
    """
    found: dict[str, JwsKey] = {}
    for index, table in enumerate(tables):
        here = f"{place}[{index}]"
        try:
            key = JwsKey.read(
                table.kid, read_limited(folder / table.path, _MAX_BYTES, SettingsRefused)
            )
        except SettingsRefused as refused:
            raise SettingsRefused(f"{here}: {refused.detail}") from None
        except JwsKeyRefused as refused:
            raise SettingsRefused(f"{here}: {table.path}: {refused}") from None
        if key.sha256 != table.sha256:
            raise SettingsRefused(f"{here}: {table.path}: sha256 of its key is {key.sha256}")
        if table.kid in found:
            raise SettingsRefused(f"{here}: a second key named {table.kid}")
        found[table.kid] = key
    return tuple(found.values())
