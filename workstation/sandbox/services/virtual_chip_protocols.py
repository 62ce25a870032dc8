"""The chip's side of access, secure messaging and authentication (ICAO Doc 9303-11)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from crypto.algorithms.standard_curves import STANDARD_CURVES, encode_point
from crypto.asn1.writer import tlv
from crypto.chip.access_keys import AccessKey
from crypto.chip.apdu import EXTENDED, SHORT, CommandApdu, ResponseApdu, read_objects
from crypto.chip.ciphers import SessionKeys, pad, unpad
from crypto.chip.protocols.bac import derive_bac_keys
from crypto.chip.protocols.curves import agree, decode_point
from crypto.chip.protocols.pace import compute_token, draw_scalar, map_generator, password_keys
from crypto.chip.protocols.security_infos import PaceOffer
from crypto.gost.curves import Curve, group
from workstation.sandbox.pki.chip_keys import ChipKey

__all__ = [
    "REFUSED",
    "ActiveKey",
    "ChipSession",
    "PaceChip",
    "agree_chip_keys",
    "answer_bac",
    "decode_command",
    "sign_challenge",
]

ActiveKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
REFUSED: Final = 0x6300
_WRONG_OBJECTS: Final = 0x6988
_OK: Final = 0x9000
_NONCE: Final = 8
_SECRET: Final = 16
_CRYPTOGRAM: Final = 32
_SHORT_HEADER: Final = 5
_CURVES: Final = {curve.name: curve for curve in STANDARD_CURVES.values()}


def decode_command(apdu: bytes) -> CommandApdu:
    """Split a command APDU, short or extended; ValueError when it is none."""
    header, body = apdu[:4], apdu[4:]
    if len(header) < 4:  # noqa: PLR2004 - CLA INS P1 P2
        raise ValueError("header")
    long = len(body) > 1 and body[0] == 0
    size = 2 if long else 1
    body, data, ne = body[1:] if long else body, b"", 0
    if len(body) > size:
        length = int.from_bytes(body[:size], "big")
        data, body = body[size : size + length], body[size + length :]
        if len(data) != length:
            raise ValueError("length")
    if body:
        if len(body) != size:
            raise ValueError("expected_length")
        ne = int.from_bytes(body, "big") or (EXTENDED if long else SHORT)
    cla, ins, p1, p2 = header
    return CommandApdu(cla, ins, p1, p2, data, ne)


class ChipSession:
    """Secure messaging as the chip does it: opens commands, protects responses."""

    def __init__(self, keys: SessionKeys, counter: bytes) -> None:
        self._keys = keys
        self._block = keys.suite.block_octets
        self._counter = int.from_bytes(counter, "big")

    def unprotect(self, command: CommandApdu) -> CommandApdu:
        """Verify and decrypt a command; ValueError when it is not of this session."""
        counter = self._count()
        found = read_objects(command.data)
        mac = found.pop(0x8E, b"")
        covered = command.data[: -(len(mac) + 2)]
        message = counter + pad(command.header, self._block) + covered
        if not self._keys.has_mac(pad(message, self._block), mac):
            raise ValueError("mac")
        data = b""
        if cryptogram := found.get(0x85, found.get(0x87, b"\x01")[1:]):
            data = unpad(self._keys.decrypt(cryptogram, self._keys.message_iv(counter)))
        expected = found.get(0x97)
        ne = 0
        if expected is not None:
            ne = int.from_bytes(expected, "big") or (SHORT if len(expected) == 1 else EXTENDED)
        cla, ins, p1, p2 = command.header
        return CommandApdu(cla & ~0x0C, ins, p1, p2, data, ne)

    def protect(self, response: ResponseApdu, *, odd: bool) -> ResponseApdu:
        """Encrypt and authenticate a response.

        odd  the command's INS is: the cryptogram has no padding indicator
        """
        counter = self._count()
        inner = b""
        if response.data:
            padded = pad(response.data, self._block)
            cryptogram = self._keys.encrypt(padded, self._keys.message_iv(counter))
            inner = tlv(0x85, cryptogram) if odd else tlv(0x87, b"\x01", cryptogram)
        inner += tlv(0x99, response.status.to_bytes(2, "big"))
        mac = self._keys.compute_mac(pad(counter + inner, self._block))
        return ResponseApdu(inner + tlv(0x8E, mac), _OK)

    def _count(self) -> bytes:
        self._counter += 1
        return self._counter.to_bytes(self._block, "big")


def answer_bac(
    key: AccessKey, challenge: bytes, token: bytes, rng: Callable[[int], bytes]
) -> tuple[bytes, ChipSession] | None:
    """Answer EXTERNAL AUTHENTICATE; None for whoever has not read the printed lines."""
    keys = derive_bac_keys(key)
    block = keys.suite.block_octets
    cryptogram, mac = token[:_CRYPTOGRAM], token[_CRYPTOGRAM:]
    if len(cryptogram) != _CRYPTOGRAM or not keys.has_mac(pad(cryptogram, block), mac):
        return None
    plain = keys.decrypt(cryptogram, bytes(block))
    nonce, returned, theirs = plain[:_NONCE], plain[_NONCE : 2 * _NONCE], plain[2 * _NONCE :]
    if returned != challenge:
        return None
    ours = rng(_SECRET)
    cryptogram = keys.encrypt(challenge + nonce + ours, bytes(block))
    seed = bytes(a ^ b for a, b in zip(ours, theirs, strict=True))
    session = ChipSession(
        SessionKeys.derive(seed, keys.suite), challenge[_NONCE // 2 :] + nonce[_NONCE // 2 :]
    )
    return cryptogram + keys.compute_mac(pad(cryptogram, block)), session


@dataclass(slots=True)
class PaceChip:
    """One run of PACE; `session` is there once it has succeeded."""

    key: AccessKey
    offer: PaceOffer
    rng: Callable[[int], bytes]
    session: ChipSession | None = None
    _nonce: bytes = b""
    _mapped: Curve | None = None
    _keys: SessionKeys | None = None
    _peer: bytes = b""
    _ours: bytes = b""

    def answer(self, data: bytes) -> bytes | None:
        """Answer one GENERAL AUTHENTICATE; None when the password is another one."""
        steps = {0x81: self._map, 0x83: self._agree, 0x85: self._compare}
        [(tag, value)] = read_objects(read_objects(data)[0x7C]).items() or [(0, b"")]
        answered = steps[tag](value) if tag else self._draw()
        return None if answered is None else tlv(0x7C, answered)

    def _draw(self) -> bytes:
        self._nonce = self.rng(16)
        encrypted = password_keys(self.key, self.offer.suite).encrypt(
            self._nonce, bytes(self.offer.suite.block_octets)
        )
        return tlv(0x80, encrypted)

    def _map(self, peer: bytes) -> bytes:
        curve = STANDARD_CURVES[self.offer.parameters]
        secret = draw_scalar(curve, self.rng)
        self._mapped = map_generator(curve, self._nonce, secret, peer)
        return tlv(0x82, encode_point(curve, group(curve).multiple(secret)))

    def _agree(self, peer: bytes) -> bytes:
        curve = self._mapped
        if curve is None:
            raise ValueError("order")
        secret = draw_scalar(curve, self.rng)
        self._peer = peer
        self._ours = encode_point(curve, group(curve).multiply(curve.base, secret))
        shared = agree(curve, secret, decode_point(curve, peer))
        self._keys = SessionKeys.derive(shared, self.offer.suite)
        return tlv(0x84, self._ours)

    def _compare(self, token: bytes) -> bytes | None:
        if self._keys is None:
            raise ValueError("order")
        if token != compute_token(self._keys, self.offer.protocol, self._ours):
            return None
        self.session = ChipSession(self._keys, bytes(self.offer.suite.block_octets))
        return tlv(0x86, compute_token(self._keys, self.offer.protocol, self._peer))


def agree_chip_keys(key: ChipKey, peer: bytes) -> bytes:
    """Return the secret that the chip's static key shares with the reader's ephemeral one."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        curve = _CURVES[key.curve.name]
        return agree(curve, key.private_numbers().private_value, decode_point(curve, peer))
    shared = pow(int.from_bytes(peer, "big"), key.secret, key.prime)
    return shared.to_bytes((key.prime.bit_length() + 7) // 8, "big")


def sign_challenge(
    key: ActiveKey, digest: str | None, challenge: bytes, rng: Callable[[int], bytes]
) -> bytes:
    """Sign as active authentication wants it: ISO/IEC 9796-2 scheme 1, or ECDSA as r ‖ s."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        chosen = {"SHA-1": hashes.SHA1(), "SHA-512": hashes.SHA512()}.get(  # noqa: S303 - the old cards'
            digest or "", hashes.SHA256()
        )
        r, s = utils.decode_dss_signature(key.sign(challenge, ec.ECDSA(chosen)))
        size = (key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    size = (modulus.bit_length() + 7) // 8
    make, trailer = (hashlib.sha1, b"\xbc") if digest == "SHA-1" else (hashlib.sha256, b"\x34\xcc")
    recovered = rng(size - 1 - make(b"").digest_size - len(trailer))
    message = b"\x6a" + recovered + make(recovered + challenge).digest() + trailer
    return pow(int.from_bytes(message, "big"), numbers.d, modulus).to_bytes(size, "big")
