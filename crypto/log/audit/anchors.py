"""Cosignatures in the log: which size a known witness has seen, and when."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from crypto.errors import NoteMalformed
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.cosignature import cosigned_at
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import Kind
from crypto.log.format.note import NoteVerifier, SignatureLine, parse_signature_line

__all__ = ["Anchor", "read_anchors", "read_lines"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A witness had seen the first `size` entries at `time_s` (seconds since 1970)."""

    size: int
    time_s: int
    witness: str


def read_lines(entry: LogEntry) -> tuple[int, tuple[SignatureLine, ...]]:
    """Return the size an `anchor.cosig` speaks of and its lines; (0, ()) when it says nothing.

    Lines that are none are left out: they are no evidence, and no fault of the log.
    """
    size, texts = entry.data.get("size"), entry.data.get("lines")
    if (
        entry.kind != Kind.ANCHOR_COSIG
        or not isinstance(size, int)
        or not 0 < size <= entry.seq
        or not isinstance(texts, list)
    ):
        return 0, ()
    lines = []
    for text in texts:
        try:
            lines.append(parse_signature_line(text if isinstance(text, str) else ""))
        except NoteMalformed:
            continue
    return size, tuple(lines)


def read_anchors(
    entry: LogEntry, root_at: Callable[[int], bytes], witnesses: Iterable[NoteVerifier]
) -> Iterator[Anchor]:
    """Yield the cosignatures of an `anchor.cosig` that known witnesses made of this log.

    root_at  returns the root of the tree of a size
    """
    size, lines = read_lines(entry)
    if not lines:
        return
    head = Checkpoint(entry.header.log, size, root_at(size))
    for line in lines:
        for witness in witnesses:
            time_s = cosigned_at(head, line, witness)
            if time_s is not None:
                yield Anchor(size, time_s, witness.name)
