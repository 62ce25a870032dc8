"""Writing an export of a live log: tiles, entries, the signed head, cosignatures, keys."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from crypto.errors import LogTampered
from crypto.log.audit.anchors import read_lines
from crypto.log.audit.entry_check import EntryCheck
from crypto.log.audit.reader import LogReader
from crypto.log.export.places import WriteFile
from crypto.log.export.tiles import BUNDLE, encode_bundle, tile_path
from crypto.log.export.vkeys import VKEYS, encode_vkeys
from crypto.log.file.faults import LogFault
from crypto.log.file.proven import parse_row
from crypto.log.file.view import TreeView
from crypto.log.format.checkpoint import SignedCheckpoint
from crypto.log.format.entry import LogEntry
from crypto.log.format.merkle import TILE_WIDTH, Frontier
from crypto.log.format.note import NoteVerifier, SignatureLine

__all__ = ["CHECKPOINT", "COSIGNED", "Exported", "write_export"]

CHECKPOINT = "checkpoint"
COSIGNED = "cosigned"
"""The newest head with cosignatures in the log, which the log has outgrown by the entry that holds
them; absent when there is none."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the newest head, and the size that a witness has cosigned (0: none)."""

    head: SignedCheckpoint
    cosigned: int


def write_export(
    reader: LogReader,
    write: WriteFile,
    *,
    trusted: Iterable[NoteVerifier],
    attachments: Mapping[str, bytes] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write the log as it is at this moment; one read transaction, memory of a few tiles.

    trusted      keys that may have cosigned the genesis entry
    attachments  further files by name, which the log's entries vouch for
    progress     told entries done and entries in all, once per bundle

    Every body is hashed, parsed and checked for who may sign it (not its signatures), and the root
    is rebuilt: LogTampered at the first bad entry, and what was written is to be thrown away. The
    checkpoint is written last: a directory that has one is whole.
    """
    with reader.snapshot() as view:
        head = view.checkpoint(view.size)
        walk = _Walk(view, write, trusted, progress)
        for name, content in (attachments or {}).items():
            write(name, content)
        cosigned = walk.run()
        if cosigned is not None:
            write(COSIGNED, cosigned.text.encode())
        write(CHECKPOINT, head.text.encode())
        return Exported(head, 0 if cosigned is None else cosigned.size)


class _Walk:
    """One pass over the rows that cuts them into tiles and bundles."""

    def __init__(
        self,
        view: TreeView,
        write: WriteFile,
        trusted: Iterable[NoteVerifier],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._view = view
        self._write = write
        self._progress = progress
        self._check = EntryCheck(view.chain[0].verifier, trusted, verify=None)
        self._bodies: list[bytes] = []
        self._levels: list[list[bytes]] = []
        self._written: list[int] = []
        self._cosigned: tuple[int, tuple[SignatureLine, ...]] = (0, ())

    def run(self) -> SignedCheckpoint | None:
        """Write every tile and the keys; return the newest head with cosignatures."""
        frontier = Frontier()
        for row in self._view.rows():
            entry = parse_row(row) if row.seq == frontier.size else None
            if entry is None:
                raise LogTampered(LogFault.SEQUENCE, frontier.size)
            fault = LogFault.LEAF if entry.leaf != row.leaf else self._check.check(entry)
            if fault is not None:
                raise LogTampered(fault, row.seq)
            frontier, tiles = frontier.push(entry.leaf)
            self._gather(entry)
            self._add(0, entry.leaf)
            for tile in tiles:
                self._add(tile.level, tile.root)
        if (frontier.size, frontier.root()) != (self._view.size, self._view.root):
            raise LogTampered(LogFault.ROOT)
        self._write_partial()
        self._write(VKEYS, encode_vkeys(self._check.keys.records))
        return self._cosigned_head()

    def _gather(self, entry: LogEntry) -> None:
        self._bodies.append(entry.body)
        if len(self._bodies) == TILE_WIDTH:
            self._write(tile_path(BUNDLE, entry.seq // TILE_WIDTH), encode_bundle(self._bodies))
            self._bodies = []
            if self._progress is not None:
                self._progress(entry.seq + 1, self._view.size)
        size, lines = read_lines(entry)
        if lines and size >= self._cosigned[0]:
            before = self._cosigned[1] if size == self._cosigned[0] else ()
            known = {(line.name, line.key_id): line for line in (*before, *lines)}
            self._cosigned = size, tuple(known.values())

    def _add(self, level: int, node: bytes) -> None:
        if level == len(self._levels):
            self._levels.append([])
            self._written.append(0)
        row = self._levels[level]
        row.append(node)
        if len(row) == TILE_WIDTH:
            self._write(tile_path(level, self._written[level]), b"".join(row))
            self._written[level] += 1
            row.clear()

    def _write_partial(self) -> None:
        if self._bodies:
            path = tile_path(BUNDLE, self._written[0], len(self._bodies))
            self._write(path, encode_bundle(self._bodies))
        for level, row in enumerate(self._levels):
            if row:
                self._write(tile_path(level, self._written[level], len(row)), b"".join(row))

    def _cosigned_head(self) -> SignedCheckpoint | None:
        size, lines = self._cosigned
        return self._view.checkpoint(size).with_cosignatures(lines) if lines else None
