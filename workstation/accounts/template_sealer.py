"""Face templates and ИИН as this station may keep them: sealed, and as a keyed digest.

An ИИН has twelve digits, so a plain digest of it is reversible (docs/decisions/0005): HMAC under a
key of the station is kept. A template is encrypted with AES-256-GCM and bound to its row, so that
it cannot be moved to another person or given another expiry.
"""

import hmac
import os
import struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vision.results import FaceTemplate

__all__ = ["TemplateSealer"]

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_FLOAT_BYTES: Final = 4


class TemplateSealer:
    """Seals templates of one face model for one purpose.

    secret   32 bytes of the station; purpose and secret together give keys of their own
    purpose  such as `staff/v1`
    model    SHA-256 of the model that made the templates: those of another are not comparable
    """

    def __init__(self, secret: bytes, purpose: str, model: str) -> None:
        derive = HKDF(SHA256(), 2 * _KEY_BYTES, salt=None, info=purpose.encode())
        keys = derive.derive(secret)
        self._subject_key = keys[:_KEY_BYTES]
        self._cipher = AESGCM(keys[_KEY_BYTES:])
        self._purpose = f"{purpose}\n{model}\n".encode()
        self.model = model

    def digest_iin(self, iin: str) -> bytes:
        """Return HMAC-SHA-256 of an ИИН under this purpose's key."""
        return hmac.digest(self._subject_key, iin.encode(), "sha256")

    def seal(self, template: FaceTemplate, row: bytes) -> bytes:
        """Return nonce, ciphertext and tag over float32 in little endian; `row` is bound to it."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = struct.pack(f"<{len(template)}f", *template)
        return nonce + self._cipher.encrypt(nonce, plain, self._purpose + row)

    def open(self, sealed: object, row: bytes) -> FaceTemplate | None:
        """Return the template; None for what was changed, moved or sealed under another key."""
        if not isinstance(sealed, bytes):  # SQLite takes any type in any column.
            return None
        octets = len(sealed) - _NONCE_BYTES - _TAG_BYTES
        if octets < _FLOAT_BYTES or octets % _FLOAT_BYTES:
            return None
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            plain = self._cipher.decrypt(nonce, rest, self._purpose + row)
        except InvalidTag:
            return None
        return struct.unpack(f"<{octets // _FLOAT_BYTES}f", plain)
