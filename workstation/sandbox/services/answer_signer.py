"""The key with which the sandbox's registries sign what they answer."""

from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.jws import JwsKey, sign_jws

__all__ = ["AnswerSigner"]


class AnswerSigner:
    """Signs answers as JWS under one key, or on wish under one that nobody knows."""

    KID: Final = "sandbox-answers"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._foreign = Ed25519PrivateKey.generate()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read the key that is kept in the folder, unencrypted, and make it when absent."""
        path = folder / "answers.key"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())
        return cls(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))

    @property
    def public(self) -> JwsKey:
        """Return what a station pins."""
        return JwsKey(self.KID, self._key.public_key())

    @property
    def pem(self) -> bytes:
        """Return the same as a file."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, payload: bytes, typ: str, *, foreign: bool = False) -> bytes:
        """Return the compact JWS over these octets."""
        key = self._foreign if foreign else self._key
        return sign_jws(payload, key, kid=self.KID, typ=typ).encode()
