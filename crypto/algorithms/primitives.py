"""The hashes and curves of `cryptography` by our names, and ECDSA with them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

__all__ = ["CURVES", "HASHES", "verify_ecdsa_hash"]

HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = MappingProxyType(
    {
        "SHA-1": hashes.SHA1(),  # noqa: S303 - named here; what it may carry the registry says
        "SHA-224": hashes.SHA224(),
        "SHA-256": hashes.SHA256(),
        "SHA-384": hashes.SHA384(),
        "SHA-512": hashes.SHA512(),
    }
)
CURVES: Final[Mapping[str, ec.EllipticCurve]] = MappingProxyType(
    {
        curve.name: curve
        for curve in (
            ec.SECP224R1(),
            ec.SECP256R1(),
            ec.SECP384R1(),
            ec.SECP521R1(),
            ec.BrainpoolP256R1(),
            ec.BrainpoolP384R1(),
            ec.BrainpoolP512R1(),
        )
    }
)
"""Not here, because the library has no such curve: brainpoolP192r1, P224r1 and P320r1."""


def verify_ecdsa_hash(
    key: ec.EllipticCurvePublicKey, hash_name: str, value: bytes, signature: bytes
) -> bool:
    """Verify a signature in DER over a hash value; False for a hash that is not among HASHES."""
    chosen = HASHES.get(hash_name)
    if chosen is None:
        return False
    try:
        key.verify(signature, value, ec.ECDSA(utils.Prehashed(chosen)))
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
