"""The ciphers of secure messaging and the keys made for them (ICAO Doc 9303-11, 9.7 and 9.8).

Triple DES with the retail MAC, which basic access control has no other than, and AES with CMAC.
"""

import hashlib
import hmac
from enum import Enum
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from crypto.chip.errors import ChipMalformed

__all__ = ["MAC_OCTETS", "CipherSuite", "SessionKeys", "derive_key", "pad", "unpad"]

MAC_OCTETS: Final = 8
_DES_OCTETS: Final = 8
_PADDING: Final = 0x80


class CipherSuite(Enum):
    """A block cipher with the octets of its key and of its block."""

    DES3 = (16, 8)
    AES128 = (16, 16)
    AES192 = (24, 16)
    AES256 = (32, 16)

    @property
    def key_octets(self) -> int:
        """Octets of a key; of Triple DES those of its two halves."""
        return self.value[0]

    @property
    def block_octets(self) -> int:
        """Octets of a block and of the send sequence counter."""
        return self.value[1]


def derive_key(secret: bytes, counter: int, suite: CipherSuite) -> bytes:
    """Derive a key from a shared secret: 1 encrypts, 2 authenticates, 3 is PACE's password (9.7.1).

    The parity bits of DES are adjusted, as the standard's examples have them; no DES reads them.
    """
    octets = secret + counter.to_bytes(4, "big")
    if suite.key_octets > CipherSuite.AES128.key_octets:
        return hashlib.sha256(octets).digest()[: suite.key_octets]
    # The standard has SHA-1 here; nothing depends on its collisions.
    derived = hashlib.sha1(octets, usedforsecurity=False).digest()[: suite.key_octets]
    if suite is not CipherSuite.DES3:
        return derived
    return bytes(octet & 0xFE | (octet.bit_count() + (octet & 1) + 1) % 2 for octet in derived)


def pad(data: bytes, block: int) -> bytes:
    """Append 80 and as few zero octets as fill the last block (ISO/IEC 9797-1 method 2)."""
    return data + bytes((_PADDING,)) + bytes(-(len(data) + 1) % block)


def unpad(data: bytes) -> bytes:
    """Remove what `pad` appended; ChipMalformed(`padding`). For authenticated data only."""
    stripped = data.rstrip(b"\x00")
    if not stripped or stripped[-1] != _PADDING:
        raise ChipMalformed("padding")
    return stripped[:-1]


class SessionKeys:
    """Two keys of one session: `encryption` and `authentication`."""

    __slots__ = ("_cipher", "_mac_key", "suite")

    def __init__(self, suite: CipherSuite, encryption: bytes, authentication: bytes) -> None:
        self.suite = suite
        self._mac_key = authentication
        self._cipher: TripleDES | algorithms.AES
        if suite is CipherSuite.DES3:
            self._cipher = _triple_des(encryption)
        else:
            self._cipher = algorithms.AES(encryption)

    @classmethod
    def derive(cls, secret: bytes, suite: CipherSuite) -> "SessionKeys":
        """Derive both keys from one secret."""
        return cls(suite, derive_key(secret, 1, suite), derive_key(secret, 2, suite))

    def encrypt(self, padded: bytes, iv: bytes) -> bytes:
        """Encrypt whole blocks in CBC mode."""
        return _finish(Cipher(self._cipher, modes.CBC(iv)).encryptor(), padded)

    def decrypt(self, octets: bytes, iv: bytes) -> bytes:
        """Decrypt whole blocks in CBC mode; ChipMalformed(`blocks`) when they are not whole."""
        if not octets or len(octets) % self.suite.block_octets:
            raise ChipMalformed("blocks")
        return _finish(Cipher(self._cipher, modes.CBC(iv)).decryptor(), octets)

    def message_iv(self, counter: bytes) -> bytes:
        """Return the initialisation vector of one protected message (9.8.6.1, 9.8.7.1)."""
        if self.suite is CipherSuite.DES3:
            return bytes(self.suite.block_octets)
        return self.encrypt(counter, bytes(self.suite.block_octets))

    def compute_mac(self, octets: bytes) -> bytes:
        """Return eight octets: CMAC, or the retail MAC of whole blocks (ISO/IEC 9797-1 alg. 3)."""
        if self.suite is not CipherSuite.DES3:
            mac = CMAC(algorithms.AES(self._mac_key))
            mac.update(octets)
            return mac.finalize()[:MAC_OCTETS]
        head, last = octets[:-_DES_OCTETS], octets[-_DES_OCTETS:]
        chained = bytes(_DES_OCTETS)
        if head:
            # DES alone is Triple DES with one key three times.
            single = TripleDES(self._mac_key[:_DES_OCTETS] * 3)
            inner = Cipher(single, modes.CBC(chained)).encryptor()
            chained = _finish(inner, head)[-_DES_OCTETS:]
        outer = Cipher(_triple_des(self._mac_key), modes.CBC(chained)).encryptor()
        return _finish(outer, last)

    def has_mac(self, octets: bytes, mac: bytes) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.compute_mac(octets), mac)


def _triple_des(key: bytes) -> TripleDES:
    return TripleDES(key + key[:_DES_OCTETS])


def _finish(context: CipherContext, octets: bytes) -> bytes:
    return context.update(octets) + context.finalize()
