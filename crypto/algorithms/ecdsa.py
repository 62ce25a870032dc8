"""ECDSA on the curves of travel documents (Doc 9303-12 4.1), for documents alone."""

import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.algorithms.algorithm import DigestAlgorithm, PublicKeyRefused, SignatureAlgorithm
from crypto.algorithms.keys import PublicKeyInfo
from crypto.algorithms.primitives import CURVES, verify_ecdsa_hash
from crypto.algorithms.standard_curves import find_curve
from crypto.asn1 import oids
from crypto.asn1.der import DerError, Limits, parse

__all__ = ["DIGESTS", "SIGNATURES", "read_curve"]

_LIMITS = Limits(octets=2048, depth=6, elements=32)


def read_curve(key: PublicKeyInfo) -> ec.EllipticCurve:
    """Return the curve a key states by name or by its parameters; PublicKeyRefused."""
    try:
        found = find_curve(parse(key.algorithm.parameters or b"", _LIMITS))
    except DerError as malformed:
        raise PublicKeyRefused(malformed.detail) from None
    name = "unknown" if found is None else found.name
    if name not in CURVES:
        raise PublicKeyRefused(f"curve:{name}")
    return CURVES[name]


def _load(key: PublicKeyInfo) -> ec.EllipticCurvePublicKey:
    curve = read_curve(key)
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, key.key)
    except (ValueError, UnsupportedAlgorithm):  # off the curve, or not of its size
        raise PublicKeyRefused(curve.name) from None


def _bits(key: PublicKeyInfo) -> int:
    return _load(key).key_size


def _verify(
    key: PublicKeyInfo,
    parameters: bytes | None,
    digest: DigestAlgorithm,
    value: bytes,
    signature: bytes,
) -> bool:
    return parameters is None and verify_ecdsa_hash(_load(key), digest.name, value, signature)


def _ecdsa(digest: str, oid: str, digest_oid: str) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=f"ECDSA with {digest}",
        oids=(oid,),
        key_oids=frozenset({oids.EC_PUBLIC_KEY}),
        family="ec",
        digest_oid=lambda _: digest_oid,
        bits=_bits,
        verify=_verify,
        null=False,
    )


DIGESTS = (DigestAlgorithm("SHA-224", (oids.SHA224,), 28, strong=True, new=hashlib.sha224),)

SIGNATURES = (
    _ecdsa("SHA-1", oids.ECDSA_WITH_SHA1, oids.SHA1),  # named, so that it is weak, not unknown
    _ecdsa("SHA-224", oids.ECDSA_WITH_SHA224, oids.SHA224),
    _ecdsa("SHA-256", oids.ECDSA_WITH_SHA256, oids.SHA256),
    _ecdsa("SHA-384", oids.ECDSA_WITH_SHA384, oids.SHA384),
    _ecdsa("SHA-512", oids.ECDSA_WITH_SHA512, oids.SHA512),
)
