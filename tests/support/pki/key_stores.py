"""A writer of PKCS#12 files in the shape of НУЦ РК: BER with indefinite lengths, 3DES, RC2-40.

Everything that `open_pkcs12` undoes is done here by other means: RC2 encrypts as RFC 2268 tells
(OpenSSL agrees, see the test), the key derivation follows RFC 7292 B.2 step by step.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC

from crypto.asn1 import oids
from crypto.asn1 import writer as w
from workstation.sandbox.keystore.rc2 import _PI as PITABLE

SALT = b"salt of 20 octets..."
THREE_KEY_3DES = "1.2.840.113549.1.12.1.3"
RC2_40 = "1.2.840.113549.1.12.1.6"
PBES2 = "1.2.840.113549.1.5.13"
BAG = "1.2.840.113549.1.12.10.1"


def indefinite(tag, *content):
    return bytes((tag, 0x80)) + b"".join(content) + b"\x00\x00"


def in_pieces(octets, size=100):
    pieces = [w.octet_string(octets[at : at + size]) for at in range(0, len(octets), size)]
    return indefinite(0x24, *pieces)


def derived(password, salt, rounds, purpose, size):
    """RFC 7292 B.2 with SHA-1, for at most one block of 64 octets of salt and of password."""
    bmp = b"".join(c.encode("utf-16-be") for c in password) + b"\x00\x00"
    s, p = ((text * 64)[:64] if text else b"" for text in (salt, bmp))
    out, i = b"", s + p
    while len(out) < size:
        a = bytes([purpose]) * 64 + i
        for _ in range(rounds):
            a = hashlib.sha1(a).digest()
        out += a
        b = int.from_bytes((a * 4)[:64], "big")
        i = b"".join(
            ((int.from_bytes(i[at : at + 64], "big") + b + 1) % 2**512).to_bytes(64, "big")
            for at in range(0, len(i), 64)
        )
    return out[:size]


def padded(data, block=8):
    count = block - len(data) % block
    return data + bytes([count]) * count


def rc2_40_cbc(key, iv, data):
    """RC2 with 40 effective bits, forwards; only the table of pi's digits is the product's."""
    l = bytearray(key) + bytearray(128 - len(key))  # noqa: E741 - the letters of RFC 2268
    for i in range(len(key), 128):
        l[i] = PITABLE[(l[i - 1] + l[i - len(key)]) % 256]
    l[123] = PITABLE[l[123]]
    for i in range(122, -1, -1):
        l[i] = PITABLE[l[i + 1] ^ l[i + 5]]
    k = struct.unpack("<64H", l)
    out, before = b"", iv
    for at in range(0, len(data), 8):
        block = bytes(a ^ b for a, b in zip(data[at : at + 8], before, strict=True))
        r = list(struct.unpack("<4H", block))
        j = 0
        for mixes, mash in ((5, True), (6, True), (5, False)):
            for i in (0, 1, 2, 3) * mixes:
                x = r[i] + k[j] + (r[i - 1] & r[i - 2]) + (~r[i - 1] & r[i - 3]) & 0xFFFF
                r[i] = (x << (1, 2, 3, 5)[i] | x >> (15, 14, 13, 11)[i]) & 0xFFFF
                j += 1
            for i in (0, 1, 2, 3) if mash else ():
                r[i] = r[i] + k[r[i - 1] & 63] & 0xFFFF
        before = struct.pack("<4H", *r)
        out += before
    return out


def encrypted(oid, password, rounds, data):
    key_size = {THREE_KEY_3DES: 24, RC2_40: 5}[oid]
    key = derived(password, SALT, rounds, 1, key_size)
    iv = derived(password, SALT, rounds, 2, 8)
    if oid == THREE_KEY_3DES:
        cipher = Cipher(TripleDES(key), CBC(iv)).encryptor()
        return cipher.update(padded(data)) + cipher.finalize()
    return rc2_40_cbc(key, iv, padded(data))


@dataclass(frozen=True)
class KeyStore:
    """What goes into a file; every part may be replaced to spoil it."""

    private_key: bytes
    certificate: bytes
    password: str = "Aa123456"
    rounds: int = 1024
    certificate_cipher: str = RC2_40
    mac_password: str | None = None
    with_mac: bool = True
    keys: int = 1

    def written(self):
        safe = indefinite(0x30, self._certificate_safe(), *(self._key_safe(),) * self.keys)
        content = indefinite(0xA0, in_pieces(safe))
        return indefinite(
            0x30,
            w.integer(3),
            indefinite(0x30, w.oid(oids.DATA), content),
            self._mac(safe) if self.with_mac else b"",
        )

    def _algorithm(self, oid):
        return w.algorithm(oid, parameters=w.sequence(w.octet_string(SALT), w.integer(self.rounds)))

    def _certificate_safe(self):
        bag = w.sequence(
            w.oid(f"{BAG}.3"),
            w.explicit(
                0,
                w.sequence(
                    w.oid("1.2.840.113549.1.9.22.1"),
                    w.explicit(0, w.octet_string(self.certificate)),
                ),
            ),
        )
        plain = w.sequence(bag)
        data = encrypted(self.certificate_cipher, self.password, self.rounds, plain)
        pieces = [w.octet_string(data[at : at + 64]) for at in range(0, len(data), 64)]
        info = indefinite(
            0x30,
            w.oid(oids.DATA),
            self._algorithm(self.certificate_cipher),
            indefinite(0xA0, *pieces),
        )
        value = indefinite(0xA0, indefinite(0x30, w.integer(0), info))
        return indefinite(0x30, w.oid("1.2.840.113549.1.7.6"), value)

    def _key_safe(self):
        data = encrypted(THREE_KEY_3DES, self.password, self.rounds, self.private_key)
        shrouded = w.sequence(self._algorithm(THREE_KEY_3DES), w.octet_string(data))
        name = w.sequence(w.oid("1.2.840.113549.1.9.21"), w.set_of((w.octet_string(b"\x01" * 20),)))
        bag = w.sequence(w.oid(f"{BAG}.2"), w.explicit(0, shrouded), w.set_of((name,)))
        inner = w.sequence(bag)
        return indefinite(0x30, w.oid(oids.DATA), indefinite(0xA0, in_pieces(inner)))

    def _mac(self, safe):
        password = self.mac_password if self.mac_password is not None else self.password
        key = derived(password, SALT, self.rounds, 3, 20)
        value = hmac.digest(key, safe, "sha1")
        info = w.sequence(w.algorithm(oids.SHA1), w.octet_string(value))
        return w.sequence(info, w.octet_string(SALT), w.integer(self.rounds))
