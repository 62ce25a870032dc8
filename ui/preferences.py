"""How each operator likes the screens, and where the window was: one small file, never a person.

`preferences.json` lies in the data folder beside the log's. An operator stands in it as a keyed
digest. It decides nothing: a file that is damaged, too large or another's is as good as none, and
one that cannot be written is a line in the diagnostics.
"""

import hashlib
import hmac
import json
import logging
import os
import secrets
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from crypto.strict_json import JsonRefused, strict_decoded

__all__ = ["SYSTEM", "Look", "Placement", "Preferences"]

_log = logging.getLogger(__name__)

SYSTEM: Final = "system"
"""The theme of whoever chose none: the one of the system."""

FILE_NAME: Final = "preferences.json"
_MAX_BYTES: Final = 65_536
_MOST_OPERATORS: Final = 200
_KEY_BYTES: Final = 16

_Pixels = Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]
_Size = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
_Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the screens look to somebody; an empty language is one that was never chosen."""

    language: Literal["", "kk", "ru", "en"] = ""
    theme: Literal["system", "light", "dark", "contrast"] = SYSTEM


class Placement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the window was, logical pixels of the whole desktop, and whether it was maximised."""

    left: _Pixels
    top: _Pixels
    width: _Size
    height: _Size
    maximised: bool = False


class _Contents(msgspec.Struct, forbid_unknown_fields=True):
    version: Literal[1] = 1
    key: _Digest = ""
    last: Look = Look()
    operators: dict[_Digest, Look] = {}
    window: Placement | None = None


class Preferences:
    """What is remembered; every change is written at once, and no failure of it stops anything."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._contents = _read(self._path)

    @property
    def last(self) -> Look:
        """Return how the screens looked last, for as long as nobody is signed in."""
        return self._contents.last

    @property
    def window(self) -> Placement | None:
        """Return where the window was, None if it is not known."""
        return self._contents.window

    def look_of(self, operator: str) -> Look | None:
        """Return how an operator likes the screens, None if it was never said."""
        return self._contents.operators.get(self._digest(operator))

    def remember(self, look: Look, operator: str = "") -> None:
        """Remember a look as the last one, and as an operator's where one is named."""
        contents = self._contents
        known = self.look_of(operator) if operator else look
        if (contents.last, known) == (look, look):
            return
        contents.last = look
        if operator:
            # The one who chose last stands last: the first is dropped when there are too many.
            digest = self._digest(operator)
            contents.operators.pop(digest, None)
            contents.operators[digest] = look
            while len(contents.operators) > _MOST_OPERATORS:
                del contents.operators[next(iter(contents.operators))]
        self._write()

    def place(self, window: Placement) -> None:
        """Remember where the window is."""
        if window != self._contents.window:
            self._contents.window = window
            self._write()

    def _digest(self, operator: str) -> str:
        key = bytes.fromhex(self._contents.key)
        return hmac.digest(key, operator.encode(), hashlib.sha256)[:_KEY_BYTES].hex()

    def _write(self) -> None:
        content = json.dumps(msgspec.to_builtins(self._contents), indent=1).encode()
        draft = self._path.with_name(f".{FILE_NAME}.{os.getpid()}")
        try:
            # Not flushed to the disk: the window must not wait, and what is lost is a colour.
            draft.write_bytes(content)
            draft.replace(self._path)
        except OSError as trouble:
            _log.warning("preferences not written: %s", trouble.strerror)


def _read(path: Path) -> _Contents:
    try:
        with path.open("rb") as stream:
            untrusted = stream.read(_MAX_BYTES + 1)
        if len(untrusted) <= _MAX_BYTES:
            found = strict_decoded(untrusted, _Contents, depth=4)
            if found.key:
                return found
        _log.warning("preferences not taken: too large or without a key")
    except FileNotFoundError:
        pass
    except OSError as trouble:
        _log.warning("preferences not read: %s", trouble.strerror)
    except JsonRefused as trouble:
        _log.warning("preferences not taken: %s", trouble)
    return _Contents(key=secrets.token_hex(_KEY_BYTES))
