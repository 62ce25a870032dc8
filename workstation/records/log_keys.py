"""The station's log keys: which stored one is in force, and its rotation with destruction.

A new key is stored as `log-2`, `log-3`, … before the log knows it, and the old one is destroyed
after the log has retired it. So what the log says is true of the stored keys at every moment: a
crash leaves at most one key too many, which the next rotation destroys.
"""

import re
from pathlib import Path

from crypto.errors import KeyMissing, KeyRefused, KeyUnreadable
from crypto.log.audit.reader import LogReader
from crypto.log.file.clock import Clock
from crypto.log.file.store import LogStore
from crypto.log.format.note import NoteSigner
from crypto.vault.keys import KeyStore
from workstation.records.keys import LOG_KEY, read_enrolled_log_key

__all__ = [
    "destroy_idle_log_keys",
    "find_log_key",
    "log_key_names",
    "name_next_log_key",
    "require_enrolled",
    "rotate_log_key",
    "rotate_log_key_daily",
]

_NAME = re.compile(rf"{LOG_KEY}(-[0-9]{{1,9}})?", re.ASCII)
_DAY_MS = 86_400_000


def log_key_names(store: KeyStore) -> tuple[str, ...]:
    """Return under which names log keys are stored: one, or more after a rotation broken off."""
    return tuple(name for name in store.names() if _NAME.fullmatch(name))


def find_log_key(store: KeyStore, origin: str, folder: Path, path: Path) -> NoteSigner:
    """Return the stored key that signs the log now.

    origin  name of the log and of its keys
    folder  of the station, whose `enrolment/` holds the log's first key
    path    of the log

    With one key stored the log itself is not read here: opening it compares. Raises VaultError
    (KeyMissing: none of the stored keys is in force), LogError, NotInitialised.
    """
    names = log_key_names(store)
    if len(names) <= 1:
        return NoteSigner(origin, store.load(names[0] if names else LOG_KEY))
    with LogReader(path, read_enrolled_log_key(folder).vkey) as reader:
        in_force = reader.key_in_force()
    for name in names:
        try:
            signer = NoteSigner(origin, store.load(name))
        except KeyUnreadable:
            # Overwritten, and the power went before its name was removed.
            continue
        if signer.verifier == in_force:
            return signer
    raise KeyMissing("the log key in force")


def require_enrolled(log: LogStore, folder: Path) -> None:
    """Raise KeyRefused when `enrolment/` names another first key than the log begins with.

    Whoever verifies this log here would be given that key.
    """
    if log.log_keys[0].verifier != read_enrolled_log_key(folder):
        raise KeyRefused("enrolment/log.vkey: not the log's first key")


def rotate_log_key_daily(log: LogStore, store: KeyStore, clock: Clock) -> bool:
    """Rotate unless the key in force came into force today (UTC); whether it was rotated.

    The key of yesterday then exists nowhere, so who takes today's can rewrite today only.
    """
    since = log.entry(log.log_keys[-1].from_seq).t_ms
    if log.closed or since // _DAY_MS == clock.wall_ms() // _DAY_MS:
        destroy_idle_log_keys(log, store)
        return False
    rotate_log_key(log, store)
    return True


def rotate_log_key(log: LogStore, store: KeyStore) -> NoteSigner:
    """Make a new log key, have the log retire the old one, destroy the old one; return the new.

    (1) keys that a broken-off rotation left are destroyed;
    (2) the new key is stored, durably;
    (3) the log commits `key.rotate`, signed by both;
    (4) the old key is overwritten and removed.

    A crash before (3) leaves a key that never signed; after it, one that the log has retired.
    Raises LogError, VaultError.
    """
    destroy_idle_log_keys(log, store)
    in_force = log.log_keys[-1].verifier
    signer = NoteSigner(in_force.name, store.create(name_next_log_key(store)))
    log.rotate(signer)
    destroy_idle_log_keys(log, store)
    return signer


def name_next_log_key(store: KeyStore) -> str:
    """Return a name for the next log key that no stored one has."""
    numbers = [int(name.rpartition("-")[2]) for name in log_key_names(store) if name != LOG_KEY]
    return f"{LOG_KEY}-{max(numbers, default=1) + 1}"


def destroy_idle_log_keys(log: LogStore, store: KeyStore) -> None:
    """Destroy every stored log key that an opened log does not sign with.

    The log was opened with the key in force, so there is one that stays.
    """
    in_force = log.log_keys[-1].verifier
    for name in log_key_names(store):
        try:
            idle = NoteSigner(in_force.name, store.load(name)).verifier != in_force
        except KeyUnreadable:
            idle = True
        if idle:
            store.destroy(name)
