"""The station's own keys by name, and whose keys may stand under its log's first entry."""

from pathlib import Path

import msgspec

from crypto.errors import NoteMalformed
from crypto.log.format.note import ED25519, NoteVerifier
from crypto.vault.keys import FileKeyStore, KeyStore, SealedKeyStore
from crypto.vault.protectors import (
    DpapiProtector,
    KeyProtector,
    KeyUnlock,
    PassphraseProtector,
    refuse_unlock,
)
from crypto.vault.token_protector import TokenChoice, TokenProtector
from workstation.errors import NotInitialised, SettingsRefused
from workstation.settings.settings import KeysTable, KeyStoreKind, LoadedSettings, Profile

__all__ = [
    "COOL_DOWN_KEY",
    "ENROLMENT_FOLDER",
    "LOG_KEY",
    "LOG_VKEY_NAME",
    "PERMIT_KEY",
    "PERMIT_KEY_NAME",
    "TRUSTED_NAME",
    "choose_token",
    "create_key_store",
    "load_accounts_secret",
    "make_key_store",
    "make_protector",
    "open_key_store",
    "open_stated_store",
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


def create_key_store(kind: KeyStoreKind, folder: Path, unlock: KeyUnlock) -> KeyStore:
    """Begin an empty store of this kind in a folder that has none; KeyExists, VaultError.

    unlock  gives the pass phrase that is to protect it, where the kind has one
    """
    protector = make_protector(kind, unlock)
    if protector is None:
        return FileKeyStore(folder)
    store = SealedKeyStore(folder, protector)
    store.begin()
    return store


def make_key_store(
    kind: KeyStoreKind, folder: Path, unlock: KeyUnlock, token: TokenChoice | None = None
) -> KeyStore:
    """Return the store of this kind; nothing is read, and nobody asked, before the first key.

    token  of the kind `token`
    """
    protector = make_protector(kind, unlock, token)
    return FileKeyStore(folder) if protector is None else SealedKeyStore(folder, protector)


def open_key_store(loaded: LoadedSettings, unlock: KeyUnlock | None = None) -> KeyStore:
    """Return the station's key store, which asks once, when the first key is needed.

    unlock  None: KeyLocked when a pass phrase is needed
    Raises SettingsRefused for plain files outside the demo.
    """
    values = loaded.values
    if values.keys.kind is KeyStoreKind.FILE and values.profile is not Profile.DEMO:
        # `read_settings` refuses it too: this is where it would do the harm.
        raise SettingsRefused("$.keys.kind: plain files in the production profile")
    return open_stated_store(loaded.folder, values.keys, unlock or refuse_unlock)


def open_stated_store(folder: Path, keys: KeysTable, unlock: KeyUnlock) -> KeyStore:
    """Return the key store of settings that may not be complete yet; as `open_key_store`."""
    return make_key_store(keys.kind, folder / keys.path, unlock, choose_token(folder, keys))


def make_protector(
    kind: KeyStoreKind, unlock: KeyUnlock, token: TokenChoice | None = None
) -> KeyProtector | None:
    """Return what wraps the master key of a store of this kind; None for plain files.

    Raises SettingsRefused for the kind `token` without a token.
    """
    match kind:
        case KeyStoreKind.FILE:
            return None
        case KeyStoreKind.SEALED:
            return PassphraseProtector(unlock)
        case KeyStoreKind.DPAPI:
            return DpapiProtector()
        case KeyStoreKind.TOKEN:
            if token is None:
                raise SettingsRefused("$.keys.token: missing")
            return TokenProtector(token, unlock)


def choose_token(folder: Path, keys: KeysTable) -> TokenChoice | None:
    """Return the token of the settings' `[keys]`, its module's path from the station's folder."""
    if keys.token is msgspec.UNSET:
        return None
    return TokenChoice(folder / keys.token.module, keys.token.label, keys.token.serial)


def load_accounts_secret(store: KeyStore) -> bytes:
    """Return the 32 bytes that the files of accounts derive their keys from; raises VaultError."""
    return store.load(COOL_DOWN_KEY).private_bytes_raw()


def read_enrolled_log_key(folder: Path) -> NoteVerifier:
    """Return the log's first key as it was enrolled; NotInitialised without the file."""
    (only,) = read_vkeys(folder / ENROLMENT_FOLDER / LOG_VKEY_NAME)[:1]
    return only


def read_trusted_cosigners(loaded: LoadedSettings) -> tuple[NoteVerifier, ...]:
    """Return the keys that may have cosigned the genesis entry; NotInitialised without the file."""
    return read_vkeys(loaded.folder / ENROLMENT_FOLDER / TRUSTED_NAME)


def read_vkeys(path: Path, *, algorithm: int = ED25519) -> tuple[NoteVerifier, ...]:
    """Return the verifier keys of a file, one per line, at least one, all of one type.

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
    return tuple(NoteVerifier.parse(line, algorithm=algorithm) for line in lines)
