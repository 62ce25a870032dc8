"""Receipts (c2sp.org/tlog-proof@v1): a proof that an entry is in the log, checked offline."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from crypto.errors import KeyRefused, NoteMalformed
from crypto.log.format.checkpoint import SignedCheckpoint, open_checkpoint, parse_size
from crypto.log.format.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from crypto.log.format.note import MAX_NOTE_BYTES, NoteVerifier, strict_base64

__all__ = ["InclusionProof", "make_receipt", "verify_receipt"]

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63
"""Hashes in the path of a tree of 2**63 entries, the most a note's size can state."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Entry `index` is in the tree of `size`: sibling hashes from the leaf up."""

    index: int
    size: int
    path: tuple[bytes, ...]


def make_receipt(
    index: int, path: Sequence[bytes], checkpoint: SignedCheckpoint, *, leaf: bytes = b""
) -> str:
    """Write the receipt's text; the checkpoint may carry cosignatures.

    leaf  the entry's hash, for a receipt that is read without the entry; it goes into the extra
          data, which nothing authenticates but the path
    """
    extra = f"extra {base64.b64encode(leaf).decode('ascii')}\n" if leaf else ""
    hashes = "".join(f"{base64.b64encode(item).decode('ascii')}\n" for item in path)
    return f"{_FIRST_LINE}\n{extra}index {index}\n{hashes}\n{checkpoint.text}"


def _parse(untrusted: str) -> tuple[int, tuple[bytes, ...], bytes]:
    if len(untrusted) > MAX_NOTE_BYTES:
        raise NoteMalformed("too long")
    head, separator, note = untrusted.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != _FIRST_LINE:
        raise NoteMalformed("not a tlog-proof")
    # Extra data is not authenticated (c2sp.org/tlog-proof); it is skipped, in its place only.
    lines = lines[2:] if lines[1:2] and lines[1].startswith("extra ") else lines[1:]
    if not lines or not lines[0].startswith("index ") or len(lines) - 1 > MAX_PATH:
        raise NoteMalformed("index")
    path = tuple(strict_base64(line) for line in lines[1:])
    if any(len(item) != HASH_BYTES for item in path):
        raise NoteMalformed("path")
    try:
        return parse_size(lines[0].removeprefix("index ")), path, note.encode()
    except UnicodeEncodeError as error:
        raise NoteMalformed("not UTF-8") from error


def verify_receipt(
    untrusted: str, untrusted_body: bytes, log_key: NoteVerifier
) -> tuple[int, SignedCheckpoint]:
    """Check that the entry's bytes are in the log; return its index and the signed head.

    Raises NoteMalformed when the receipt is no tlog-proof, KeyRefused when the head is not the
    log key's or the path does not lead from the entry to it.
    """
    index, path, note = _parse(untrusted)
    checkpoint = open_checkpoint(note, log_key)
    leaf = leaf_hash(untrusted_body)
    if not verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root):
        raise KeyRefused("the entry is not under this head")
    return index, checkpoint
