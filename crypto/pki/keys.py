"""Algorithm identifiers and public keys as certificates carry them, not interpreted."""

from dataclasses import dataclass
from typing import Self

from crypto.pki import der_values as v
from crypto.pki.der import SEQUENCE, DerError, Node

__all__ = ["AlgorithmIdentifier", "PublicKeyInfo"]


@dataclass(frozen=True, slots=True)
class AlgorithmIdentifier:
    """RFC 5280 4.1.1.2. parameters: their whole encoding; None for absent and for NULL alike.

    НУЦ РК writes NULL in one place and nothing in the other of the same certificate list.
    """

    oid: str
    parameters: bytes | None

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read AlgorithmIdentifier from its SEQUENCE."""
        inner = node.expect(SEQUENCE).elements()
        if not 1 <= len(inner) <= 2:  # noqa: PLR2004 - identifier, perhaps parameters
            raise DerError("algorithm_identifier")
        stated = None if len(inner) == 1 or v.is_null(inner[1]) else inner[1].raw
        return cls(v.oid(inner[0]), stated)


@dataclass(frozen=True, slots=True)
class PublicKeyInfo:
    """SubjectPublicKeyInfo: its DER, its algorithm and the octets of its BIT STRING.

    Equality is of the DER: two keys are the same when their encodings are.
    """

    raw: bytes
    algorithm: AlgorithmIdentifier
    key: bytes

    @classmethod
    def read(cls, node: Node) -> Self:
        """Read SubjectPublicKeyInfo from its SEQUENCE."""
        algorithm, key = node.pair()
        return cls(node.raw, AlgorithmIdentifier.read(algorithm), v.bit_octets(key))
