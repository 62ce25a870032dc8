"""What a log asks of a witness: a new head (c2sp.org/tlog-witness), and a new key of the log.

`add-rotation` is ours: the specification leaves open how a witness learns another key of a log.
"""

import base64
from dataclasses import dataclass
from typing import Final

from crypto.errors import NoteMalformed
from crypto.log.file.view import TreeView
from crypto.log.format.checkpoint import parse_size
from crypto.log.format.merkle import HASH_BYTES
from crypto.log.format.note import strict_base64
from crypto.log.format.proof import make_receipt

__all__ = [
    "ADD_CHECKPOINT",
    "ADD_ROTATION",
    "MAX_REQUEST_BYTES",
    "AddCheckpoint",
    "AddRotation",
    "WitnessRequest",
    "join_steps",
    "plan_steps",
    "split_steps",
]

ADD_CHECKPOINT: Final = "/add-checkpoint"
ADD_ROTATION: Final = "/add-rotation"

MAX_REQUEST_BYTES: Final = 64 * 1024
"""An entry of 8 KiB, a path of 63 hashes and a note of a few lines fit in a quarter of it."""

_MAX_PROOF: Final = 63
_MAX_STEPS: Final = 200
"""In one file or one round: a witness that is further behind catches up in the next."""

_BETWEEN: Final = b"====\n"
"""No line of a request is this one, and no request is empty."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A head with the proof that the one of size `old` is its beginning; `note` is unverified."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """Return the body of the request."""
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.proof)]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.note

    @classmethod
    def parse(cls, untrusted: bytes) -> "AddCheckpoint":
        """Read the body of a request; NoteMalformed."""
        head, separator, note = untrusted.partition(b"\n\n")
        try:
            first, *proof = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise NoteMalformed("not ASCII") from error
        if not separator or not first.startswith("old ") or len(proof) > _MAX_PROOF:
            raise NoteMalformed("add-checkpoint")
        path = tuple(strict_base64(line) for line in proof)
        if any(len(each) != HASH_BYTES for each in path):
            raise NoteMalformed("proof")
        return cls(parse_size(first.removeprefix("old ")), path, note)


@dataclass(frozen=True, slots=True)
class AddRotation:
    """A `key.rotate` entry and the receipt that it is the last under the head of its size."""

    entry: bytes
    receipt: str

    def encode(self) -> bytes:
        """Return the body of the request."""
        return b"entry " + base64.b64encode(self.entry) + b"\n" + self.receipt.encode()

    @classmethod
    def parse(cls, untrusted: bytes) -> "AddRotation":
        """Read the body of a request; NoteMalformed."""
        first, _, receipt = untrusted.partition(b"\n")
        try:
            encoded, text = first.decode("ascii"), receipt.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NoteMalformed("not UTF-8") from error
        if not encoded.startswith("entry "):
            raise NoteMalformed("add-rotation")
        return cls(strict_base64(encoded.removeprefix("entry ")), text)


@dataclass(frozen=True, slots=True)
class WitnessRequest:
    """One request: where it goes, its body, and the size of the tree that the witness has then."""

    path: str
    body: bytes
    size: int


def plan_steps(view: TreeView, old: int) -> tuple[WitnessRequest, ...]:
    """Return the requests that lead a witness from the head of size `old` to the newest.

    A head is signed by the key of its moment, and the entry that brings the next key is the last
    under the old key's last head: so the witness is led to that head, then shown the entry.
    At most 200; EntryMissing when the log is shorter than `old`.
    """
    steps: list[WitnessRequest] = []
    at = old
    for key in view.chain[1:]:
        rotated = key.from_seq + 1
        if rotated < at:
            continue
        if rotated > at:
            steps.append(_lead(view, at, rotated))
            at = rotated
        steps.append(_rotate(view, key.from_seq))
    # The head of a rotation is asked for on the way; afterwards its key signs no more.
    if at < view.size or not steps:
        steps.append(_lead(view, at, view.size))
    return tuple(steps[:_MAX_STEPS])


def _lead(view: TreeView, old: int, new: int) -> WitnessRequest:
    proof = view.consistency_proof(old, new) if old else ()
    note = view.checkpoint(new).text.encode()
    return WitnessRequest(ADD_CHECKPOINT, AddCheckpoint(old, proof, note).encode(), new)


def _rotate(view: TreeView, seq: int) -> WitnessRequest:
    proof = view.inclusion_proof(seq, seq + 1)
    receipt = make_receipt(seq, proof.path, view.checkpoint(seq + 1))
    return WitnessRequest(
        ADD_ROTATION, AddRotation(view.entry(seq).body, receipt).encode(), seq + 1
    )


def join_steps(steps: tuple[WitnessRequest, ...]) -> bytes:
    """Return a file for a witness without a network; of one request it is the request's body."""
    return _BETWEEN.join(step.body for step in steps)


def split_steps(untrusted: bytes) -> list[tuple[str, bytes]]:
    """Return path and body of every request of a file; NoteMalformed."""
    bodies = untrusted.split(_BETWEEN)
    if len(bodies) > _MAX_STEPS or any(len(body) > MAX_REQUEST_BYTES for body in bodies):
        raise NoteMalformed("too long")
    rotation = b"entry "
    return [(ADD_ROTATION if b.startswith(rotation) else ADD_CHECKPOINT, b) for b in bodies]
