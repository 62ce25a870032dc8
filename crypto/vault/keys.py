"""Creation and custody of the workstation's Ed25519 keys by name: made once, never overwritten.

Custody stops a thief of the disk, not an administrator of the running machine: whoever controls
the process can use any key it holds (docs/formats/log.md, section 9).
"""

import base64
import os
import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import KeyExists, KeyMissing, KeyUnreadable
from crypto.vault.keyfile import destroy_secret, read_secret, replace_secret, write_secret
from crypto.vault.protectors import MASTER_BYTES, NONCE_BYTES, TAG_BYTES, KeyProtector

__all__ = ["FileKeyStore", "KeyStore", "SealedKeyStore"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_SEED_BYTES = 32
_PLAIN = b"workstation-key/v1 plain "
_SEALED = b"workstation-key/v2 aes-256-gcm "
_MASTER = "workstation-master/v1 "


class KeyStore(Protocol):
    """Where the workstation's own keys live."""

    def create(self, name: str) -> Ed25519PrivateKey:
        """Make, store and return a new key; KeyExists when the name is taken."""
        ...

    def store(self, name: str, key: Ed25519PrivateKey) -> None:
        """Store a key that was made elsewhere; KeyExists when the name is taken."""
        ...

    def load(self, name: str) -> Ed25519PrivateKey:
        """Return the key; KeyMissing, KeyExposed, KeyLocked or KeyUnreadable."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of the stored keys, sorted; nothing is opened."""
        ...

    def path(self, name: str) -> Path:
        """Return the file of a key, whether it is there or not; KeyMissing for no name of a key."""
        ...

    def destroy(self, name: str) -> None:
        """Overwrite the key and remove it; one that is not there is no error."""
        ...


class _KeyFolder(ABC):
    """What the stores of one file per key have in common."""

    _suffix: str

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @abstractmethod
    def store(self, name: str, key: Ed25519PrivateKey) -> None:
        """Store a key under a free name."""

    def create(self, name: str) -> Ed25519PrivateKey:
        """Make, store and return a new key; as `store`."""
        key = Ed25519PrivateKey.generate()
        self.store(name, key)
        return key

    def names(self) -> tuple[str, ...]:
        """Return the names of the stored keys, sorted; nothing is opened."""
        found = (
            each.name.removesuffix(self._suffix) for each in self._folder.glob(f"*{self._suffix}")
        )
        return tuple(sorted(name for name in found if _NAME.fullmatch(name)))

    def path(self, name: str) -> Path:
        """Return the file of a key; KeyMissing for no name of a key."""
        if not _NAME.fullmatch(name):
            raise KeyMissing("not a key name")
        return self._folder / f"{name}{self._suffix}"

    def destroy(self, name: str) -> None:
        """Overwrite the file of the key and remove it; VaultUnwritable."""
        destroy_secret(self.path(name))


class FileKeyStore(_KeyFolder):
    """One plain file per key, mode 0600: for the demo, and for a removable disk in a safe."""

    _suffix = ".key"

    def store(self, name: str, key: Ed25519PrivateKey) -> None:
        """Store a key; KeyExists, VaultUnwritable."""
        path = self.path(name)
        write_secret(path, _PLAIN + base64.b64encode(key.private_bytes_raw()))

    def load(self, name: str) -> Ed25519PrivateKey:
        """Return the key; KeyMissing, KeyExposed, KeyUnreadable (damaged)."""
        return _key_from(_read_body(self.path(name), _PLAIN))


class SealedKeyStore(_KeyFolder):
    """One file per key, sealed by AES-256-GCM under a master key that a protector wraps.

    The key's name is additional data, so a file under another name does not open. The master key is
    unwrapped when the first key is needed and goes with the store: nobody keeps one for long.
    """

    _suffix = ".sealed"

    def __init__(self, folder: Path, protector: KeyProtector) -> None:
        super().__init__(folder)
        self._protector = protector
        self._master: bytes | None = None

    def begin(self) -> None:
        """Make the master key of a new store; KeyExists when there is one."""
        if self._master_path(self._protector).exists():
            raise KeyExists("master")
        master = os.urandom(MASTER_BYTES)
        write_secret(self._master_path(self._protector), _wrap(self._protector, master))
        self._master = master

    def add_protector(self, protector: KeyProtector) -> None:
        """Wrap the master key by this one too, or anew when there is one of its kind.

        Raises as `load`, and VaultUnwritable. The keys stay as they are.
        """
        wrapped = _wrap(protector, self._require_master())
        replace_secret(self._master_path(protector), wrapped)

    def remove_other_protectors(self, protector: KeyProtector) -> None:
        """Destroy every other wrapping of the master key; this one opens the store from now on."""
        kept = self._master_path(protector)
        for path in self._folder.glob("master.*"):
            if path != kept:
                destroy_secret(path)
        self._protector = protector

    def remove_protectors(self) -> None:
        """Destroy every wrapping of the master key: what it sealed is lost."""
        for path in self._folder.glob("master.*"):
            destroy_secret(path)

    def store(self, name: str, key: Ed25519PrivateKey) -> None:
        """Seal a key; KeyExists, VaultUnwritable, and as `load`."""
        path, nonce = self.path(name), os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._require_master()).encrypt(
            nonce, key.private_bytes_raw(), _SEALED + name.encode()
        )
        write_secret(path, _SEALED + base64.b64encode(nonce + sealed))

    def load(self, name: str) -> Ed25519PrivateKey:
        """Return the key; KeyMissing, KeyExposed, KeyLocked, KeyUnreadable (damaged, foreign)."""
        raw = _read_body(self.path(name), _SEALED)
        if len(raw) != NONCE_BYTES + _SEED_BYTES + TAG_BYTES:
            raise KeyUnreadable("damaged")
        nonce, sealed = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        try:
            return _key_from(
                AESGCM(self._require_master()).decrypt(nonce, sealed, _SEALED + name.encode())
            )
        except InvalidTag:
            raise KeyUnreadable(name) from None

    def _master_path(self, protector: KeyProtector) -> Path:
        return self._folder / f"master.{protector.kind}"

    def _require_master(self) -> bytes:
        if self._master is not None:
            return self._master
        header = f"{_MASTER}{self._protector.kind} ".encode()
        wrapped = _read_body(self._master_path(self._protector), header)
        master = self._protector.unprotect(wrapped)
        if len(master) != MASTER_BYTES:
            raise KeyUnreadable("master")
        self._master = master
        return master


def _wrap(protector: KeyProtector, master: bytes) -> bytes:
    header = f"{_MASTER}{protector.kind} ".encode()
    return header + base64.b64encode(protector.protect(master))


def _read_body(path: Path, header: bytes) -> bytes:
    content = read_secret(path)
    if not content.startswith(header):
        raise KeyUnreadable("sealed otherwise than expected")
    try:
        return base64.b64decode(content[len(header) :], validate=True)
    except ValueError as error:
        raise KeyUnreadable("damaged") from error


def _key_from(seed: bytes) -> Ed25519PrivateKey:
    if len(seed) != _SEED_BYTES:
        raise KeyUnreadable("key length")
    return Ed25519PrivateKey.from_private_bytes(seed)
