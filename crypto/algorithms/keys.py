"""Algorithm identifiers and public keys as certificates carry them, not interpreted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar

from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.der import SEQUENCE, DerError, Node

__all__ = ["AlgorithmIdentifier", "PublicKeyInfo"]

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class AlgorithmIdentifier:
    """RFC 5280 4.1.1.2. parameters: their whole encoding; None for absent and for NULL alike.

    НУЦ РК writes NULL in one place and nothing in the other of the same certificate list.
    """

    oid: str
    parameters: bytes | None

    @classmethod
    def read(cls, node: Node) -> "AlgorithmIdentifier":
        """Read AlgorithmIdentifier from its SEQUENCE."""
        if (usual := _USUAL.get(node.raw)) is not None:
            return usual
        inner = node.expect(SEQUENCE).elements()
        if not 1 <= len(inner) <= 2:  # noqa: PLR2004 - identifier, perhaps parameters
            raise DerError("algorithm_identifier")
        stated = None if len(inner) == 1 or v.is_null(inner[1]) else inner[1].raw
        return cls(v.oid(inner[0]), stated)


# What nearly every RSA signature, key and digest is written with, NULL included.
_USUAL: Final = MappingProxyType(
    {
        w.algorithm(oid): AlgorithmIdentifier(oid, None)
        for oid in (oids.SHA256_WITH_RSA, oids.RSA_ENCRYPTION, oids.SHA256)
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class PublicKeyInfo:
    """SubjectPublicKeyInfo: its DER, its algorithm and the octets of its BIT STRING.

    Equality is of the DER: two keys are the same when their encodings are.
    """

    raw: bytes
    algorithm: AlgorithmIdentifier
    key: bytes
    _loaded: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        return self.raw == other.raw if isinstance(other, PublicKeyInfo) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.raw)

    def load(self, load: Callable[[bytes], Loaded]) -> Loaded:
        """Return what a library makes of the DER, made once: one key verifies several objects.

        load  a pure function; its exceptions are not kept
        """
        found: Loaded | None = self._loaded.get(load)
        if found is None:
            found = self._loaded[load] = load(self.raw)
        return found

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read SubjectPublicKeyInfo from its SEQUENCE."""
        algorithm, key = node.pair()
        return cls(node.raw, AlgorithmIdentifier.read(algorithm), v.bit_octets(key))
