"""Basic access control (ICAO Doc 9303-11, 4.3): whoever has read the printed lines may read on."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from crypto.chip.access_keys import AccessKey
from crypto.chip.apdu import CommandApdu
from crypto.chip.channel import CardChannel
from crypto.chip.ciphers import MAC_OCTETS, CipherSuite, SessionKeys, pad
from crypto.chip.errors import AccessRefused
from crypto.chip.secure_messaging import SecureMessaging

__all__ = ["derive_bac_keys", "open_by_bac"]

_NONCE: Final = 8
_SECRET: Final = 16
_CRYPTOGRAM: Final = 32
_SUITE: Final = CipherSuite.DES3
_IV: Final = bytes(_SUITE.block_octets)


def derive_bac_keys(key: AccessKey) -> SessionKeys:
    """Derive the document's basic access keys from its printed lines (4.3.2)."""
    # SHA-1 by the standard; the seed's strength is the printed lines', not the hash's.
    seed = hashlib.sha1(key.mrz_information, usedforsecurity=False).digest()[:_SECRET]
    return SessionKeys.derive(seed, _SUITE)


def open_by_bac(
    channel: CardChannel, key: AccessKey, rng: Callable[[int], bytes]
) -> SecureMessaging:
    """Authenticate each side to the other and return the session that follows (4.3.1).

    The application must be selected. AccessRefused(`challenge`, `key`, `answer`).
    """
    challenge = channel.send(CommandApdu(0x00, 0x84, 0x00, 0x00, b"", _NONCE))
    if not challenge.is_ok or len(challenge.data) != _NONCE:
        raise AccessRefused("challenge")
    access = derive_bac_keys(key)
    nonce, secret = rng(_NONCE), rng(_SECRET)
    cryptogram = access.encrypt(nonce + challenge.data + secret, _IV)
    token = cryptogram + access.compute_mac(pad(cryptogram, _SUITE.block_octets))
    answer = channel.send(CommandApdu(0x00, 0x82, 0x00, 0x00, token, _CRYPTOGRAM + MAC_OCTETS))
    if not answer.is_ok:
        raise AccessRefused("key")
    their_cryptogram, mac = answer.data[:_CRYPTOGRAM], answer.data[_CRYPTOGRAM:]
    if len(their_cryptogram) != _CRYPTOGRAM or not access.has_mac(
        pad(their_cryptogram, _SUITE.block_octets), mac
    ):
        raise AccessRefused("answer")
    plain = access.decrypt(their_cryptogram, _IV)
    # The chip proves that it is this session's: both nonces come back, in its order.
    if not hmac.compare_digest(plain[: 2 * _NONCE], challenge.data + nonce):
        raise AccessRefused("answer")
    seed = bytes(ours ^ theirs for ours, theirs in zip(secret, plain[2 * _NONCE :], strict=True))
    counter = challenge.data[_NONCE // 2 :] + nonce[_NONCE // 2 :]
    return SecureMessaging(SessionKeys.derive(seed, _SUITE), counter)
