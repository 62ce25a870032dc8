"""Chip authentication: the chip agrees keys under its static key (ICAO Doc 9303-11, 6.2).

A copy has the data and not the private key, so it cannot answer under the keys agreed on. The
reader's side is not authenticated (terminal authentication is for finger prints, never read here).
"""

from collections.abc import Callable
from typing import Final

from crypto.algorithms.keys import PublicKeyInfo
from crypto.algorithms.standard_curves import encode_point, find_curve
from crypto.asn1 import values as v
from crypto.asn1 import writer as w
from crypto.asn1.der import INTEGER, DerError, Limits, parse
from crypto.asn1.writer import tlv
from crypto.chip.apdu import SHORT, CommandApdu
from crypto.chip.channel import CardChannel
from crypto.chip.ciphers import CipherSuite, SessionKeys
from crypto.chip.errors import ChipMalformed, ChipNotAuthentic
from crypto.chip.protocols.curves import agree, decode_point
from crypto.chip.protocols.pace import draw_scalar
from crypto.chip.protocols.security_infos import ChipAuthenticationOffer
from crypto.chip.secure_messaging import SecureMessaging
from crypto.gost.curves import group

__all__ = ["authenticate_chip"]

_LIMITS: Final = Limits(octets=1 << 13, depth=8, elements=64)
_LEAST_PRIME: Final = 2048
_MOST_PRIME: Final = 4096
_DH_SECRET: Final = 64
"""Octets of an ephemeral exponent: twice the strength of any group here (SP 800-56A, 5.6.1.1.1)."""

_NAME: Final = "chip_authentication"


def authenticate_chip(
    channel: CardChannel, offer: ChipAuthenticationOffer, rng: Callable[[int], bytes]
) -> SecureMessaging | None:
    """Agree new session keys and return their session; None for a key that is not supported.

    Nothing is proved before the chip has answered under them. ChipNotAuthentic when it refuses.
    """
    agreed = (
        _agree_elliptic(offer.key, rng) if offer.is_elliptic else _agree_modular(offer.key, rng)
    )
    if agreed is None:
        return None
    ours, secret = agreed
    named = b"" if offer.identifier is None else tlv(0x84, _octets(offer.identifier))
    if offer.suite is CipherSuite.DES3:
        # MSE:Set KAT carries the key itself (6.2.3.2.1).
        answers = [channel.send(CommandApdu(0x00, 0x22, 0x41, 0xA6, tlv(0x91, ours) + named))]
    else:
        protocol = tlv(0x80, w.oid(offer.protocol or "")[2:])
        answers = [channel.send(CommandApdu(0x00, 0x22, 0x41, 0xA4, protocol + named))]
        if answers[0].is_ok:
            data = tlv(0x7C, tlv(0x80, ours))
            answers.append(channel.send(CommandApdu(0x00, 0x86, 0x00, 0x00, data, SHORT)))
    if not all(answer.is_ok for answer in answers):
        raise ChipNotAuthentic(_NAME)
    return SecureMessaging(SessionKeys.derive(secret, offer.suite), bytes(offer.suite.block_octets))


def _agree_elliptic(key: PublicKeyInfo, rng: Callable[[int], bytes]) -> tuple[bytes, bytes] | None:
    """Return our public key and the shared secret."""
    if key.algorithm.parameters is None:
        raise ChipMalformed("dg14")
    try:
        curve = find_curve(parse(key.algorithm.parameters, _LIMITS))
    except (DerError, ValueError):
        raise ChipMalformed("dg14") from None
    if curve is None:
        return None
    secret = draw_scalar(curve, rng)
    shared = agree(curve, secret, decode_point(curve, key.key))
    return encode_point(curve, group(curve).multiple(secret)), shared


def _agree_modular(key: PublicKeyInfo, rng: Callable[[int], bytes]) -> tuple[bytes, bytes] | None:
    """Return our public key and the shared secret, both as long as the prime (BSI TR-03110-3, D.3).

    The parameters are p, g and more of PKCS #3 or X9.42.
    """
    try:
        fields = parse(key.algorithm.parameters or b"", _LIMITS).fields()
        prime, generator = (v.integer(fields.take(INTEGER)) for _ in range(2))
        theirs = v.integer(parse(key.key, _LIMITS))
    except DerError:
        raise ChipMalformed("dg14") from None
    if not _LEAST_PRIME <= prime.bit_length() <= _MOST_PRIME:
        return None
    if not (1 < generator < prime - 1 and 1 < theirs < prime - 1 and prime & 1):
        raise ChipMalformed("dg14")
    size = (prime.bit_length() + 7) // 8
    secret = int.from_bytes(rng(_DH_SECRET), "big") | 1 << (8 * _DH_SECRET - 1)
    ours, shared = pow(generator, secret, prime), pow(theirs, secret, prime)
    if shared <= 1:
        raise ChipMalformed("dg14")
    return ours.to_bytes(size, "big"), shared.to_bytes(size, "big")


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")
