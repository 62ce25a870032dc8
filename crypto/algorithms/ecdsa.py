"""ECDSA on the curves of travel documents (Doc 9303-12 4.1, BSI TR-03116-2), for documents alone.

Document signers state their curve by its whole parameters more often than by its name, as Doc
9303-12 wants it. Parameters are taken only when all of them, the base point too, are those of a
known curve: whoever may choose the base point chooses what verifies (CVE-2020-0601).
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from crypto.algorithms.algorithm import DigestAlgorithm, PublicKeyRefused, SignatureAlgorithm
from crypto.algorithms.keys import PublicKeyInfo
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import OCTET_STRING, OID, SEQUENCE, DerError, Limits, Node, parse

__all__ = ["DIGESTS", "SIGNATURES", "CurveParameters", "read_curve"]

_LIMITS = Limits(octets=2048, depth=6, elements=32)
_PRIME_FIELD: Final = "1.2.840.10045.1.1"
_UNCOMPRESSED = 0x04

_NAMED: Final[dict[str, ec.EllipticCurve]] = {
    "1.3.132.0.33": ec.SECP224R1(),
    "1.2.840.10045.3.1.7": ec.SECP256R1(),
    "1.3.132.0.34": ec.SECP384R1(),
    "1.3.132.0.35": ec.SECP521R1(),
    "1.3.36.3.3.2.8.1.1.7": ec.BrainpoolP256R1(),
    "1.3.36.3.3.2.8.1.1.11": ec.BrainpoolP384R1(),
    "1.3.36.3.3.2.8.1.1.13": ec.BrainpoolP512R1(),
}
"""Not here, because the library has no such curve: brainpoolP192r1, P224r1 and P320r1."""

_EXPLICIT: Final[dict[str, str]] = {
    "a71b13819483898ac90f3b09d502f3ea9639924d9e58900b9e1edd8bdb8b61cb": "1.3.132.0.33",
    "3e8ef74d845247e0b9b5f876e8b3595bb267e3ef753b084bea0f179b11e08a3b": "1.2.840.10045.3.1.7",
    "2d92813aa02a7137594eece668e7cd5c87d84f130d36cce275e7966bc05ffce1": "1.3.132.0.34",
    "753f3ec4fd39727ee18834ec558ef9b5f0140893d56c5b13731beb74fd45cf0c": "1.3.132.0.35",
    "ccc4a2be4b2098b1708376343d5c13b9d1167fb2d391298026e091bb43f5059d": "1.3.36.3.3.2.8.1.1.7",
    "57f7bda8e9a2308a858fb4e4b8e0a25ec253a405274c0edaa0625e973a474e03": "1.3.36.3.3.2.8.1.1.11",
    "d77079b8cc1d0bfbc2a04cc85f9c906ca7aa84c3c289f2ca6c194aff5e2db062": "1.3.36.3.3.2.8.1.1.13",
}
"""By `CurveParameters.digest` of what FIPS 186-4 and RFC 5639 state."""


@dataclass(frozen=True, slots=True)
class CurveParameters:
    """y² = x³ + ax + b modulo the prime p, with a base point of order n and cofactor 1."""

    p: int
    a: int
    b: int
    base: tuple[int, int]
    n: int

    @property
    def digest(self) -> str:
        """SHA-256 in hex of p, a, b, both coordinates and n, each in the octets that p has."""
        size = (self.p.bit_length() + 7) // 8
        numbers = (self.p, self.a, self.b, *self.base, self.n)
        try:
            octets = b"".join(number.to_bytes(size, "big") for number in numbers)
        except OverflowError:
            raise DerError("curve_parameters") from None
        return hashlib.sha256(octets).hexdigest()

    @classmethod
    def read(cls, node: Node) -> "CurveParameters":
        """Read SpecifiedECDomain (SEC 1 C.2) over a prime field; DerError."""
        fields = node.fields()
        v.small_integer(fields.any(), maximum=3)  # its version says what is optional
        kind, prime = fields.take(SEQUENCE).pair()
        if v.oid(kind) != _PRIME_FIELD:
            raise DerError("curve_field")
        curve = fields.take(SEQUENCE).fields()
        a, b = (int.from_bytes(v.octets(curve.take(OCTET_STRING)), "big") for _ in range(2))
        base = v.octets(fields.take(OCTET_STRING))
        order = v.integer(fields.any())
        if fields.more() and v.integer(fields.any()) != 1:
            raise DerError("curve_cofactor")
        size, odd = divmod(len(base) - 1, 2)
        if odd or base[:1] != bytes((_UNCOMPRESSED,)):
            raise DerError("curve_base_point")
        point = int.from_bytes(base[1 : 1 + size], "big"), int.from_bytes(base[1 + size :], "big")
        return cls(v.integer(prime), a, b, point, order)


def read_curve(key: PublicKeyInfo) -> ec.EllipticCurve:
    """Return the curve a key states by name or by its parameters; PublicKeyRefused."""
    try:
        node = parse(key.algorithm.parameters or b"", _LIMITS)
        name = (
            v.oid(node)
            if node.tag == OID
            else _EXPLICIT.get(CurveParameters.read(node).digest, "explicit")
        )
    except DerError as malformed:
        raise PublicKeyRefused(malformed.detail) from None
    curve = _NAMED.get(name)
    if curve is None:
        raise PublicKeyRefused(f"curve:{name}")
    return curve


def _load(key: PublicKeyInfo) -> ec.EllipticCurvePublicKey:
    curve = read_curve(key)
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, key.key)
    except (ValueError, UnsupportedAlgorithm):  # off the curve, or not of its size
        raise PublicKeyRefused(curve.name) from None


def _bits(key: PublicKeyInfo) -> int:
    return _load(key).key_size


_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA-224": hashes.SHA224(),
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}


def _verify(
    key: PublicKeyInfo,
    parameters: bytes | None,
    digest: DigestAlgorithm,
    value: bytes,
    signature: bytes,
) -> bool:
    chosen = _HASHES.get(digest.name)
    if chosen is None or parameters is not None:
        return False
    try:
        _load(key).verify(signature, value, ec.ECDSA(utils.Prehashed(chosen)))
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


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
