"""Signed tree heads (c2sp.org/tlog-checkpoint v1.0.0): origin, size and root as a signed note."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.errors import KeyRefused, NoteMalformed
from crypto.log.format.merkle import HASH_BYTES
from crypto.log.format.note import Note, NoteVerifier, SignatureLine, parse_note, strict_base64

__all__ = ["MAX_SIZE", "Checkpoint", "SignedCheckpoint", "open_checkpoint", "parse_size"]

MAX_SIZE = 2**48 - 1
"""The largest index a tile row can carry."""

_SIZE = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)


def parse_size(untrusted: str) -> int:
    """Read a decimal without leading zeroes, at most MAX_SIZE, else NoteMalformed."""
    if not _SIZE.fullmatch(untrusted) or int(untrusted) > MAX_SIZE:
        raise NoteMalformed("number")
    return int(untrusted)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: `root` is the RFC 6962 hash of the first `size` entries of `origin`."""

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """Return the three lines that are signed."""
        root = base64.b64encode(self.root).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root}\n".encode()

    @classmethod
    def parse(cls, untrusted_body: bytes) -> "Checkpoint":
        """Parse exactly three lines; extension lines are refused, we never write them."""
        try:
            lines = untrusted_body.decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise NoteMalformed("not UTF-8") from error
        if len(lines) != 4 or lines[3] or not lines[0]:  # noqa: PLR2004 - three lines, newline
            raise NoteMalformed("checkpoint")
        root = strict_base64(lines[2])
        if len(root) != HASH_BYTES:
            raise NoteMalformed("root")
        return cls(lines[0], parse_size(lines[1]), root)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A tree head with the log's signature line first and cosignatures after it."""

    checkpoint: Checkpoint
    lines: tuple[SignatureLine, ...]

    @property
    def size(self) -> int:
        """How many entries the head covers."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """The tree's root hash."""
        return self.checkpoint.root

    @property
    def text(self) -> str:
        """The note as text, ready for a file or a QR code."""
        return Note(self.checkpoint.body(), self.lines).encode().decode()

    def with_cosignatures(self, lines: Sequence[SignatureLine]) -> "SignedCheckpoint":
        """Return the same head with more signature lines appended."""
        return SignedCheckpoint(self.checkpoint, (*self.lines, *lines))


def open_checkpoint(untrusted: bytes, log_key: NoteVerifier) -> SignedCheckpoint:
    """Parse a signed head and verify the log's own signature (c2sp.org/tlog-checkpoint).

    Raises NoteMalformed when it is no checkpoint, KeyRefused when the log's key did not sign it
    or the origin is not the key's name. Other lines are kept, unverified.
    """
    note = parse_note(untrusted)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != log_key.name:
        raise KeyRefused("another origin")
    own = [line for line in note.lines if (line.name, line.key_id) == log_key.identity]
    if not own or not all(log_key.verifies(note.text, line.signature) for line in own):
        raise KeyRefused("not signed by the log")
    return SignedCheckpoint(checkpoint, note.lines)
