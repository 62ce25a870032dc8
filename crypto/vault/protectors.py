"""What protects the master key of a sealed key store: a pass phrase, or Windows.

A key protector wraps one random 32-byte master key, which seals every key of the store; so the
person is asked once and Argon2id runs once, however many keys there are.
"""

import os
import unicodedata
from collections.abc import Callable
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from crypto.errors import KeyLocked, KeyUnreadable
from crypto.vault.dpapi import protect, unprotect

__all__ = [
    "MASTER_BYTES",
    "DpapiProtector",
    "KeyProtector",
    "KeyUnlock",
    "PassphraseProtector",
    "refuse_unlock",
]

MASTER_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
MAX_TRIES = 10

_SALT_BYTES = 16
_LONGEST_BYTES = 1024
_MEMORY_KIB = 64 * 1024
_PASSES = 3
_LANES = 4

KeyUnlock = Callable[[int], str]
"""Returns the pass phrase (of a token: its PIN), given how many wrong ones came before it.

Raises KeyLocked when nobody gives one, or when no other is to be tried.
"""


def refuse_unlock(_failures: int) -> str:
    """Raise KeyLocked: whoever opens the store here has no way to ask a person."""
    raise KeyLocked("passphrase_missing")


class KeyProtector(Protocol):
    """Wraps the master key of a store; `kind` is the end of the file's name and its header."""

    kind: str

    def protect(self, master: bytes) -> bytes:
        """Wrap a master key; KeyLocked, KeyUnreadable."""
        ...

    def unprotect(self, wrapped: bytes) -> bytes:
        """Unwrap it again; KeyLocked (not opened), KeyUnreadable (damaged)."""
        ...


class PassphraseProtector:
    """Wraps by AES-256-GCM under Argon2id of a pass phrase.

    Argon2id takes 64 MiB, 3 passes, 4 lanes (RFC 9106 section 4, second choice). The cost is
    additional data and stands nowhere else: a file cannot ask for less, or for more.
    """

    kind = "passphrase"

    def __init__(self, unlock: KeyUnlock) -> None:
        self._unlock = unlock

    def protect(self, master: bytes) -> bytes:
        """Wrap a master key under the pass phrase that is given now; KeyLocked."""
        salt, nonce = os.urandom(_SALT_BYTES), os.urandom(NONCE_BYTES)
        cipher = _derive_cipher(self._unlock(0), salt)
        return salt + nonce + cipher.encrypt(nonce, master, _cost())

    def unprotect(self, wrapped: bytes) -> bytes:
        """Ask until a pass phrase opens; KeyLocked from whoever is asked, or after ten tries."""
        if len(wrapped) != _SALT_BYTES + NONCE_BYTES + MASTER_BYTES + TAG_BYTES:
            raise KeyUnreadable("damaged")
        salt, nonce = wrapped[:_SALT_BYTES], wrapped[_SALT_BYTES:][:NONCE_BYTES]
        sealed = wrapped[_SALT_BYTES + NONCE_BYTES :]
        for failures in range(MAX_TRIES):
            cipher = _derive_cipher(self._unlock(failures), salt)
            try:
                return cipher.decrypt(nonce, sealed, _cost())
            except InvalidTag:
                continue
        raise KeyLocked("passphrase_wrong")


def _cost() -> bytes:
    return f"argon2id,m={_MEMORY_KIB},t={_PASSES},p={_LANES}".encode()


def _derive_cipher(passphrase: str, salt: bytes) -> AESGCM:
    # As accounts do (NIST SP 800-63B, 3.1.1.2): keyboards differ in how they compose letters.
    secret = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    kdf = Argon2id(salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return AESGCM(kdf.derive(secret[:_LONGEST_BYTES]))


class DpapiProtector:
    """Wraps by Windows for the account that runs the workstation; elsewhere KeyUnreadable."""

    kind = "dpapi"

    def protect(self, master: bytes) -> bytes:
        """Wrap a master key for this account."""
        return protect(master, _ENTROPY)

    def unprotect(self, wrapped: bytes) -> bytes:
        """Unwrap it; KeyUnreadable for another account or damage."""
        return unprotect(wrapped, _ENTROPY)


_ENTROPY = b"workstation-master/v1"
