"""Algorithm identifiers and public keys as certificates carry them, not interpreted."""

from dataclasses import dataclass
from typing import Self

from crypto.pki import der_values as v
from crypto.pki.der import Fields, Node

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
        fields = node.fields()
        return cls._from(fields)

    @classmethod
    def _from(cls, fields: Fields) -> Self:
        identifier = v.oid(fields.any())
        parameters: bytes | None = None
        if fields.more():
            node = fields.any()
            parameters = None if v.is_null(node) else node.raw
        fields.end()
        return cls(identifier, parameters)


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
        fields = node.fields()
        algorithm = AlgorithmIdentifier.read(fields.any())
        key = v.bit_octets(fields.any())
        fields.end()
        return cls(node.raw, algorithm, key)
