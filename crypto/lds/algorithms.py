"""What documents may be signed with, which is more than an ЭЦП may: that has one curve."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from crypto.algorithms import ecdsa
from crypto.algorithms.registry import AlgorithmRegistry, default_registry

__all__ = ["MINIMUM_BITS", "document_registry"]

MINIMUM_BITS: Final[Mapping[str, int]] = MappingProxyType({"rsa": 2048, "ec": 224})
"""Below Doc 9303-12 4.1 (RSA 3072, ECDSA 224): documents of ten years ago carry RSA 2048."""


@cache
def document_registry() -> AlgorithmRegistry:
    """Return RSA, RSASSA-PSS and ECDSA on the NIST and brainpool curves; SHA-224 to SHA-512."""
    return default_registry().with_algorithms(ecdsa.DIGESTS, ecdsa.SIGNATURES)
