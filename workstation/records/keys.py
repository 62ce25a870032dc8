"""The station's own keys by name, and whose keys may stand under its log's first entry."""

from pathlib import Path

from crypto.errors import NoteMalformed
from crypto.log.format.note import NoteVerifier
from crypto.vault.keys import DpapiKeyStore, FileKeyStore, KeyStore
from workstation.errors import NotInitialised
from workstation.settings.settings import KeyStoreKind, LoadedSettings

__all__ = [
    "COOL_DOWN_KEY",
    "ENROLMENT_FOLDER",
    "LOG_KEY",
    "LOG_VKEY_NAME",
    "PERMIT_KEY",
    "PERMIT_KEY_NAME",
    "TRUSTED_NAME",
    "load_accounts_secret",
    "make_key_store",
    "open_key_store",
    "read_enrolled_log_key",
    "read_trusted_cosigners",
    "read_vkeys",
]

LOG_KEY = "log"
PERMIT_KEY = "permit"
COOL_DOWN_KEY = "cool-down"

ENROLMENT_FOLDER = "enrolment"
"""Public halves, written once by `init`: what auditors and core banking are given."""

LOG_VKEY_NAME = "log.vkey"
TRUSTED_NAME = "trusted.vkeys"
PERMIT_KEY_NAME = "permit.pem"
_MAX_BYTES = 65_536


def make_key_store(kind: KeyStoreKind, folder: Path) -> KeyStore:
    """Return the store of this kind; nothing is read yet."""
    match kind:
        case KeyStoreKind.FILE:
            return FileKeyStore(folder)
        case KeyStoreKind.DPAPI:
            return DpapiKeyStore(folder)


def open_key_store(loaded: LoadedSettings) -> KeyStore:
    """Return the station's key store."""
    return make_key_store(loaded.values.keys.kind, loaded.path(loaded.values.keys.path))


def load_accounts_secret(loaded: LoadedSettings) -> bytes:
    """Return the 32 bytes that the files of accounts derive their keys from; raises VaultError."""
    return open_key_store(loaded).load(COOL_DOWN_KEY).private_bytes_raw()


def read_enrolled_log_key(folder: Path) -> NoteVerifier:
    """Return the log's first key as it was enrolled; NotInitialised without the file."""
    (only,) = read_vkeys(folder / ENROLMENT_FOLDER / LOG_VKEY_NAME)[:1]
    return only


def read_trusted_cosigners(loaded: LoadedSettings) -> tuple[NoteVerifier, ...]:
    """Return the keys that may have cosigned the genesis entry; NotInitialised without the file."""
    return read_vkeys(loaded.folder / ENROLMENT_FOLDER / TRUSTED_NAME)


def read_vkeys(path: Path) -> tuple[NoteVerifier, ...]:
    """Return the verifier keys of a file, one per line, at least one.

    Raises NotInitialised when it cannot be read, NoteMalformed when a line is no key.
    """
    try:
        with path.open("rb") as file:
            untrusted = file.read(_MAX_BYTES)
    except OSError:
        raise NotInitialised(path.name) from None
    try:
        lines = untrusted.decode("ascii").split()
    except UnicodeDecodeError:
        raise NoteMalformed("verifier key") from None
    if not lines:
        raise NoteMalformed("verifier key")
    return tuple(NoteVerifier.parse(line) for line in lines)
