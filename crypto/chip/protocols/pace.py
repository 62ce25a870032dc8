"""PACE with ECDH generic mapping and the printed lines as password (ICAO Doc 9303-11, 4.4).

Secrets of one session are multiplied with plain integers, whose time depends on them: whoever
could measure that sits in this PC or is the chip, and each secret is used once.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from crypto.algorithms.standard_curves import STANDARD_CURVES, encode_point
from crypto.asn1 import writer as w
from crypto.asn1.writer import tlv
from crypto.chip.access_keys import AccessKey
from crypto.chip.apdu import SHORT, CommandApdu, read_objects
from crypto.chip.channel import CardChannel
from crypto.chip.ciphers import CipherSuite, SessionKeys, derive_key, pad
from crypto.chip.errors import AccessRefused, ChipMalformed
from crypto.chip.protocols.curves import agree, decode_point
from crypto.chip.protocols.security_infos import PaceOffer
from crypto.chip.secure_messaging import SecureMessaging
from crypto.gost.curves import Curve, group

__all__ = ["compute_token", "draw_scalar", "map_generator", "open_by_pace", "password_keys"]

_PRINTED_LINES: Final = b"\x01"
"""Reference of the password: the machine-readable zone (4.4.4.1)."""

_PASSWORD: Final = 3
_DYNAMIC: Final = 0x7C
_CHAINED: Final = 0x10
_EXTRA_OCTETS: Final = 16


def password_keys(key: AccessKey, suite: CipherSuite) -> SessionKeys:
    """Derive what encrypts the chip's nonce (4.4.3.1, 9.7.3)."""
    secret = hashlib.sha1(key.mrz_information, usedforsecurity=False).digest()
    password = derive_key(secret, _PASSWORD, suite)
    return SessionKeys(suite, password, password)


def draw_scalar(curve: Curve, rng: Callable[[int], bytes]) -> int:
    """Draw 0 < d < q uniformly but for 2^-128 (FIPS 186-5, A.2.1)."""
    octets = int.from_bytes(rng(curve.octets + _EXTRA_OCTETS), "big")
    return octets % (curve.q - 1) + 1


def map_generator(curve: Curve, nonce: bytes, secret: int, peer: bytes) -> Curve:
    """Return the curve with the base point G' = s·G + H of both sides (4.4.3.3.1)."""
    points = group(curve)
    try:
        shared = points.multiply(decode_point(curve, peer), secret)
        number = int.from_bytes(nonce, "big") % curve.q
        base = points.add(points.multiple(number), shared)
    except ValueError:
        raise ChipMalformed("pace_mapping") from None
    return Curve(
        name=f"{curve.name} mapped",
        octets=curve.octets,
        p=curve.p,
        a=curve.a,
        b=curve.b,
        q=curve.q,
        base=base,
        cofactor=curve.cofactor,
    )


def compute_token(keys: SessionKeys, protocol: str, peer: bytes) -> bytes:
    """Authenticate the other side's public key (4.4.3.4, 9.4.4)."""
    identified = w.oid(protocol) + tlv(0x86, peer)
    # The tag of a public key has two octets: 7F49.
    octets = b"\x7f" + tlv(0x49, identified)
    des = keys.suite is CipherSuite.DES3
    return keys.compute_mac(pad(octets, keys.suite.block_octets) if des else octets)


def open_by_pace(
    channel: CardChannel, key: AccessKey, offer: PaceOffer, rng: Callable[[int], bytes]
) -> SecureMessaging | None:
    """Agree on a session with the chip (4.4.4), from the master file.

    None when the chip takes its offer back before anything has happened. AccessRefused(`key`)
    when it finds other printed lines; ChipMalformed.
    """
    curve = STANDARD_CURVES[offer.parameters]
    reference = tlv(0x80, w.oid(offer.protocol)[2:]) + tlv(0x83, _PRINTED_LINES)
    if offer.ambiguous:
        reference += tlv(0x84, offer.parameters.to_bytes(1, "big"))
    if not channel.send(CommandApdu(0x00, 0x22, 0xC1, 0xA4, reference)).is_ok:
        return None
    encrypted = _authenticate(channel, b"", 0x80)
    nonce = password_keys(key, offer.suite).decrypt(encrypted, bytes(offer.suite.block_octets))
    secret = draw_scalar(curve, rng)
    ours = encode_point(curve, group(curve).multiple(secret))
    theirs = _authenticate(channel, tlv(0x81, ours), 0x82)
    mapped = map_generator(curve, nonce, secret, theirs)
    secret = draw_scalar(curve, rng)
    ours = encode_point(curve, group(curve).multiply(mapped.base, secret))
    theirs = _authenticate(channel, tlv(0x83, ours), 0x84)
    # Step 3d: an echo of our own key would agree on a secret that the chip does not know.
    if hmac.compare_digest(ours, theirs):
        raise ChipMalformed("pace_echo")
    keys = SessionKeys.derive(agree(curve, secret, decode_point(curve, theirs)), offer.suite)
    token = tlv(0x85, compute_token(keys, offer.protocol, theirs))
    answer = _authenticate(channel, token, 0x86, last=True)
    if not hmac.compare_digest(answer, compute_token(keys, offer.protocol, ours)):
        raise AccessRefused("answer")
    return SecureMessaging(keys, bytes(offer.suite.block_octets))


def _authenticate(channel: CardChannel, data: bytes, tag: int, *, last: bool = False) -> bytes:
    """Make one step of GENERAL AUTHENTICATE and return the object it answers with."""
    chained = 0x00 if last else _CHAINED
    response = channel.send(CommandApdu(chained, 0x86, 0x00, 0x00, tlv(_DYNAMIC, data), SHORT))
    if not response.is_ok:
        # The chip learns in the last step only that the password is another one (4.4.4.2).
        raise AccessRefused("key") if last else ChipMalformed(f"pace_{response.status:04x}")
    value = read_objects(read_objects(response.data).get(_DYNAMIC, b"")).get(tag)
    if value is None:
        raise ChipMalformed("pace_object")
    return value
