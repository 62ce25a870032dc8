"""The witness's judgement of one request (c2sp.org/tlog-witness), without a network."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from crypto.errors import EntryMalformed, KeyRefused, NoteMalformed
from crypto.log.file.proven import is_signed_by
from crypto.log.format.checkpoint import Checkpoint, open_checkpoint
from crypto.log.format.cosignature import Witness
from crypto.log.format.entry import parse_entry
from crypto.log.format.key_record import Kind, read_named_key
from crypto.log.format.merkle import verify_consistency
from crypto.log.format.note import NoteVerifier, parse_note
from crypto.log.format.proof import verify_receipt
from workstation.witness.requests import (
    ADD_CHECKPOINT,
    ADD_ROTATION,
    AddCheckpoint,
    AddRotation,
)
from workstation.witness.state import KnownLog, WitnessState

__all__ = ["SIZE_TYPE", "WitnessAnswer", "WitnessService", "WitnessStatus"]

SIZE_TYPE: Final = "text/x.tlog.size"
_TEXT: Final = "text/plain; charset=utf-8"


class WitnessStatus(IntEnum):
    """The status codes of c2sp.org/tlog-witness; those below are verdicts."""

    OK = 200
    BAD_REQUEST = 400
    FORBIDDEN = 403
    """No known key of this log has signed."""
    NOT_FOUND = 404
    """No log that this witness knows."""
    CONFLICT = 409
    """Not the head that was cosigned last, whose size is the body."""
    UNPROCESSABLE = 422
    """The head that was cosigned last is not the beginning of this one: a fork."""


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """Status, media type and body of an answer."""

    status: int
    content_type: str = _TEXT
    body: bytes = b""


class WitnessService:
    """Cosigns heads of known logs that follow from those before; may be asked from any thread.

    key      signs cosignatures and nothing else
    wall_s   seconds since 1970, which a cosignature states
    """

    def __init__(
        self,
        state: WitnessState,
        key: Witness,
        *,
        wall_s: Callable[[], int] = lambda: int(time.time()),
    ) -> None:
        self._state = state
        self._key = key
        self._wall_s = wall_s

    def answer(self, path: str, untrusted_body: bytes) -> WitnessAnswer:
        """Answer a request to a path; WitnessUnusable when the state cannot be read or kept."""
        try:
            match path:
                case _ if path == ADD_CHECKPOINT:
                    return self._add_checkpoint(AddCheckpoint.parse(untrusted_body))
                case _ if path == ADD_ROTATION:
                    return self._add_rotation(AddRotation.parse(untrusted_body))
                case _:
                    return WitnessAnswer(WitnessStatus.NOT_FOUND)
        except (NoteMalformed, EntryMalformed):
            return WitnessAnswer(WitnessStatus.BAD_REQUEST)

    def _add_checkpoint(self, request: AddCheckpoint) -> WitnessAnswer:
        head = Checkpoint.parse(parse_note(request.note).text)
        known = self._state.find(head.origin)
        # (1) a log that is known, and its signature
        if known is None:
            return WitnessAnswer(WitnessStatus.NOT_FOUND)
        if not _opens(request.note, known.key):
            return self._refuse_key(request.note, known)
        # (2) the sizes: no head is older than one that was cosigned
        if request.old > head.size or head.size == 0:
            return WitnessAnswer(WitnessStatus.BAD_REQUEST)
        if request.old != known.size:
            if head.size < known.size:
                self._keep(head.origin, WitnessStatus.CONFLICT, request.note)
            return _conflict(known)
        # (3) the tree: what was cosigned is its beginning
        if head.size == known.size and head.root != known.root:
            self._keep(head.origin, WitnessStatus.UNPROCESSABLE, request.note)
            return _conflict(known)
        if not verify_consistency(known.size, head.size, request.proof, known.root, head.root):
            self._keep(head.origin, WitnessStatus.UNPROCESSABLE, request.note)
            return WitnessAnswer(WitnessStatus.UNPROCESSABLE)
        # (4) on the disk before the cosignature is made, unless another request was faster
        if not self._state.replace(known, KnownLog(known.key, head.size, head.root, request.note)):
            return _conflict(self._state.find(head.origin) or known)
        return WitnessAnswer(
            WitnessStatus.OK, body=self._key.cosign(head, time_s=self._wall_s()).encode()
        )

    def _add_rotation(self, request: AddRotation) -> WitnessAnswer:
        entry = parse_entry(request.entry)
        known = self._state.find(entry.header.log)
        if known is None:
            return WitnessAnswer(WitnessStatus.NOT_FOUND)
        new = read_named_key(entry.kind, entry.data) if entry.kind == Kind.KEY_ROTATE else None
        if new is None or new.name != known.key.name:
            return WitnessAnswer(WitnessStatus.BAD_REQUEST)
        if new == known.key:
            return WitnessAnswer(WitnessStatus.OK)
        try:
            index, head = verify_receipt(request.receipt, entry.body, known.key)
        except KeyRefused:
            return WitnessAnswer(WitnessStatus.FORBIDDEN)
        # The entry is the last of the head that was cosigned: what follows is the new key's.
        if (head.size, head.root, index) != (known.size, known.root, known.size - 1):
            return _conflict(known)
        if not (is_signed_by(entry, known.key) and is_signed_by(entry, new)):
            return WitnessAnswer(WitnessStatus.FORBIDDEN)
        if not self._state.replace(known, replace(known, key=new)):
            return _conflict(self._state.find(new.name) or known)
        return WitnessAnswer(WitnessStatus.OK)

    def _refuse_key(self, note: bytes, known: KnownLog) -> WitnessAnswer:
        """Refuse a head that the key in force has not signed.

        One of a key that the log has rotated away is no stranger's: the log was put back to a time
        before, and hears how far it had come.
        """
        origin = known.key.name
        if any(_opens(note, key) for key in self._state.retired_keys(origin)):
            self._keep(origin, WitnessStatus.CONFLICT, note)
            return _conflict(known)
        return WitnessAnswer(WitnessStatus.FORBIDDEN)

    def _keep(self, origin: str, status: WitnessStatus, note: bytes) -> None:
        self._state.keep_evidence(origin, self._wall_s(), status, note)


def _opens(note: bytes, key: NoteVerifier) -> bool:
    try:
        open_checkpoint(note, key)
    except KeyRefused:
        return False
    return True


def _conflict(known: KnownLog) -> WitnessAnswer:
    return WitnessAnswer(WitnessStatus.CONFLICT, SIZE_TYPE, f"{known.size}\n".encode())
