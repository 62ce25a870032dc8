"""The station's signed log as its settings name it."""

from pathlib import Path

from crypto.log.audit.reader import LogReader
from crypto.log.file.clock import Clock
from crypto.log.file.copies import CopiedHead
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner, NoteVerifier
from crypto.vault.keys import KeyStore
from workstation import __version__
from workstation.records.keys import read_enrolled_log_key
from workstation.records.log_keys import find_log_key
from workstation.settings.settings import LoadedSettings
from workstation.settings.trust import StatedTrust

__all__ = [
    "has_results",
    "load_log_key",
    "open_log",
    "open_released",
    "open_stated_log",
    "read_log_keys",
]


def load_log_key(loaded: LoadedSettings, store: KeyStore) -> NoteSigner:
    """Return the stored key that signs the log now; raises VaultError, LogError."""
    values = loaded.values
    path = loaded.path(values.log.path)
    return find_log_key(store, values.station.origin, loaded.folder, path)


def open_log(loaded: LoadedSettings, log_key: NoteSigner, clock: Clock) -> LogStore:
    """Open the log and hold its lock until it is closed; raises LogError, LogLocked among them."""
    values = loaded.values
    return LogStore.open(
        loaded.path(values.log.path),
        log_key=log_key,
        clock=clock,
        released=open_released(loaded),
        software=__version__,
    )


def open_released(loaded: LoadedSettings) -> CopiedHead:
    """Return the released heads with the other places that remember the newest."""
    values = loaded.values.log
    places = {each: ReleasedHead(loaded.path(each)) for each in values.copies}
    return CopiedHead(loaded.path(values.released), places)


def open_stated_log(folder: Path, stated: StatedTrust, store: KeyStore, clock: Clock) -> LogStore:
    """Open the log of a station whose settings may not be complete yet; as `open_log`."""
    path = folder / stated.log.path
    return LogStore.open(
        path,
        log_key=find_log_key(store, stated.origin, folder, path),
        clock=clock,
        released=ReleasedHead(folder / stated.log.released),
        software=__version__,
    )


def read_log_keys(folder: Path, path: Path) -> tuple[NoteVerifier, ...]:
    """Return every key the log at `path` was ever signed with, oldest first; raises LogError.

    folder  of the station, whose `enrolment/` holds the first key
    """
    with LogReader(path, read_enrolled_log_key(folder).vkey) as reader:
        return reader.log_keys()


def has_results(loaded: LoadedSettings) -> bool:
    """Whether the log holds a result: every row is read, so ask for a rare reason only."""
    path, first = loaded.path(loaded.values.log.path), read_enrolled_log_key(loaded.folder)
    with LogReader(path, first.vkey) as reader, reader.snapshot() as view:
        return next(view.find(b'"type":"verify.result"'), None) is not None
