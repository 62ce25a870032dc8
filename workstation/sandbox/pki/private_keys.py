"""Private keys of the sandbox: one shape for all, and the encodings they are kept in.

PKCS#8 as НУЦ РК writes it: 34.10-2015 as an OCTET STRING of little-endian octets, 34.310-2004 as
an INTEGER, Tumar CSP as the ECPrivateKey of SEC 1 in big-endian octets, RSA as everywhere. Keys on
P-256 are only what the sandbox itself made: customers of НУЦ РК have none.
"""

from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.der import INTEGER, OCTET_STRING, SEQUENCE, DerError, Limits, Node, parse
from crypto.gost.errors import GostKeyRefused
from crypto.gost.kinds import facts
from crypto.gost.private_key import GostKind, GostPrivateKey
from workstation.sandbox.pki.key_store_errors import KeyStoreDamaged, KeyStoreUnsupported

__all__ = [
    "EcdsaSigningKey",
    "RsaSigningKey",
    "SigningKey",
    "belongs_to",
    "read_private_key",
    "write_private_key",
]

_LIMITS = Limits(octets=16 * 1024, depth=12, elements=128)
_RSA_BITS = 2048
_RSA_SIZES = range(1024, 8193)
_KINDS = {facts(kind).key_oid: kind for kind in GostKind}
_TUMAR = "1.3.6.1.4.1.6801.1.5.8"
_POINT_256 = 64
_SCALAR = {GostKind.GOST3410_2015_512: 64, GostKind.GOST3410_2015_256: 32}
_TUMAR_HEADER = bytes.fromhex("060200003aaa00000045433100020000")
"""Blob header of Microsoft's CryptoAPI: public key, version 2, algorithm AA3A, "EC1", 512 bits."""


class SigningKey(Protocol):
    """What signs in the sandbox: RSA, ECDSA, or `crypto.gost.private_key.GostPrivateKey`."""

    @property
    def signature_oid(self) -> str:
        """Identifier of the signatures `sign` makes."""

    @property
    def digest_oid(self) -> str:
        """Identifier of the digest in them."""

    def public_key_info(self) -> bytes:
        """Return the DER of SubjectPublicKeyInfo."""

    def sign(self, message: bytes, /) -> bytes:
        """Hash and sign."""


@dataclass(frozen=True, slots=True, repr=False)
class RsaSigningKey:
    """RSASSA-PKCS1-v1_5 with SHA-256."""

    private: rsa.RSAPrivateKey

    @classmethod
    def generate(cls) -> "RsaSigningKey":
        """Make a key of 2048 bits."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS))

    @property
    def signature_oid(self) -> str:
        """sha256WithRSAEncryption."""
        return oids.SHA256_WITH_RSA

    @property
    def digest_oid(self) -> str:
        """SHA-256."""
        return oids.SHA256

    def public_key_info(self) -> bytes:
        """Return the DER of SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        """Hash and sign."""
        return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True, slots=True, repr=False)
class EcdsaSigningKey:
    """ECDSA on P-256 with SHA-256: the sandbox's travel documents."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls) -> "EcdsaSigningKey":
        """Make a key; hundreds of times faster than one of RSA."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def signature_oid(self) -> str:
        """ecdsa-with-SHA256."""
        return oids.ECDSA_WITH_SHA256

    @property
    def digest_oid(self) -> str:
        """SHA-256."""
        return oids.SHA256

    def public_key_info(self) -> bytes:
        """Return the DER of SubjectPublicKeyInfo."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        """Hash and sign."""
        return self.private.sign(message, ec.ECDSA(hashes.SHA256()))


def read_private_key(untrusted_pkcs8: bytes, *, own: bool = False) -> SigningKey:
    """Read PrivateKeyInfo (RFC 5208 section 5).

    own  made by us and known to be whole: the checks of an RSA key, 50 ms, are left out, and a key
         on P-256 is read

    KeyStoreUnsupported for other algorithms and curves, KeyStoreDamaged for anything malformed,
    a zero key and one beyond the order of its curve.
    """
    try:
        fields = parse(untrusted_pkcs8, _LIMITS).fields()
        if v.small_integer(fields.take(INTEGER)) != 0:
            raise KeyStoreUnsupported("pkcs8_version")
        identifier = fields.take(SEQUENCE)
        algorithm = AlgorithmIdentifier.read(identifier)
        value = v.octets(fields.take(OCTET_STRING))
        if algorithm.oid == oids.RSA_ENCRYPTION:
            return _rsa(untrusted_pkcs8, own=own)
        if algorithm.oid == oids.EC_PUBLIC_KEY and own:
            return _p256(untrusted_pkcs8)
        if algorithm.oid == _TUMAR:
            return _gost(GostKind.GOST34310_2004, _sec1_scalar(parse(value, _LIMITS)))
        if algorithm.oid not in _KINDS:
            raise KeyStoreUnsupported(algorithm.oid)
        kind = _KINDS[algorithm.oid]
        key = _gost(kind, _scalar(kind, parse(value, _LIMITS)))
    except DerError as malformed:
        raise KeyStoreDamaged(f"private_key:{malformed.detail}") from None
    if _identifier(kind) != identifier.raw:
        raise KeyStoreUnsupported("curve")
    return key


def write_private_key(key: SigningKey) -> bytes:
    """Return PrivateKeyInfo as `read_private_key` reads it."""
    if isinstance(key, (RsaSigningKey, EcdsaSigningKey)):
        return key.private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    if not isinstance(key, GostPrivateKey):
        raise KeyStoreUnsupported("key")
    size = _SCALAR.get(key.kind)
    value = w.integer(key.d) if size is None else w.octet_string(key.d.to_bytes(size, "little"))
    return w.sequence(w.integer(0), _identifier(key.kind), w.octet_string(value))


def belongs_to(key: SigningKey, public: PublicKeyInfo) -> bool:
    """Whether this is the private half of a certificate's key; for GOST, whether d·G = Q."""
    own = key.public_key_info()
    if own == public.raw:
        return True
    if public.algorithm.oid != _TUMAR or not isinstance(key, GostPrivateKey):
        return False
    point = _public(own).key[-_POINT_256:]
    return key.kind is GostKind.GOST34310_2004 and public.key == _TUMAR_HEADER + point


def _rsa(pkcs8: bytes, *, own: bool) -> RsaSigningKey:
    try:
        key = serialization.load_der_private_key(pkcs8, None, unsafe_skip_rsa_key_validation=own)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyStoreDamaged("rsa_key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size not in _RSA_SIZES:
        raise KeyStoreUnsupported("rsa_key")
    return RsaSigningKey(key)


def _p256(pkcs8: bytes) -> EcdsaSigningKey:
    try:
        key = serialization.load_der_private_key(pkcs8, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyStoreDamaged("ec_key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise KeyStoreUnsupported("ec_key")
    return EcdsaSigningKey(key)


def _gost(kind: GostKind, d: int) -> GostPrivateKey:
    try:
        return GostPrivateKey(kind, d)
    except GostKeyRefused:
        raise KeyStoreDamaged("scalar") from None


def _scalar(kind: GostKind, node: Node) -> int:
    size = _SCALAR.get(kind)
    if size is None:
        return v.integer(node.expect(INTEGER))
    octets = v.octets(node.expect(OCTET_STRING))
    if len(octets) != size:
        raise KeyStoreDamaged("scalar")
    return int.from_bytes(octets, "little")


def _sec1_scalar(node: Node) -> int:
    fields = node.fields()
    if v.small_integer(fields.take(INTEGER)) != 1:
        raise KeyStoreUnsupported("sec1_version")
    octets = v.octets(fields.take(OCTET_STRING))
    return int.from_bytes(octets, "big")


def _public(spki: bytes) -> PublicKeyInfo:
    return PublicKeyInfo.read(parse(spki, _LIMITS))


def _identifier(kind: GostKind) -> bytes:
    """Return the AlgorithmIdentifier of a kind: the first element inside its constant prefix."""
    prefix = facts(kind).prefix
    start = 3 if prefix[1] & 0x80 else 2
    return prefix[start : start + 2 + prefix[start + 1]]
