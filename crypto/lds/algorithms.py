"""What documents may be signed with, which is more than an ЭЦП may: that has one curve."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

from crypto.algorithms import ecdsa
from crypto.algorithms.algorithm import DigestAlgorithm
from crypto.algorithms.registry import AlgorithmRegistry, default_registry
from crypto.asn1 import oids

__all__ = ["MINIMUM_BITS", "document_registry"]

MINIMUM_BITS: Final[Mapping[str, int]] = MappingProxyType({"rsa": 2048, "ec": 224})
"""Below Doc 9303-12 4.1 (RSA 3072, ECDSA 224): documents of ten years ago carry RSA 2048."""


@cache
def document_registry(*, sha1: bool = False) -> AlgorithmRegistry:
    """Return RSA, RSASSA-PSS and ECDSA on the NIST and brainpool curves; SHA-224 to SHA-512.

    sha1  signatures and hashes over SHA-1 count too
    """
    registry = default_registry().with_algorithms(ecdsa.DIGESTS, ecdsa.SIGNATURES)
    return registry.with_digests(_trust_sha1) if sha1 else registry


def _trust_sha1(digest: DigestAlgorithm) -> DigestAlgorithm:
    return replace(digest, strong=True) if oids.SHA1 in digest.oids else digest
