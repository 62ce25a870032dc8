"""What a process that was killed leaves beside the log, removed at the next start.

Nothing is removed that an entry names, and of a symbolic link only the link.
"""

import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crypto.canonical_json import JsonValue
from crypto.errors import PayloadMissing, VaultError
from crypto.files.durable import draft_of
from crypto.files.held_files import remove_file
from crypto.log.file.store import LogStore
from crypto.log.format.key_record import Kind
from crypto.vault.payload_store import PayloadStore
from workstation.preflight import OUTBOX_NAME
from workstation.records.validation_data_archive import LISTS_FOLDER
from workstation.settings.settings import LoadedSettings

__all__ = [
    "CLEANED",
    "DraftPlace",
    "clean_drafts",
    "find_drafts",
    "settle_vault",
    "station_drafts",
]

CLEANED = "cleaned"
"""Kind of the entry that says how much was removed."""

_log = logging.getLogger(__name__)
_SHARED_AGE_S = 600


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """A folder in which drafts may lie.

    names  of the files that this station writes there, as a regular expression
    age_s  how old a draft has to be: other stations may write into a folder that they share
    """

    folder: Path
    names: str
    age_s: int = 0


def station_drafts(loaded: LoadedSettings) -> tuple[DraftPlace, ...]:
    """Return where a killed process of this station may have left drafts."""
    values = loaded.values
    return (
        DraftPlace(loaded.path(values.vault.path), r"[0-9a-f]{64}\.payload"),
        DraftPlace(loaded.folder / LISTS_FOLDER, "[0-9a-f]{64}"),
        DraftPlace(loaded.folder / OUTBOX_NAME, r"receipt-[0-9]{6,16}\.pdf"),
        # Core banking's folder may be a share: another station may be writing into it.
        DraftPlace(loaded.path(values.permit.folder), r"[0-9a-f]{32}\.jws", _SHARED_AGE_S),
    )


def find_drafts(places: Iterable[DraftPlace], now_s: float) -> Iterator[Path]:
    """Yield the drafts that nobody will finish; a folder that cannot be read has none."""
    for place in places:
        pattern = re.compile(place.names, re.ASCII)
        with suppress(OSError), os.scandir(place.folder) as found:
            for each in found:
                target = draft_of(each.name)
                if target is None or pattern.fullmatch(target) is None:
                    continue
                if each.is_dir(follow_symlinks=False):
                    continue
                if not place.age_s or _is_older(each, now_s - place.age_s):
                    yield Path(each.path)


def _is_older(found: os.DirEntry[str], than_s: float) -> bool:
    try:
        return found.stat(follow_symlinks=False).st_mtime < than_s
    except OSError:
        return False


def clean_drafts(log: LogStore, drafts: Iterable[Path]) -> int:
    """Remove drafts, and say in the log how many; return how many went."""
    removed = 0
    for each in drafts:
        try:
            remove_file(each)
        except OSError as error:
            _log.warning("draft stays: %s", type(error).__name__)
        else:
            removed += 1
    if removed:
        log.append(CLEANED, {"drafts": removed}, actor="log")
    return removed


def settle_vault(log: LogStore, store: PayloadStore, origin: str) -> tuple[int, int]:
    """Remove payloads that were kept and never entered, and finish erasures that were ordered.

    Only what was kept since the last start is asked for, against the entries since then. Whoever
    calls holds the log, so nothing is being entered meanwhile. What the log before this one may
    name stays. Returns how many were removed and how many erasures were finished; what cannot be
    removed now is tried again at the next start. Raises LogError, VaultUnwritable.

    origin  of the log
    """
    size, start = log.size, store.settled_size(origin)
    if start is None or start > size:
        # Of another log, or of a time that this one does not know: nobody can tell here.
        store.settle(origin, size)
        return 0, 0
    unsettled = set(store.unsettled())
    ordered: list[str] = []
    for entry in log.entries(start):
        if entry.kind == Kind.PAYLOAD_ERASE:
            ordered.append(str(entry.data.get("pid")))
        elif isinstance(stated := entry.data.get("pl"), Mapping):
            unsettled.discard(str(stated.get("pid")))
    finished = [pid for pid in ordered if store.wrapped_keys(pid)]
    orphans = sorted(unsettled - set(ordered))
    if orphans or finished:
        data: dict[str, JsonValue] = {"payloads": len(orphans), "erasures": len(finished)}
        log.append(CLEANED, data, actor="log")
    left = [pid for pid in (*orphans, *finished) if not _is_erased(store, pid)]
    if not left:
        store.settle(origin, log.size)
    return len(orphans), len(finished)


def _is_erased(store: PayloadStore, pid: str) -> bool:
    try:
        store.erase(pid)
    except PayloadMissing:
        return True
    except VaultError as error:
        _log.warning("payload stays: %s", error.detail)
        return False
    return True
