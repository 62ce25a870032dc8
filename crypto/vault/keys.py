"""Creation and custody of the workstation's Ed25519 keys by name: made once, never overwritten.

Custody stops a thief of the disk, not an administrator of the running machine: whoever controls
the process can use any key it holds (docs/formats/log.md, section 9).
"""

import base64
import os
import re
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crypto.errors import KeyMissing, KeyUnreadable
from crypto.vault.dpapi import protect, unprotect
from crypto.vault.keyfile import read_secret, write_secret

__all__ = ["DpapiKeyStore", "FileKeyStore", "KeyStore"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_SEED_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_MEMORY_KIB = 64 * 1024
_PASSES = 3
_LANES = 4
_PLAIN = b"workstation-key/v1 plain "
# The cost stands in the header only to be compared: a file cannot ask for less, or for more.
_SEALED = f"workstation-key/v1 argon2id,m={_MEMORY_KIB},t={_PASSES},p={_LANES} ".encode()


class KeyStore(Protocol):
    """Where the workstation's own keys live."""

    def create(self, name: str) -> Ed25519PrivateKey:
        """Make, store and return a new key; KeyExists when the name is taken."""
        ...

    def load(self, name: str) -> Ed25519PrivateKey:
        """Return the key; KeyMissing, KeyExposed or KeyUnreadable."""
        ...


def _new_seed() -> tuple[Ed25519PrivateKey, bytes]:
    key = Ed25519PrivateKey.generate()
    return key, key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def _from_seed(seed: bytes) -> Ed25519PrivateKey:
    if len(seed) != _SEED_BYTES:
        raise KeyUnreadable("key length")
    return Ed25519PrivateKey.from_private_bytes(seed)


def _file_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise KeyMissing("not a key name")
    return name


class FileKeyStore:
    """One file per key, mode 0600, sealed by AES-256-GCM under Argon2id when a passphrase is given.

    Argon2id takes 64 MiB, 3 passes, 4 lanes (RFC 9106 section 4, second choice). A store with a
    passphrase refuses unsealed files and the other way round, so neither can pass for the other.
    """

    def __init__(self, folder: Path, *, passphrase: bytes | None = None) -> None:
        self._folder = folder
        self._passphrase = passphrase

    def create(self, name: str) -> Ed25519PrivateKey:
        """Make, store and return a new key; KeyExists, VaultUnwritable."""
        path = self._folder / f"{_file_name(name)}.key"
        key, seed = _new_seed()
        if self._passphrase is None:
            content = _PLAIN + base64.b64encode(seed)
        else:
            salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
            sealed = self._cipher(self._passphrase, salt).encrypt(
                nonce, seed, _SEALED + name.encode()
            )
            content = _SEALED + base64.b64encode(salt + nonce + sealed)
        write_secret(path, content)
        return key

    def load(self, name: str) -> Ed25519PrivateKey:
        """Return the key; KeyMissing, KeyExposed, KeyUnreadable (wrong passphrase, damaged)."""
        content = read_secret(self._folder / f"{_file_name(name)}.key")
        header = _PLAIN if self._passphrase is None else _SEALED
        if not content.startswith(header):
            raise KeyUnreadable("sealed otherwise than expected")
        try:
            raw = base64.b64decode(content[len(header) :], validate=True)
        except ValueError as error:
            raise KeyUnreadable("damaged") from error
        if self._passphrase is None:
            return _from_seed(raw)
        return _from_seed(self._opened(self._passphrase, raw, name))

    def _opened(self, passphrase: bytes, raw: bytes, name: str) -> bytes:
        if len(raw) != _SALT_BYTES + _NONCE_BYTES + _SEED_BYTES + _TAG_BYTES:
            raise KeyUnreadable("damaged")
        salt, rest = raw[:_SALT_BYTES], raw[_SALT_BYTES:]
        cipher = self._cipher(passphrase, salt)
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _SEALED + name.encode())
        except InvalidTag as error:
            raise KeyUnreadable("wrong passphrase or damaged") from error

    @staticmethod
    def _cipher(passphrase: bytes, salt: bytes) -> AESGCM:
        kdf = Argon2id(
            salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB
        )
        return AESGCM(kdf.derive(passphrase))


class DpapiKeyStore:
    """One file per key, sealed by Windows for the account that runs the workstation.

    The key's name is the entropy, so a file under another name does not open. Outside Windows
    every call is KeyUnreadable.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str) -> Ed25519PrivateKey:
        """Make, store and return a new key; KeyExists, VaultUnwritable."""
        path = self._folder / f"{_file_name(name)}.dpapi"
        key, seed = _new_seed()
        write_secret(path, protect(seed, name.encode()))
        return key

    def load(self, name: str) -> Ed25519PrivateKey:
        """Return the key; KeyMissing or KeyUnreadable (another account, damaged)."""
        content = read_secret(self._folder / f"{_file_name(name)}.dpapi")
        return _from_seed(unprotect(content, name.encode()))
