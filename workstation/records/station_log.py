"""The station's signed log as its settings name it."""

from crypto.log.file.clock import Clock
from crypto.log.file.released import ReleasedHead
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from crypto.vault.keys import KeyStore
from workstation import __version__
from workstation.records.keys import LOG_KEY
from workstation.settings.settings import LoadedSettings

__all__ = ["load_log_key", "open_log"]


def load_log_key(loaded: LoadedSettings, store: KeyStore) -> NoteSigner:
    """Return the log key in force under the log's origin; raises VaultError."""
    return NoteSigner(loaded.values.station.origin, store.load(LOG_KEY))


def open_log(loaded: LoadedSettings, log_key: NoteSigner, clock: Clock) -> LogStore:
    """Open the log and hold its lock until it is closed; raises LogError, LogLocked among them."""
    values = loaded.values
    return LogStore.open(
        loaded.path(values.log.path),
        log_key=log_key,
        clock=clock,
        released=ReleasedHead(loaded.path(values.log.released)),
        software=__version__,
    )
