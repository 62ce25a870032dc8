"""DSA with SHA-1, for the conformance suite of NIST alone: never part of the default registry.

default_registry().with_algorithms(legacy.DIGESTS, legacy.SIGNATURES)
"""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from crypto.algorithms.algorithm import DigestAlgorithm, PublicKeyRefused, SignatureAlgorithm
from crypto.algorithms.keys import PublicKeyInfo
from crypto.asn1 import oids

__all__ = ["DIGESTS", "SIGNATURES"]

_DSA_WITH_SHA1 = "1.2.840.10040.4.3"


def _key(key: PublicKeyInfo) -> dsa.DSAPublicKey:
    try:
        public = load_der_public_key(key.raw)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise PublicKeyRefused(oids.DSA) from None
    if not isinstance(public, dsa.DSAPublicKey):
        raise PublicKeyRefused(oids.DSA)
    return public


def _verify(
    key: PublicKeyInfo,
    parameters: bytes | None,
    _digest: DigestAlgorithm,
    value: bytes,
    signature: bytes,
) -> bool:
    if parameters is not None:
        return False
    scheme = utils.Prehashed(hashes.SHA1())
    try:
        _key(key).verify(signature, value, scheme)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


DIGESTS = (DigestAlgorithm("SHA-1", (oids.SHA1,), 20, strong=True, new=hashlib.sha1),)

SIGNATURES = (
    SignatureAlgorithm(
        name="DSA with SHA-1",
        oids=(_DSA_WITH_SHA1,),
        key_oids=frozenset({oids.DSA}),
        family="dsa",
        digest_oid=lambda _: oids.SHA1,
        bits=lambda key: _key(key).key_size,
        verify=_verify,
        null=False,
    ),
)
