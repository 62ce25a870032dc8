"""The octets of a sealed case (docs/formats/case.md)."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workstation.errors import CaseRefused

__all__ = ["CaseSealer"]

_MAGIC: Final = b"case/v1\n"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class CaseSealer:
    """Seals cases under a key of the station, AES-256-GCM.

    secret  32 bytes of the station's key store
    origin  of the log that holds the case's steps
    """

    def __init__(self, secret: bytes, origin: str) -> None:
        derive = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"cases/v1")
        self._cipher = AESGCM(derive.derive(secret))
        self._origin = origin

    def seal(self, plain: bytes, case: str, begin: int) -> bytes:
        """Return what is kept; it opens as this case of this log only.

        begin  log index of the case's first entry
        """
        nonce = os.urandom(_NONCE_BYTES)
        return _MAGIC + nonce + self._cipher.encrypt(nonce, plain, self._bind(case, begin))

    def open(self, untrusted: bytes, case: str, begin: int) -> bytes:
        """Return the content; CaseRefused for what was changed, moved or sealed by another."""
        start = len(_MAGIC) + _NONCE_BYTES
        if not untrusted.startswith(_MAGIC) or len(untrusted) < start + _TAG_BYTES:
            raise CaseRefused("unreadable")
        nonce = untrusted[len(_MAGIC) : start]
        try:
            return self._cipher.decrypt(nonce, untrusted[start:], self._bind(case, begin))
        except InvalidTag:
            raise CaseRefused("unreadable") from None

    def _bind(self, case: str, begin: int) -> bytes:
        return _MAGIC + f"{self._origin}\n{case}\n{begin}\n".encode()
