"""What one digest or signature algorithm is: the types that the registry and its families share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from crypto.algorithms.keys import PublicKeyInfo
from crypto.errors import CryptoError

__all__ = ["DigestAlgorithm", "Hasher", "PublicKeyRefused", "SignatureAlgorithm"]


class PublicKeyRefused(CryptoError):
    """A public key does not decode, is off its curve, or is larger than any in use."""

    code = "public_key_refused"


class Hasher(Protocol):
    """What hashlib's objects are."""

    def update(self, data: bytes, /) -> None:
        """Take more input."""

    def digest(self) -> bytes:
        """Return the value."""


@dataclass(frozen=True, slots=True)
class DigestAlgorithm:
    """A hash function.

    oids    identifiers it answers to; the first is the one written
    size    octets of its value
    strong  whether a signature over it is acceptable (collision resistance)
    parameters  encodings it may carry in an AlgorithmIdentifier besides none and NULL
    """

    name: str
    oids: tuple[str, ...]
    size: int
    strong: bool
    new: Callable[[], Hasher]
    parameters: frozenset[bytes] = frozenset()

    def accepts(self, parameters: bytes | None) -> bool:
        """Whether these parameters mean this algorithm."""
        return parameters is None or parameters in self.parameters

    def hash(self, data: bytes) -> bytes:
        """Hash `data` in one go."""
        hasher = self.new()
        hasher.update(data)
        return hasher.digest()


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """How one signature identifier is verified.

    oids        signatureAlgorithm identifiers it answers to
    key_oids    SubjectPublicKeyInfo algorithms it goes with; another is KEY_MISMATCH
    family      key family of KeyPolicy, e.g. "rsa"
    digest_oid  from the parameters (whole DER or None) to the digest's identifier; None: the
                SignerInfo's digestAlgorithm rules, which only CMS has
    bits        key size; PublicKeyRefused when the key is unusable
    verify      (key, parameters, digest algorithm, digest value, signature) -> valid or not;
                PublicKeyRefused when the key is unusable
    null        whether the identifier is written with NULL parameters
    remark      what is unusual about a key that verified, a code; empty: nothing
    verify_without_null  as `verify`, for a DigestInfo whose algorithm has no parameters; None: the
                algorithm signs none
    """

    name: str
    oids: tuple[str, ...]
    key_oids: frozenset[str]
    family: str
    digest_oid: Callable[[bytes | None], str | None]
    bits: Callable[[PublicKeyInfo], int]
    verify: Callable[[PublicKeyInfo, bytes | None, DigestAlgorithm, bytes, bytes], bool]
    null: bool
    remark: Callable[[PublicKeyInfo], str] = lambda _: ""
    verify_without_null: (
        Callable[[PublicKeyInfo, bytes | None, DigestAlgorithm, bytes, bytes], bool] | None
    ) = None
