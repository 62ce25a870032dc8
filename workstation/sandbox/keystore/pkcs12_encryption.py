"""Password-based encryption of PKCS#12 files: key derivation, decryption, check sum.

RFC 7292 appendix B (SHA-1, 3DES and RC2, as НУЦ РК writes) and RFC 8018 PBES2 with PBKDF2 and AES
(as OpenSSL 3 writes). Iteration counts come from the file, so all of them are paid from one purse.
"""

import hashlib
import hmac
from collections.abc import Callable

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from crypto.algorithms.keys import AlgorithmIdentifier
from crypto.asn1 import oids
from crypto.asn1 import values as v
from crypto.asn1.der import INTEGER, OCTET_STRING, SEQUENCE, DerError, Limits, Node, parse
from workstation.sandbox.keystore import rc2
from workstation.sandbox.pki.key_store_errors import KeyStoreDamaged, KeyStoreUnsupported

__all__ = ["Password", "compute_mac", "decrypt"]

_MAX_PASSWORD = 256
_MAX_ITERATIONS = 1_000_000
_MAX_STATED = (1 << 31) - 1
_MAX_SALT = 1024
_LIMITS = Limits(octets=4096, depth=8, elements=32)

_KEY, _IV, _MAC = 1, 2, 3
"""Purposes of derived octets (RFC 7292 B.3)."""

_DIGESTS = {
    oids.SHA1: "sha1",
    oids.SHA256: "sha256",
    oids.SHA384: "sha384",
    oids.SHA512: "sha512",
}
_PBES1_SHA1 = "1.2.840.113549.1.12.1"
_RC2_128, _RC2_40 = f"{_PBES1_SHA1}.5", f"{_PBES1_SHA1}.6"
_PBES1 = {f"{_PBES1_SHA1}.3": 24, f"{_PBES1_SHA1}.4": 16, _RC2_128: 16, _RC2_40: 5}
"""Identifier to octets of the key; .3 and .4 are 3DES with three keys and with two."""

_PBES2 = "1.2.840.113549.1.5.13"
_PBKDF2 = "1.2.840.113549.1.5.12"
_HMAC = "1.2.840.113549.2"
_PRFS = {
    f"{_HMAC}.7": "sha1",
    f"{_HMAC}.9": "sha256",
    f"{_HMAC}.10": "sha384",
    f"{_HMAC}.11": "sha512",
}
_AES = "2.16.840.1.101.3.4.1"
_CIPHERS: dict[str, tuple[int, Callable[[bytes], CipherAlgorithm]]] = {
    f"{_AES}.2": (16, AES),
    f"{_AES}.22": (24, AES),
    f"{_AES}.42": (32, AES),
    "1.2.840.113549.3.7": (24, TripleDES),
}
_DEFAULT_PRF = "sha1"


class Password:
    """A password and what deriving keys from it may still cost.

    text  at most 256 whole characters; KeyStoreUnsupported(`password`) for another
    """

    def __init__(self, text: str) -> None:
        # Half of a surrogate pair has no encoding.
        if len(text) > _MAX_PASSWORD or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise KeyStoreUnsupported("password")
        self._text = text
        self._left = _MAX_ITERATIONS

    def pkcs12_key(self, digest: str, salt: bytes, rounds: int, purpose: int, size: int) -> bytes:
        """Derive `size` octets (RFC 7292 B.2); the password as UTF-16BE ended by a zero."""
        self._spend(rounds, salt)
        block = hashlib.new(digest).block_size
        bmp = self._text.encode("utf-16-be") + b"\x00\x00"
        block_of = _stretch(salt, block) + _stretch(bmp, block)
        derived = b""
        while len(derived) < size:
            part = hashlib.new(digest, bytes((purpose,)) * block + block_of).digest()
            for _ in range(rounds - 1):
                part = hashlib.new(digest, part).digest()
            derived += part
            added = int.from_bytes(_stretch(part, block), "big") + 1
            block_of = b"".join(
                _plus(block_of[at : at + block], added) for at in range(0, len(block_of), block)
            )
            if len(derived) < size:
                self._spend(rounds, salt)
        return derived[:size]

    def pbkdf2_key(self, digest: str, salt: bytes, rounds: int, size: int) -> bytes:
        """Derive `size` octets (RFC 8018 5.2); the password as UTF-8."""
        width = hashlib.new(digest).digest_size
        self._spend(rounds * -(-size // width), salt)
        return hashlib.pbkdf2_hmac(digest, self._text.encode(), salt, rounds, size)

    def _spend(self, rounds: int, salt: bytes) -> None:
        if len(salt) > _MAX_SALT:
            raise KeyStoreUnsupported("salt")
        if not 0 < rounds <= self._left:
            raise KeyStoreUnsupported("iterations")
        self._left -= rounds


def compute_mac(
    digest: AlgorithmIdentifier, password: Password, salt: bytes, rounds: int, content: bytes
) -> bytes:
    """Return the check sum of RFC 7292 section 4 over the authenticated safe."""
    name = _DIGESTS.get(digest.oid)
    if name is None:
        raise KeyStoreUnsupported(digest.oid)
    size = hashlib.new(name).digest_size
    return hmac.digest(password.pkcs12_key(name, salt, rounds, _MAC, size), content, name)


def decrypt(algorithm: AlgorithmIdentifier, password: Password, data: bytes) -> bytes:
    """Decrypt and take the padding off.

    KeyStoreUnsupported for another algorithm, KeyStoreDamaged when nothing sensible comes out:
    the password is another or the data is not whole, which only the check sum tells apart.
    """
    if algorithm.parameters is None:
        raise KeyStoreUnsupported(algorithm.oid)
    try:
        parameters = parse(algorithm.parameters, _LIMITS)
        if algorithm.oid in _PBES1:
            return _pbes1(algorithm.oid, parameters, password, data)
        if algorithm.oid == _PBES2:
            return _pbes2(parameters, password, data)
    except DerError as malformed:
        raise KeyStoreDamaged(f"encryption:{malformed.detail}") from None
    raise KeyStoreUnsupported(algorithm.oid)


def _pbes1(oid: str, parameters: Node, password: Password, data: bytes) -> bytes:
    fields = parameters.fields()
    salt = v.octets(fields.take(OCTET_STRING))
    rounds = v.small_integer(fields.take(INTEGER), maximum=_MAX_STATED)
    fields.end()
    size = _PBES1[oid]
    key = password.pkcs12_key("sha1", salt, rounds, _KEY, size)
    iv = password.pkcs12_key("sha1", salt, rounds, _IV, rc2.BLOCK)
    if oid in {_RC2_40, _RC2_128}:
        return _unpad(rc2.decrypt_cbc(key, iv, _whole(data, rc2.BLOCK), 8 * size), rc2.BLOCK)
    # Two-key 3DES repeats the first key as the third.
    return _cbc(TripleDES((key + key[:8])[:24]), iv, data)


def _pbes2(parameters: Node, password: Password, data: bytes) -> bytes:
    fields = parameters.fields()
    derivation = AlgorithmIdentifier.read(fields.take(SEQUENCE))
    scheme = AlgorithmIdentifier.read(fields.take(SEQUENCE))
    fields.end()
    if derivation.oid != _PBKDF2 or derivation.parameters is None:
        raise KeyStoreUnsupported(derivation.oid)
    if scheme.oid not in _CIPHERS or scheme.parameters is None:
        raise KeyStoreUnsupported(scheme.oid)
    size, cipher = _CIPHERS[scheme.oid]
    iv = v.octets(parse(scheme.parameters, _LIMITS).expect(OCTET_STRING))
    key = _pbkdf2(parse(derivation.parameters, _LIMITS), password, size)
    return _cbc(cipher(key), iv, data)


def _pbkdf2(parameters: Node, password: Password, size: int) -> bytes:
    fields = parameters.fields()
    salt = v.octets(fields.take(OCTET_STRING))
    rounds = v.small_integer(fields.take(INTEGER), maximum=_MAX_STATED)
    stated = fields.optional(INTEGER)
    prf = fields.optional(SEQUENCE)
    fields.end()
    if stated is not None and v.small_integer(stated, maximum=_MAX_SALT) != size:
        raise KeyStoreDamaged("key_length")
    name: str | None = _DEFAULT_PRF
    if prf is not None:
        function = AlgorithmIdentifier.read(prf)
        name = _PRFS.get(function.oid)
        if name is None:
            raise KeyStoreUnsupported(function.oid)
    return password.pbkdf2_key(name or _DEFAULT_PRF, salt, rounds, size)


def _cbc(cipher: CipherAlgorithm, iv: bytes, data: bytes) -> bytes:
    try:
        decryptor = Cipher(cipher, CBC(iv)).decryptor()
    except ValueError:
        raise KeyStoreDamaged("iv") from None
    block = len(iv)
    return _unpad(decryptor.update(_whole(data, block)) + decryptor.finalize(), block)


def _whole(data: bytes, block: int) -> bytes:
    if not data or len(data) % block:
        raise KeyStoreDamaged("blocks")
    return data


def _unpad(plain: bytes, block: int) -> bytes:
    """Take off the padding of RFC 8018 6.1.1: n octets of the value n."""
    count = plain[-1]
    if not 0 < count <= block or plain[-count:] != bytes((count,)) * count:
        raise KeyStoreDamaged("padding")
    return plain[:-count]


def _stretch(octets: bytes, block: int) -> bytes:
    """Repeat up to the next whole number of blocks; nothing stays nothing."""
    size = block * -(-len(octets) // block)
    return (octets * (size // len(octets) + 1))[:size] if octets else b""


def _plus(part: bytes, added: int) -> bytes:
    total = (int.from_bytes(part, "big") + added) % (1 << 8 * len(part))
    return total.to_bytes(len(part), "big")
