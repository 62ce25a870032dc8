"""RSA (PKCS #1 v1.5 and PSS, RFC 8017) and ECDSA on P-256 (RFC 5758) for the registry."""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from crypto.algorithms.algorithm import DigestAlgorithm, PublicKeyRefused, SignatureAlgorithm
from crypto.algorithms.keys import AlgorithmIdentifier, PublicKeyInfo
from crypto.algorithms.primitives import HASHES, verify_ecdsa_hash
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError, Limits, Node, context, parse

__all__ = ["DIGESTS", "SIGNATURES"]

_MAX_RSA_BITS = 8192
_MAX_EXPONENT = 1 << 32
_P256_BITS = 256
_PSS_LIMITS = Limits(octets=512, depth=8, elements=32)
_DEFAULT_SALT = 20
# 00 01 before the padding, 00 after it, which is of eight octets at least (RFC 8017 9.2).
_PKCS1_FRAME = 3
_LEAST_PADDING = 8


def _rsa(key: PublicKeyInfo) -> rsa.RSAPublicKey:
    return key.load(_load_rsa)


def _load_rsa(der: bytes) -> rsa.RSAPublicKey:
    try:
        public = load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise PublicKeyRefused(oids.RSA_ENCRYPTION) from None
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size > _MAX_RSA_BITS:
        raise PublicKeyRefused(oids.RSA_ENCRYPTION)
    if public.public_numbers().e > _MAX_EXPONENT:
        raise PublicKeyRefused(oids.RSA_ENCRYPTION)
    return public


def _rsa_bits(key: PublicKeyInfo) -> int:
    return _rsa(key).key_size


def _rsa_verify(
    key: PublicKeyInfo,
    parameters: bytes | None,
    digest: DigestAlgorithm,
    value: bytes,
    signature: bytes,
) -> bool:
    chosen = _PREHASHED.get(digest.name)
    if chosen is None or parameters is not None:
        return False
    return _verify(_rsa(key), signature, value, _PKCS1, chosen)


def _rsa_verify_without_null(
    key: PublicKeyInfo,
    parameters: bytes | None,
    digest: DigestAlgorithm,
    value: bytes,
    signature: bytes,
) -> bool:
    """Compare the whole encoded message with the one that has no NULL (RFC 8017 8.2.2 and 9.2).

    Nothing of what the signer encoded is parsed: all octets are known beforehand, those of the
    padding too, so nothing can be hidden in them (CVE-2006-4339).
    """
    if digest.name not in _HASHES or parameters is not None:
        return False
    numbers = _rsa(key).public_numbers()
    octets = (numbers.n.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    info = w.sequence(w.sequence(w.oid(digest.oids[0])), w.octet_string(value))
    padded = octets - len(info) - _PKCS1_FRAME
    if len(signature) != octets or number >= numbers.n or padded < _LEAST_PADDING:
        return False
    expected = b"\x00\x01" + b"\xff" * padded + b"\x00" + info
    return pow(number, numbers.e, numbers.n).to_bytes(octets, "big") == expected


def _verify(
    public: rsa.RSAPublicKey,
    signature: bytes,
    value: bytes,
    scheme: padding.PKCS1v15 | padding.PSS,
    chosen: utils.Prehashed,
) -> bool:
    if len(signature) != (public.key_size + 7) // 8:
        return False
    try:
        public.verify(signature, value, scheme, chosen)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _pss_parameters(parameters: bytes | None) -> tuple[str, str, int]:
    """Hash, MGF1 hash and salt length of RSASSA-PSS-params (RFC 4055 3.1)."""
    digest, mask, salt = oids.SHA1, oids.SHA1, _DEFAULT_SALT
    if parameters is None:
        return digest, mask, salt
    fields = parse(parameters, _PSS_LIMITS).fields()
    if node := fields.optional(context(0)):
        digest = _plain_digest(node.only_child())
    if node := fields.optional(context(1)):
        mask = _mask_digest(node.only_child())
    if node := fields.optional(context(2)):
        salt = v.small_integer(node.only_child(), maximum=512)
    if (node := fields.optional(context(3))) and v.small_integer(node.only_child()) != 1:
        raise DerError("pss_trailer")
    fields.end()
    return digest, mask, salt


def _mask_digest(node: Node) -> str:
    generator = AlgorithmIdentifier.read(node)
    if generator.oid != oids.MGF1 or generator.parameters is None:
        raise DerError("pss_mask")
    return _plain_digest(parse(generator.parameters, _PSS_LIMITS))


def _plain_digest(node: Node) -> str:
    """Read a hash function, which has no parameters but NULL (RFC 4055 2.1)."""
    algorithm = AlgorithmIdentifier.read(node)
    if algorithm.parameters is not None:
        raise DerError("pss_digest_parameters")
    return algorithm.oid


def _pss_verify(
    key: PublicKeyInfo,
    parameters: bytes | None,
    digest: DigestAlgorithm,
    value: bytes,
    signature: bytes,
) -> bool:
    _, mask, salt = _pss_parameters(parameters)
    chosen = _PREHASHED.get(digest.name)
    mask_hash = next((_HASHES[d.name] for d in DIGESTS if mask in d.oids), None)
    if chosen is None or mask_hash is None:
        return False
    scheme = padding.PSS(padding.MGF1(mask_hash), salt)
    return _verify(_rsa(key), signature, value, scheme, chosen)


def _p256(key: PublicKeyInfo) -> ec.EllipticCurvePublicKey:
    return key.load(_load_p256)


def _load_p256(der: bytes) -> ec.EllipticCurvePublicKey:
    try:
        public = load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise PublicKeyRefused(oids.EC_PUBLIC_KEY) from None
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise PublicKeyRefused(oids.EC_PUBLIC_KEY)
    return public


def _p256_bits(key: PublicKeyInfo) -> int:
    _p256(key)
    return _P256_BITS


def _ecdsa_verify(
    key: PublicKeyInfo,
    parameters: bytes | None,
    digest: DigestAlgorithm,
    value: bytes,
    signature: bytes,
) -> bool:
    return parameters is None and verify_ecdsa_hash(_p256(key), digest.name, value, signature)


def _pkcs1(name: str, oid: str, digest_oid: str | None) -> SignatureAlgorithm:
    return SignatureAlgorithm(
        name=name,
        oids=(oid,),
        key_oids=frozenset({oids.RSA_ENCRYPTION}),
        family="rsa",
        digest_oid=lambda _: digest_oid,
        bits=_rsa_bits,
        verify=_rsa_verify,
        null=True,
        verify_without_null=_rsa_verify_without_null,
    )


DIGESTS = (
    # SHA-1 identifies (certificate identifiers, RFC 3161 tokens); it carries no signature.
    DigestAlgorithm("SHA-1", (oids.SHA1,), 20, strong=False, new=hashlib.sha1),
    DigestAlgorithm("SHA-256", (oids.SHA256,), 32, strong=True, new=hashlib.sha256),
    DigestAlgorithm("SHA-384", (oids.SHA384,), 48, strong=True, new=hashlib.sha384),
    DigestAlgorithm("SHA-512", (oids.SHA512,), 64, strong=True, new=hashlib.sha512),
)

_HASHES = {each.name: HASHES[each.name] for each in DIGESTS}
"""What RSA signs here: no SHA-224."""

_PREHASHED = {name: utils.Prehashed(each) for name, each in _HASHES.items()}
_PKCS1 = padding.PKCS1v15()

SIGNATURES = (
    _pkcs1("SHA-1 with RSA", oids.SHA1_WITH_RSA, oids.SHA1),
    _pkcs1("SHA-256 with RSA", oids.SHA256_WITH_RSA, oids.SHA256),
    _pkcs1("SHA-384 with RSA", oids.SHA384_WITH_RSA, oids.SHA384),
    _pkcs1("SHA-512 with RSA", oids.SHA512_WITH_RSA, oids.SHA512),
    # CMS signers may name the key's identifier; the digest is then the SignerInfo's (RFC 3370 3.2).
    _pkcs1("RSA", oids.RSA_ENCRYPTION, None),
    SignatureAlgorithm(
        name="RSASSA-PSS",
        oids=(oids.RSASSA_PSS,),
        key_oids=frozenset({oids.RSA_ENCRYPTION}),
        family="rsa",
        digest_oid=lambda parameters: _pss_parameters(parameters)[0],
        bits=_rsa_bits,
        verify=_pss_verify,
        null=False,
    ),
    SignatureAlgorithm(
        name="ECDSA P-256 with SHA-256",
        oids=(oids.ECDSA_WITH_SHA256,),
        key_oids=frozenset({oids.EC_PUBLIC_KEY}),
        family="ec",
        digest_oid=lambda _: oids.SHA256,
        bits=_p256_bits,
        verify=_ecdsa_verify,
        null=False,
    ),
)
