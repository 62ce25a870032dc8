"""The station's permit keys: the one that signs, and the next one until core banking knows it.

Core banking has to be told of a key before it can verify a permit by it, so a rotation has two
steps days apart: `prepare_permit_key` publishes the next one, `switch_permit_key` begins to use it.
The stored key of the lowest number signs.
"""

import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.errors import KeyExists, KeyMissing
from crypto.files.durable import write_durably
from crypto.log.file.store import LogStore
from crypto.vault.keys import KeyStore
from workstation.records.keys import ENROLMENT_FOLDER, PERMIT_KEY, PERMIT_KEY_NAME

__all__ = [
    "load_permit_key",
    "permit_key_names",
    "prepare_permit_key",
    "public_key_path",
    "publish_permit_key",
    "published_permit_keys",
    "switch_permit_key",
]

_NAME = re.compile(rf"{PERMIT_KEY}(?:-([0-9]{{1,9}}))?", re.ASCII)
_KIND = "permit.key"


def _number(name: str) -> int:
    found = _NAME.fullmatch(name)
    return int(found[1] or 1) if found else 0


def permit_key_names(store: KeyStore) -> tuple[str, ...]:
    """Return under which names permit keys are stored; the first one signs."""
    return tuple(sorted(filter(_number, store.names()), key=_number))


def load_permit_key(store: KeyStore) -> Ed25519PrivateKey:
    """Return the key that signs permits; raises VaultError."""
    return store.load(next(iter(permit_key_names(store)), PERMIT_KEY))


def public_key_path(folder: Path, name: str) -> Path:
    """Return where the public half of a permit key is published: `permit.pem`, `permit-2.pem`."""
    number = _number(name)
    stem, _, end = PERMIT_KEY_NAME.partition(".")
    return folder / ENROLMENT_FOLDER / (f"{stem}-{number}.{end}" if number > 1 else PERMIT_KEY_NAME)


def published_permit_keys(folder: Path) -> tuple[Path, ...]:
    """Return the files of every public half ever published, oldest first; at least the first."""
    first = public_key_path(folder, PERMIT_KEY)
    later = first.parent.glob(f"{first.stem}-*{first.suffix}")
    return (first, *sorted((each for each in later if _number(each.stem)), key=_file_number))


def _file_number(path: Path) -> int:
    return _number(path.stem)


def publish_permit_key(folder: Path, name: str, key: Ed25519PublicKey) -> Path:
    """Write the public half of a permit key as PEM for core banking; OSError."""
    path = public_key_path(folder, name)
    write_durably(path, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def prepare_permit_key(store: KeyStore, folder: Path) -> Path:
    """Make the next permit key, or take the one that waits, and publish its public half.

    Returns the file of the public half. Nothing is signed by it yet. Raises VaultError, OSError.
    """
    names = permit_key_names(store)
    if not names:
        raise KeyMissing(PERMIT_KEY)
    if len(names) > 1:
        waiting = names[-1]
        return publish_permit_key(folder, waiting, store.load(waiting).public_key())
    name = f"{PERMIT_KEY}-{_number(names[0]) + 1}"
    return publish_permit_key(folder, name, store.create(name).public_key())


def switch_permit_key(log: LogStore, store: KeyStore, folder: Path) -> Path:
    """Sign permits with the next key from now on, and destroy the old one.

    Recorded in the log before: an old key that a crash leaves goes on signing, and the command is
    given again. Returns the file of the public half. Raises KeyMissing when no next key was
    prepared, KeyExists when there are several, VaultError, LogError.
    """
    names = permit_key_names(store)
    if len(names) < 2:  # noqa: PLR2004 - the one that signs and the next
        raise KeyMissing("the next permit key: prepare it first")
    if len(names) > 2:  # noqa: PLR2004
        raise KeyExists(names[-1])
    old, new = (store.load(name).public_key().public_bytes_raw().hex() for name in names)
    log.append(_KIND, {"public": new, "retired": old})
    store.destroy(names[0])
    return public_key_path(folder, names[1])
