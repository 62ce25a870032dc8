"""C2SP signed notes: text signed by named Ed25519 keys (c2sp.org/signed-note v1.0.0).

Knows keys, signature lines and the note's framing; knows nothing of logs.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.errors import NoteMalformed

__all__ = [
    "ED25519",
    "MAX_NOTE_BYTES",
    "MAX_SIGNATURES",
    "SIGNATURE_BYTES",
    "Note",
    "NoteSigner",
    "NoteVerifier",
    "SignatureLine",
    "key_id",
    "parse_note",
    "parse_signature_line",
    "strict_base64",
    "valid_key_name",
]

ED25519 = 0x01
"""Signature type of Ed25519 over the note text."""

MAX_SIGNATURES = 64
"""Signature lines accepted; the specification demands at least 16."""

MAX_NOTE_BYTES = 1 << 20
"""c2sp.org/signed-note, Format: verifiers should limit signatures or the size; we do both."""

MAX_NAME_BYTES = 200
KEY_BYTES = 32
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
"""c2sp.org/signed-note, Format: no ASCII control character other than newline."""

_LINE_START = "\N{EM DASH} "


def strict_base64(untrusted: str) -> bytes:
    """Decode base64 (RFC 4648, section 4), padded; NoteMalformed for any other spelling."""
    try:
        raw = base64.b64decode(untrusted, validate=True)
    except ValueError as error:
        raise NoteMalformed("base64") from error
    # Python ignores loose trailing bits (RFC 4648, section 3.5), so one value had many texts.
    if base64.b64encode(raw).decode("ascii") != untrusted:
        raise NoteMalformed("base64 is not canonical")
    return raw


def valid_key_name(name: str) -> bool:
    """Whether a key name is non-empty, printable, without blank or plus, at most 200 bytes.

    A blank ends the name in a signature line and a plus ends it in a vkey (c2sp.org/signed-note).
    """
    # Of all blanks only the space is printable (docs.python.org, str.isprintable).
    return (
        name.isprintable()
        and 0 < len(name.encode()) <= MAX_NAME_BYTES
        and " " not in name
        and "+" not in name
    )


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """Return the first four bytes of SHA-256(name ‖ LF ‖ type ‖ public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[
        :KEY_ID_BYTES
    ]


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line under a note: who claims to have signed, with which key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes

    def encode(self) -> bytes:
        """Return the line's bytes with its newline."""
        blob = base64.b64encode(self.key_id + self.signature).decode("ascii")
        return f"{_LINE_START}{self.name} {blob}\n".encode()


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """A public key under a name. `algorithm` is the note format's signature type."""

    name: str
    public: bytes
    algorithm: int = ED25519
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        if not valid_key_name(self.name):
            raise NoteMalformed("key name")
        if len(self.public) != KEY_BYTES:
            raise NoteMalformed("key length")
        object.__setattr__(self, "key_id", key_id(self.name, self.algorithm, self.public))

    @classmethod
    def parse(cls, untrusted_vkey: str, *, algorithm: int = ED25519) -> "NoteVerifier":
        """Read `name+hex(key id)+base64(type, key)`; another type than asked is NoteMalformed."""
        parts = untrusted_vkey.split("+", 2)
        if len(parts) != 3:  # noqa: PLR2004 - name, key id, key
            raise NoteMalformed("vkey")
        name, identity, blob = parts
        raw = strict_base64(blob)
        if raw[:1] != bytes([algorithm]):
            raise NoteMalformed("key type")
        key = cls(name, raw[1:], algorithm)
        if identity != key.key_id.hex():
            raise NoteMalformed("key id")
        return key

    @property
    def vkey(self) -> str:
        """The key as one line of text."""
        blob = base64.b64encode(bytes([self.algorithm]) + self.public).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{blob}"

    @property
    def identity(self) -> tuple[str, bytes]:
        """Name and key id: what a signature line is matched by."""
        return self.name, self.key_id

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the 64-byte Ed25519 signature (RFC 8032) over the message is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class NoteSigner:
    """An Ed25519 private key under a name; its text form never shows the key."""

    __slots__ = ("_private", "verifier")

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._private = private
        self.verifier = NoteVerifier(name, public)

    def __repr__(self) -> str:
        return f"NoteSigner({self.verifier.vkey})"

    @property
    def name(self) -> str:
        """The key's name."""
        return self.verifier.name

    @property
    def vkey(self) -> str:
        """The public half as one line of text."""
        return self.verifier.vkey

    def sign(self, text: bytes) -> bytes:
        """Return the bare 64-byte signature over the text."""
        return self._private.sign(text)

    def sign_line(self, text: bytes) -> SignatureLine:
        """Sign the text (which ends in a newline) and return the line for a note."""
        return SignatureLine(self.name, self.verifier.key_id, self._private.sign(text))


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note; nothing about it is verified yet. `text` ends in a newline."""

    text: bytes
    lines: tuple[SignatureLine, ...]

    def encode(self) -> bytes:
        """Return the note's bytes."""
        return self.text + b"\n" + b"".join(line.encode() for line in self.lines)


def parse_signature_line(untrusted: str) -> SignatureLine:
    """Parse one line without its newline: em dash, space, name, space, base64."""
    if not untrusted.startswith(_LINE_START):
        raise NoteMalformed("signature line")
    name, separator, blob = untrusted[len(_LINE_START) :].partition(" ")
    if not separator or not valid_key_name(name):
        raise NoteMalformed("signature line")
    raw = strict_base64(blob)
    if len(raw) <= KEY_ID_BYTES:
        raise NoteMalformed("signature line")
    return SignatureLine(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def parse_note(untrusted: bytes) -> Note:
    """Split a note at its last empty line; raises NoteMalformed on anything irregular."""
    if len(untrusted) > MAX_NOTE_BYTES:
        raise NoteMalformed("too long")
    try:
        decoded = untrusted.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteMalformed("not UTF-8") from error
    if _CONTROL.search(decoded):
        raise NoteMalformed("control character")
    # The last empty line, because the text may hold empty lines of its own.
    text, separator, tail = decoded.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteMalformed("no signatures")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteMalformed("too many signatures")
    return Note(f"{text}\n".encode(), tuple(parse_signature_line(line) for line in lines))
