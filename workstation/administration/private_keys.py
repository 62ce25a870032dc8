"""What private keys a station has: where they are, since when, who could read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crypto.errors import KeyExposed, KeyMissing, VaultError
from crypto.vault.keyfile import read_secret
from crypto.vault.keys import FileKeyStore, KeyStore, SealedKeyStore
from workstation.records.log_keys import log_key_names
from workstation.records.permit_keys import permit_key_names

__all__ = ["PrivateKeyFile", "list_private_keys"]


@dataclass(frozen=True, slots=True)
class PrivateKeyFile:
    """One key's file.

    since_ms  when it was written last; 0 where there is none
    trouble   `key.exposed`, `key.missing`, `key.unreadable`, `key.plain` beside sealed ones, or
              empty: only this account reads it
    waits     a permit key that signs nothing yet
    """

    name: str
    path: Path
    since_ms: int
    trouble: str
    waits: bool = False


def list_private_keys(store: KeyStore, place: Path) -> Iterator[PrivateKeyFile]:
    """Iterate over the files of a store in the folder `place`, and over those that are missing.

    Nothing is opened, and no pass phrase asked for.
    """
    if isinstance(store, SealedKeyStore):
        for path in sorted(place.glob("master.*")) or [place / "master"]:
            yield _describe(path.name, path)
        plain = FileKeyStore(place)
        for name in plain.names():
            found = _describe(name, plain.path(name))
            yield PrivateKeyFile(found.name, found.path, found.since_ms, "key.plain")
    permits = permit_key_names(store)
    for name in store.names():
        yield _describe(name, store.path(name), waits=name in permits[1:])
    for needed, names in (("log", log_key_names(store)), ("permit", permits)):
        if not names:
            yield _describe(needed, store.path(needed))


def _describe(name: str, path: Path, *, waits: bool = False) -> PrivateKeyFile:
    try:
        read_secret(path)
        trouble = ""
    except KeyExposed:
        trouble = "key.exposed"
    except KeyMissing:
        trouble = "key.missing"
    except VaultError:
        trouble = "key.unreadable"
    since = int(path.stat().st_mtime * 1000) if path.exists() else 0
    return PrivateKeyFile(name, path, since, trouble, waits)
