"""Active authentication: the chip signs a challenge (ICAO Doc 9303-11, 6.1)."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from crypto.algorithms.keys import PublicKeyInfo
from crypto.algorithms.primitives import CURVES, HASHES
from crypto.algorithms.standard_curves import find_curve
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import INTEGER, DerError, Limits, parse
from crypto.chip.apdu import EXTENDED, SHORT, CommandApdu
from crypto.chip.channel import CardChannel
from crypto.chip.errors import ChipMalformed, ChipNotAuthentic
from crypto.chip.protocols.curves import decode_point

__all__ = ["authenticate_actively", "verify_ecdsa", "verify_rsa"]

_CHALLENGE: Final = 8
_LIMITS: Final = Limits(octets=1 << 13, depth=10, elements=128)
_LEAST_MODULUS: Final = 1024
"""What the field has; the key is the state's choice, and a challenge lives for a second."""

_MOST_MODULUS: Final = 4096
_MOST_EXPONENT: Final = 1 << 32
_HEADER: Final = 0x6A
"""Partial recovery and a full block (ISO/IEC 9796-2 digital signature scheme 1)."""

_SHA1_TRAILER: Final = 0xBC
_SHA1: Final = 0x33
_TRAILER: Final = 0xCC
_HASHES: Final[Mapping[int, Callable[[bytes], "hashlib._Hash"]]] = MappingProxyType(
    {
        0x33: hashlib.sha1,
        0x38: hashlib.sha224,
        0x34: hashlib.sha256,
        0x36: hashlib.sha384,
        0x35: hashlib.sha512,
    }
)
"""By the first octet of a trailer of two (ISO/IEC 10118-3)."""

_LEAST_CURVE: Final = 256
_NAME: Final = "active"
_Verifier = tuple[int, Callable[[bytes, bytes], bool]]


def authenticate_actively(
    channel: CardChannel, group15: bytes, digest: str | None, rng: Callable[[int], bytes]
) -> bool:
    """Have a challenge signed and verify it under the key of DG15; False for an unsupported key.

    digest  the one that DG14 names for ECDSA, None when it names none

    ChipNotAuthentic when the chip does not sign, or signs otherwise; ChipMalformed(`dg15`).
    """
    found = _verifier(_read_key(group15), digest)
    if found is None:
        return False
    size, verify = found
    challenge = rng(_CHALLENGE)
    ne = SHORT if size <= channel.capacity else EXTENDED
    response = channel.send(CommandApdu(0x00, 0x88, 0x00, 0x00, challenge, ne))
    if not response.is_ok or not verify(challenge, response.data):
        raise ChipNotAuthentic(_NAME)
    return True


def verify_rsa(modulus: int, exponent: int, challenge: bytes, signature: bytes) -> bool:
    """Verify a signature with message recovery over M1 ‖ challenge (ISO/IEC 9796-2 scheme 1)."""
    size = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= modulus:
        return False
    opened = pow(number, exponent, modulus)
    # The signer may have kept the smaller of two roots (ISO/IEC 9796-2, B.6); C ends a message.
    if opened & 0xF != 0xC:  # noqa: PLR2004
        opened = modulus - opened
    message = opened.to_bytes(size, "big")
    trailer, make = 1, _HASHES[_SHA1]
    if message[-1] == _TRAILER and message[-2] in _HASHES:
        trailer, make = 2, _HASHES[message[-2]]
    elif message[-1] != _SHA1_TRAILER:
        return False
    length = make(b"").digest_size
    recovered = message[1 : size - trailer - length]
    stated = message[size - trailer - length : size - trailer]
    if message[0] != _HEADER or not recovered:
        return False
    return hmac.compare_digest(make(recovered + challenge).digest(), stated)


def verify_ecdsa(
    key: ec.EllipticCurvePublicKey,
    digest: hashes.HashAlgorithm,
    challenge: bytes,
    signature: bytes,
) -> bool:
    """Verify a plain signature r ‖ s (BSI TR-03111, 5.2.1), or one in DER as some cards give it."""
    size = (key.curve.key_size + 7) // 8
    if len(signature) == 2 * size:
        r, s = (int.from_bytes(half, "big") for half in (signature[:size], signature[size:]))
        signature = utils.encode_dss_signature(r, s)
    try:
        key.verify(signature, challenge, ec.ECDSA(digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def _read_key(group15: bytes) -> PublicKeyInfo:
    try:
        return PublicKeyInfo.read(parse(group15, _LIMITS).expect(0x6F).only_child())
    except DerError:
        raise ChipMalformed("dg15") from None


def _verifier(key: PublicKeyInfo, digest: str | None) -> _Verifier | None:
    """Return the octets of a signature and what verifies one; None for an unsupported key."""
    try:
        if key.algorithm.oid == oids.RSA_ENCRYPTION:
            return _rsa_verifier(key)
        if key.algorithm.oid != oids.EC_PUBLIC_KEY or key.algorithm.parameters is None:
            return None
        curve = find_curve(parse(key.algorithm.parameters, _LIMITS))
    except (DerError, ValueError):
        raise ChipMalformed("dg15") from None
    # A card that names no digest breaks 9.2.4: whichever it has, it signs a fresh challenge.
    chosen = tuple(HASHES.values()) if digest is None else (HASHES[digest],)
    known = None if curve is None else CURVES.get(curve.name)
    if curve is None or known is None or known.key_size < _LEAST_CURVE:
        return None
    x, y = decode_point(curve, key.key)
    public = ec.EllipticCurvePublicNumbers(x, y, known).public_key()
    return 2 * curve.octets, lambda challenge, signature: any(
        verify_ecdsa(public, each, challenge, signature) for each in chosen
    )


def _rsa_verifier(key: PublicKeyInfo) -> _Verifier | None:
    fields = parse(key.key, _LIMITS).fields()
    modulus, exponent = (v.integer(fields.take(INTEGER)) for _ in range(2))
    fields.end()
    if not (
        _LEAST_MODULUS <= modulus.bit_length() <= _MOST_MODULUS
        and 1 < exponent <= _MOST_EXPONENT
        and exponent & modulus & 1
    ):
        return None
    size = (modulus.bit_length() + 7) // 8
    return size, lambda challenge, signature: verify_rsa(modulus, exponent, challenge, signature)
