"""A change of what protects the station's keys: from plain files, or from one kind to another."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from crypto.canonical_json import JsonValue
from crypto.files.durable import write_durably
from crypto.log.file.clock import Clock
from crypto.vault.keys import FileKeyStore, SealedKeyStore
from crypto.vault.protectors import KeyProtector, KeyUnlock
from workstation.errors import SettingsRefused
from workstation.records.keys import choose_token, make_protector, open_stated_store
from workstation.records.station_log import open_stated_log
from workstation.settings.settings import SETTINGS_NAME, KeyStoreKind
from workstation.settings.trust import read_trust

__all__ = ["KeyProtection", "protect_keys"]

_KIND = "key.protect"
_LINE = re.compile(r'^(\s*kind\s*=\s*)("[a-z]+"|\'[a-z]+\')', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class KeyProtection:
    """What was done. `entry`: its number in the log."""

    before: KeyStoreKind
    after: KeyStoreKind
    entry: int
    settings_sha256: str


def protect_keys(
    folder: Path, kind: KeyStoreKind, unlock: KeyUnlock, unlock_new: KeyUnlock, clock: Clock
) -> KeyProtection:
    """Protect the station's keys by `kind` from now on, or by another pass phrase.

    unlock      opens them as they are
    unlock_new  gives the new pass phrase, where the kind has one

    (1) the log records it;
    (2) the keys are protected the new way, durably;
    (3) the settings say so;
    (4) the old protection, or the plain files, are overwritten and removed.

    A crash before (3) leaves the old way whole, one after it the new; the command is given again to
    clean up. The log's lock is held meanwhile, so no workstation runs: LogLocked.

    The settings are read as far as it takes: a branch's that say `file` are refused elsewhere.
    Raises SettingsRefused, NotInitialised, LogError, VaultError, OSError.
    """
    stated = read_trust(folder)
    place = folder / stated.keys.path
    protector = make_protector(kind, unlock_new, choose_token(folder, stated.keys))
    if protector is None:
        raise SettingsRefused("$.keys.kind: only a demo is made with plain files")
    store = open_stated_store(folder, stated.keys, unlock)
    text = _replace_kind(stated.text, kind).encode()
    facts: dict[str, JsonValue] = {
        "from": stated.keys.kind.value,
        "to": kind.value,
        "settings_before": hashlib.sha256(stated.text.encode()).hexdigest(),
        "settings_after": hashlib.sha256(text).hexdigest(),
    }
    with open_stated_log(folder, stated, store, clock) as log:
        entry = log.append(_KIND, facts).entry.seq
        if isinstance(store, SealedKeyStore):
            store.add_protector(protector)
            write_durably(folder / SETTINGS_NAME, text)
            store.remove_other_protectors(protector)
        else:
            _seal(place, protector)
            write_durably(folder / SETTINGS_NAME, text)
        _destroy_plain(place)
    return KeyProtection(stated.keys.kind, kind, entry, hashlib.sha256(text).hexdigest())


def _seal(place: Path, protector: KeyProtector) -> None:
    """Copy every plain key into a new sealed store; one broken off before is begun anew."""
    plain = FileKeyStore(place)
    keys = {name: plain.load(name) for name in plain.names()}
    sealed = SealedKeyStore(place, protector)
    for name in sealed.names():
        sealed.destroy(name)
    sealed.remove_protectors()
    sealed.begin()
    for name, key in keys.items():
        sealed.store(name, key)


def _destroy_plain(place: Path) -> None:
    plain = FileKeyStore(place)
    for name in plain.names():
        plain.destroy(name)


def _replace_kind(text: str, kind: KeyStoreKind) -> str:
    """Return the settings with another `[keys] kind` and nothing else changed; SettingsRefused."""
    before = tomllib.loads(text)
    start = re.search(r"^\[keys\]", text, re.MULTILINE)
    after = text
    if start is not None:
        head, rest = text[: start.end()], text[start.end() :]
        after = head + _LINE.sub(rf'\g<1>"{kind.value}"', rest, count=1)
    if tomllib.loads(after) != before | {"keys": before["keys"] | {"kind": kind.value}}:
        raise SettingsRefused("$.keys.kind: written in a form that only you can change")
    return after
