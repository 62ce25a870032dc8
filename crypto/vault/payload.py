"""Personal data sealed so that this machine cannot read it back (docs/formats/log.md, section 8).

The log entry holds two commitments: the hash of the sealed file and a salted HMAC of the
plaintext. AES-GCM does not bind its key, so the HMAC is what binds the content; without a salt a
hash of low-entropy personal data could be guessed.
"""

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.canonical_json import JsonValue
from crypto.errors import PayloadRefused, PayloadTampered

__all__ = [
    "MAX_PAYLOAD_BYTES",
    "SEALING_OVERHEAD",
    "OpenedPayload",
    "Recipient",
    "SealedPayload",
    "commitment_digest",
    "disclose_payload",
    "new_pid",
    "open_payload",
    "seal",
]

MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
SEALING_OVERHEAD = 28
"""Octets by which a sealed file is longer than what it holds: nonce and tag."""

MAX_RECIPIENTS = 8

_LABEL = b"tv-payload/v1\n"
_PID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who can open: head office's retention class, or a supervisor's token, by name."""

    name: str
    key: X25519PublicKey


@dataclass(frozen=True, slots=True)
class SealedPayload:
    """`file` is nonce, ciphertext and tag; `wrapped` maps a recipient to the sealed DEK and salt.

    `size` is the plaintext's length, `digest` SHA-256 of the file, `binding` the salted HMAC.
    """

    pid: str
    size: int
    file: bytes
    digest: bytes
    binding: bytes
    wrapped: Mapping[str, bytes]

    @property
    def commitment(self) -> dict[str, JsonValue]:
        """The member `pl` of the log entry that commits to this payload.

        `to` commits to every recipient's wrapped key: one that is exchanged or missing shows to
        whoever has no key that opens it.
        """
        to: list[JsonValue] = [
            [name, base64.b64encode(hashlib.sha256(wrapped).digest()).decode("ascii")]
            for name, wrapped in sorted(self.wrapped.items())
        ]
        return {
            "alg": "A256GCM",
            "cm": base64.b64encode(self.binding).decode("ascii"),
            "ct": base64.b64encode(self.digest).decode("ascii"),
            "n": self.size,
            "pid": self.pid,
            "to": to,
        }


def new_pid() -> str:
    """Return a random payload id of 32 hex digits; it says nothing about the customer."""
    return os.urandom(16).hex()


def _context(origin: str, pid: str) -> bytes:
    if not _PID.fullmatch(pid) or not origin or "\n" in origin:
        raise PayloadRefused("origin or pid")
    return origin.encode() + b"\n" + pid.encode()


def _binding(salt: bytes, plaintext: bytes) -> bytes:
    return hmac.digest(salt, _LABEL + plaintext, "sha256")


def seal(
    plaintext: bytes, *, origin: str, pid: str, recipients: Sequence[Recipient]
) -> SealedPayload:
    """Seal under a fresh key that only the recipients can recover.

    Raises PayloadRefused without a recipient, with two of one name, or above 64 MiB.
    """
    names = {recipient.name for recipient in recipients}
    if not 0 < len(recipients) <= MAX_RECIPIENTS or len(names) != len(recipients):
        raise PayloadRefused("recipients")
    if len(plaintext) > MAX_PAYLOAD_BYTES:
        raise PayloadRefused("too large")
    context = _context(origin, pid)
    key, salt, nonce = os.urandom(_KEY_BYTES), os.urandom(_KEY_BYTES), os.urandom(_NONCE_BYTES)
    file = nonce + AESGCM(key).encrypt(nonce, plaintext, context)
    digest = hashlib.sha256(file).digest()
    info = _LABEL + context + b"\n" + digest
    return SealedPayload(
        pid=pid,
        size=len(plaintext),
        file=file,
        digest=digest,
        binding=_binding(salt, plaintext),
        wrapped={r.name: _SUITE.encrypt(key + salt, r.key, info) for r in recipients},
    )


def commitment_digest(commitment: Mapping[str, object], name: str) -> bytes:
    """Return `ct` or `cm` of a log entry's `pl`; PayloadTampered when it is not 32 bytes."""
    value = commitment.get(name)
    try:
        raw = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except ValueError as error:
        raise PayloadTampered(name) from error
    if len(raw) != _KEY_BYTES:
        raise PayloadTampered(name)
    return raw


@dataclass(frozen=True, slots=True)
class OpenedPayload:
    """What was sealed, and the salt that shows others that it is what the log committed to."""

    plaintext: bytes = field(repr=False)
    salt: bytes = field(repr=False)


def open_payload(
    untrusted_file: bytes,
    untrusted_wrapped: bytes,
    private: X25519PrivateKey,
    *,
    origin: str,
    commitment: Mapping[str, object],
) -> bytes:
    """Return the plaintext that the log entry's `pl` member committed to.

    Raises PayloadTampered when the file, the wrapped key or the content is another one, or when
    the private key is not a recipient's.
    """
    return disclose_payload(
        untrusted_file, untrusted_wrapped, private, origin=origin, commitment=commitment
    ).plaintext


def disclose_payload(
    untrusted_file: bytes,
    untrusted_wrapped: bytes,
    private: X25519PrivateKey,
    *,
    origin: str,
    commitment: Mapping[str, object],
) -> OpenedPayload:
    """Return the plaintext with its salt, which opens the commitment `cm` to whoever has both.

    Raises PayloadTampered as `open_payload` does.
    """
    digest = commitment_digest(commitment, "ct")
    if not hmac.compare_digest(hashlib.sha256(untrusted_file).digest(), digest):
        raise PayloadTampered("file")
    try:
        context = _context(origin, str(commitment.get("pid")))
    except PayloadRefused as error:
        raise PayloadTampered("pid") from error
    try:
        secret = _SUITE.decrypt(untrusted_wrapped, private, _LABEL + context + b"\n" + digest)
        key, salt = secret[:_KEY_BYTES], secret[_KEY_BYTES:]
        nonce, sealed = untrusted_file[:_NONCE_BYTES], untrusted_file[_NONCE_BYTES:]
        plaintext = AESGCM(key).decrypt(nonce, sealed, context)
    except (InvalidTag, ValueError) as error:
        raise PayloadTampered("sealing") from error
    binding = commitment_digest(commitment, "cm")
    if not hmac.compare_digest(_binding(salt, plaintext), binding):
        raise PayloadTampered("content")
    if len(plaintext) != commitment.get("n"):
        raise PayloadTampered("length")
    return OpenedPayload(plaintext, salt)
