"""What is known of the log that a next generation follows: its rows, and the heads that left it."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from crypto.canonical_json import JsonValue
from crypto.errors import CryptoError, NoteMalformed
from crypto.log.audit.salvage import Salvaged, salvage
from crypto.log.file.faults import LogFault
from crypto.log.file.released import ReleasedMark
from crypto.log.format.note import NoteVerifier
from crypto.vault.keys import KeyStore
from workstation.records.keys import read_enrolled_log_key
from workstation.records.known_heads import read_heads
from workstation.records.log_keys import log_key_names
from workstation.records.permit_keys import permit_key_names
from workstation.settings.settings import LoadedSettings

__all__ = ["LogCondition", "PreviousLog", "examine_folder", "examine_previous"]

_MAX_HEADS = 1 << 20


class LogCondition(StrEnum):
    """What is there of the log before."""

    WHOLE = "whole"
    SHORTER = "shorter"
    """Right in itself, and heads that left it remember more, or other entries."""
    DAMAGED = "damaged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PreviousLog:
    """The log before, as far as it is known.

    head      the newest head that is known, in the log or outside it, signed by one of its keys
    readable  the newest head of the entries that can be read
    """

    origin: str
    state: LogCondition
    head: ReleasedMark | None
    readable: ReleasedMark | None

    @property
    def lost(self) -> tuple[int, int] | None:
        """The entries that nobody can read though a head remembers them: first, and one past it."""
        size = self.readable.size if self.readable else 0
        return (size, self.head.size) if self.head and self.head.size > size else None

    def facts(self) -> dict[str, JsonValue]:
        """Return what the next generation's first entry says of it."""
        lost = self.lost
        return {
            "origin": self.origin,
            "state": self.state.value,
            **_describe(self.head),
            "readable": None if self.readable is None else _describe(self.readable),
            "lost": None if lost is None else {"from": lost[0], "to": lost[1]},
        }


def _describe(mark: ReleasedMark | None) -> dict[str, JsonValue]:
    if mark is None:
        return {"size": 0, "root": None, "signature": None}
    root, signature = (b64encode(raw).decode("ascii") for raw in (mark.root, mark.signature))
    return {"size": mark.size, "root": root, "signature": signature}


def examine_previous(loaded: LoadedSettings, store: KeyStore) -> PreviousLog:
    """Return what is known of the station's log; a file that is damaged is passed over.

    Raises NotInitialised without the log's first key, VaultError when the keys do not open.
    """
    first = read_enrolled_log_key(loaded.folder)
    found = salvage(loaded.path(loaded.values.log.path), first)
    keys = (*found.keys, *_read_own_keys(store, first.name))
    told = [
        mark for mark in _read_marks(loaded, store, first.name) if mark.is_signed(first.name, keys)
    ]
    return _conclude(first.name, found, told)


def examine_folder(folder: Path, log: str, released: str) -> PreviousLog:
    """Return what is known of the log of a station that no program starts any more.

    log, released  where they lie in the folder
    Raises NotInitialised without the log's first key.
    """
    first = read_enrolled_log_key(folder)
    found = salvage(folder / log, first)
    marks = _read_lines(folder / released, first.name)
    told = [mark for mark in marks if mark.is_signed(first.name, found.keys)]
    return _conclude(first.name, found, told)


def _conclude(origin: str, found: Salvaged, told: Sequence[ReleasedMark]) -> PreviousLog:
    remembered = max(told, key=lambda mark: mark.size, default=None)
    state, readable = _compare(found, remembered, told)
    heads = [mark for mark in (readable, remembered) if mark is not None]
    head = max(heads, key=lambda mark: mark.size, default=None)
    return PreviousLog(origin, state, head, readable)


def _compare(
    found: Salvaged, remembered: ReleasedMark | None, told: Sequence[ReleasedMark]
) -> tuple[LogCondition, ReleasedMark | None]:
    """Return what is there, and of it what no head contradicts."""
    if found.fault is LogFault.MISSING:
        return LogCondition.MISSING, None
    if found.fault is not None or found.head is None:
        return LogCondition.DAMAGED, found.head
    if remembered is not None and remembered.size > found.head.size:
        return LogCondition.SHORTER, found.head
    if any(each.size == found.head.size and each.root != found.head.root for each in told):
        return LogCondition.SHORTER, None
    return LogCondition.WHOLE, found.head


def _read_own_keys(store: KeyStore, origin: str) -> Iterator[NoteVerifier]:
    """Iterate over the public halves of the stored log keys: they may have signed the last heads.

    A store that does not open raises; so it is only asked for keys that are there.
    """
    for name in log_key_names(store):
        public = store.load(name).public_key().public_bytes_raw()
        yield NoteVerifier(origin, public)


def _read_marks(loaded: LoadedSettings, store: KeyStore, origin: str) -> Iterator[ReleasedMark]:
    """Iterate over the heads of a log that lie anywhere a station is told to put them."""
    values = loaded.values
    for configured in (values.log.released, *values.log.copies):
        yield from _read_lines(loaded.path(configured), origin)
    keys = [store.load(name).public_key() for name in permit_key_names(store)]
    for path in _list_files(loaded.path(values.permit.folder), "*.jws"):
        with suppress(CryptoError, OSError):
            yield from read_heads(origin, permits=(path,), permit_keys=keys).marks
    peers = [] if values.witness is msgspec.UNSET else values.witness.peers
    for peer in peers:
        if peer.folder is not msgspec.UNSET:
            for path in _list_files(loaded.path(peer.folder), "*.cosigned"):
                with suppress(CryptoError, OSError):
                    yield from read_heads(origin, heads=(path,)).marks


def _list_files(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a folder that may not be there."""
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def _read_lines(path: Path, origin: str) -> Iterator[ReleasedMark]:
    """Iterate over the lines of released heads that are any: a damaged one hides no other."""
    try:
        with path.open("rb") as file:
            untrusted = file.read(_MAX_HEADS)
    except OSError:
        return
    for line in untrusted.splitlines():
        try:
            mark = ReleasedMark.parse(line.decode("utf-8"))
        except (NoteMalformed, UnicodeDecodeError):
            continue
        if mark.names(origin):
            yield ReleasedMark(origin, mark.size, mark.root, mark.signature)
