"""Verification of an export by someone who does not trust it and has no database.

The same expectations and the same report as `crypto.log.audit.audit`: a fault is laid on the first
bad entry where one can be named.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from crypto.errors import EntryMalformed, KeyRefused, LogTampered, NoteMalformed
from crypto.log.audit.anchors import Anchor, read_anchors
from crypto.log.audit.completeness import Completeness
from crypto.log.audit.entry_check import EntryCheck
from crypto.log.audit.signatures import verify_signature
from crypto.log.audit.walk import Expectations
from crypto.log.export.places import ExportSource, open_export
from crypto.log.export.tiles import (
    BUNDLE,
    MAX_TILE_BYTES,
    Tiles,
    list_paths,
    parse_bundle,
    tile_path,
)
from crypto.log.export.vkeys import MAX_VKEYS_BYTES, VKEYS, encode_vkeys
from crypto.log.export.write import CHECKPOINT, COSIGNED
from crypto.log.file.faults import AuditFinding, AuditReport, AuditStatus, LogFault, Tier
from crypto.log.file.released import ReleasedMark
from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from crypto.log.format.cosignature import cosigned_at
from crypto.log.format.entry import LogEntry, parse_entry
from crypto.log.format.key_record import Kind, SignerRole
from crypto.log.format.merkle import EMPTY_ROOT, TILE_WIDTH, Frontier, range_root
from crypto.log.format.note import MAX_NOTE_BYTES, NoteVerifier, parse_note

__all__ = ["verify_export"]

_ATTACHMENTS = "charter/"
"""What an export may hold beside the tiled log: what the log's entries lead to by digest."""

_DIGEST = re.compile(rb"[0-9a-f]{64}")


def verify_export(
    path: Path, expected: Expectations, *, progress: Callable[[int, int], None] | None = None
) -> AuditReport:
    """Verify an export: every entry with its signatures, every tile, the heads and the keys.

    progress  told entries done and entries in all, once per bundle

    Never raises on a hostile export. INDETERMINATE only when the disk does not let it be read.
    """
    if not path.exists():
        return AuditReport(AuditStatus.FAILED, Tier.RULES, 0, EMPTY_ROOT, fault=LogFault.MISSING)
    try:
        with open_export(path) as source:
            return _Verification(source, expected, progress).run()
    except LogTampered as error:
        fault = LogFault(error.reason)
        return AuditReport(AuditStatus.FAILED, Tier.RULES, 0, EMPTY_ROOT, fault)
    except OSError:
        unread = LogFault.UNREADABLE
        return AuditReport(AuditStatus.INDETERMINATE, Tier.RULES, 0, EMPTY_ROOT, unread)


@dataclass(slots=True)
class _Found(Completeness):
    """What is reported beside the verdict."""

    frontier: Frontier = field(default_factory=Frontier)
    anchors: list[Anchor] = field(default_factory=list)
    charters: set[str] = field(default_factory=set)


class _Verification:
    def __init__(
        self,
        source: ExportSource,
        expected: Expectations,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._source = source
        self._expected = expected
        self._progress = progress
        self._check = EntryCheck(expected.log_key, expected.trusted, verify=verify_signature)
        self._found = _Found()
        self._rules = expected.rules() if expected.rules else None
        self._broken = ""
        self._marks = expected.group_heads()

    def run(self) -> AuditReport:
        """Verify in the order of docs/formats/log.md, section 11."""
        try:
            # (1) what the head states, its signature still unverified
            head = self._read_head(CHECKPOINT)
            tiles = Tiles(self._read, head.size)
            # (2) every entry, against the rules, its signatures and its leaf
            self._walk_entries(head.size, tiles)
            # (3) the root and the signature of the log's key of that moment
            self._check_head(head)
            # (4) the tiles above the leaves, and that there is no other file
            self._check_tiles(head.size, tiles)
            self._check_names(head.size)
            # (5) the keys, the cosigned head, and what was known from elsewhere
            self._check_keys()
            self._check_cosigned(tiles)
            self._check_expected(head.size)
        except LogTampered as error:
            return self._report(AuditStatus.FAILED, LogFault(error.reason), error.index)
        return self._report(AuditStatus.PASSED)

    def _read(self, name: str, limit: int = MAX_TILE_BYTES) -> bytes:
        content = self._source.read(name, limit)
        if content is None:
            raise LogTampered(LogFault.MISSING)
        return content

    def _read_head(self, name: str) -> Checkpoint:
        try:
            head = Checkpoint.parse(parse_note(self._read(name, MAX_NOTE_BYTES)).text)
        except NoteMalformed:
            raise LogTampered(LogFault.NOT_A_LOG) from None
        if head.origin != self._expected.log_key.name:
            raise LogTampered(LogFault.ORIGIN)
        return head

    def _walk_entries(self, size: int, tiles: Tiles) -> None:
        for index in range((size + TILE_WIDTH - 1) // TILE_WIDTH):
            first = index * TILE_WIDTH
            width = min(TILE_WIDTH, size - first)
            leaves = tiles.tile(0, index)
            content = self._source.read(tile_path(BUNDLE, index, width), MAX_TILE_BYTES)
            try:
                bodies = parse_bundle(content or b"", width)
            except ValueError:
                raise LogTampered(LogFault.ROW, first) from None
            for body, leaf in zip(bodies, leaves, strict=True):
                self._take(body, leaf, tiles)
            if self._progress is not None:
                self._progress(first + width, size)

    def _take(self, body: bytes, leaf: bytes, tiles: Tiles) -> None:
        seq = self._found.frontier.size
        try:
            entry = parse_entry(body)
        except EntryMalformed:
            raise LogTampered(LogFault.ENTRY_MALFORMED, seq) from None
        if entry.leaf != leaf:
            raise LogTampered(LogFault.LEAF, seq)
        fault = LogFault.SEQUENCE if entry.seq != seq else self._check.check(entry)
        if fault is not None:
            raise LogTampered(fault, seq)
        self._found.frontier, _ = self._found.frontier.push(leaf)
        root = self._found.frontier.root()
        other = [mark for mark in self._marks.get(seq + 1, ()) if mark.root != root]
        if other:
            self._require_signed(other)
            raise LogTampered(LogFault.FORKED, seq)
        self._gather(entry, tiles)
        if self._rules is not None:
            self._require(self._rules.check(entry))

    def _require(self, breach: AuditFinding | None) -> None:
        """Raise LogTampered(rule) for a breach of the rules."""
        if breach is not None:
            self._broken = breach.code
            raise LogTampered(LogFault.RULE, breach.index)

    def _require_signed(self, marks: Iterable[ReleasedMark]) -> None:
        """Refuse a head that no key of this log signed: it proves nothing against anybody."""
        records = self._check.keys.records
        keys = [key.verifier for key in records if key.role is SignerRole.LOG]
        if not all(mark.is_signed(self._expected.log_key.name, keys) for mark in marks):
            raise LogTampered(LogFault.RELEASED_SIGNATURE)

    def _gather(self, entry: LogEntry, tiles: Tiles) -> None:
        found = self._found
        found.count(entry)
        match entry.kind:
            case Kind.GENESIS:
                found.charters.add(str(entry.data.get("charter")))
            case Kind.CHARTER_CHANGE:
                found.charters.add(str(entry.data.get("sha256")))
            case Kind.ANCHOR_COSIG:
                anchors = read_anchors(
                    entry, lambda size: range_root(tiles, 0, size), self._expected.witnesses
                )
                found.anchors.extend(anchors)
            case _:
                pass

    def _key_at(self, size: int) -> NoteVerifier:
        """Return the log key that signed the head of a size: a rotation's head is the old key's."""
        return next(
            key.verifier
            for key in self._check.keys.records
            if key.role is SignerRole.LOG and (key.to_seq is None or size - 1 <= key.to_seq)
        )

    def _check_head(self, head: Checkpoint) -> None:
        if head.size == 0 or head.root != self._found.frontier.root():
            raise LogTampered(LogFault.ROOT)
        self._open(CHECKPOINT, head.size)

    def _open(self, name: str, size: int) -> SignedCheckpoint:
        try:
            return open_checkpoint(self._read(name, MAX_NOTE_BYTES), self._key_at(size))
        except KeyRefused:
            raise LogTampered(LogFault.TREE_SIGNATURE, size - 1) from None

    def _check_tiles(self, size: int, tiles: Tiles) -> None:
        """Compare every hash above the leaves with the root of the tile below it."""
        for level, index, width in list_paths(size):
            if level < 1:
                continue
            for offset, node in enumerate(tiles.tile(level, index)[:width]):
                below = index * TILE_WIDTH + offset
                frontier = Frontier()
                for leaf in tiles.tile(level - 1, below):
                    frontier, _ = frontier.push(leaf)
                if frontier.root() != node:
                    raise LogTampered(LogFault.TILE, below * TILE_WIDTH**level)

    def _check_names(self, size: int) -> None:
        ours = {tile_path(level, index, width) for level, index, width in list_paths(size)}
        ours |= {CHECKPOINT, COSIGNED, VKEYS}
        more = set(self._source.names()) - ours
        if not all(name.startswith(_ATTACHMENTS) for name in more):
            raise LogTampered(LogFault.NOT_A_LOG)
        self._check_attachments(more)

    def _check_attachments(self, names: Iterable[str]) -> None:
        """Refuse a file that neither an entry nor a file so stated names by its digest.

        A charter names the one before it, which may be that of an earlier generation.
        """
        left: dict[str, set[str]] = {}
        for name in names:
            content = self._read(name)
            named = {each.decode() for each in _DIGEST.findall(content)}
            left[hashlib.sha256(content).hexdigest()] = named
        stated = set(self._found.charters)
        while found := left.keys() & stated:
            for digest in found:
                stated |= left.pop(digest)
        if left:
            raise LogTampered(LogFault.NOT_A_LOG)

    def _check_keys(self) -> None:
        if self._read(VKEYS, MAX_VKEYS_BYTES) != encode_vkeys(self._check.keys.records):
            raise LogTampered(LogFault.KEY_RECORD)

    def _check_cosigned(self, tiles: Tiles) -> None:
        if self._source.read(COSIGNED, MAX_NOTE_BYTES) is None:
            return
        head = self._read_head(COSIGNED)
        if not 0 < head.size <= self._found.frontier.size:
            raise LogTampered(LogFault.ROLLED_BACK, self._found.frontier.size)
        if head.root != range_root(tiles, 0, head.size):
            raise LogTampered(LogFault.FORKED, head.size - 1)
        for line in self._open(COSIGNED, head.size).lines:
            for witness in self._expected.witnesses:
                time_s = cosigned_at(head, line, witness)
                if time_s is not None:
                    self._found.anchors.append(Anchor(head.size, time_s, witness.name))

    def _check_expected(self, size: int) -> None:
        lost = [mark for at, marks in self._marks.items() if at > size for mark in marks]
        if lost:
            self._require_signed(lost)
            raise LogTampered(LogFault.ROLLED_BACK, size)
        self._require_signed(mark for marks in self._marks.values() for mark in marks)
        if size < self._expected.minimum_size:
            raise LogTampered(LogFault.TOO_SHORT, size)
        if self._rules is not None:
            self._require(self._rules.finish())

    def _report(
        self, status: AuditStatus, fault: LogFault | None = None, index: int | None = None
    ) -> AuditReport:
        found, keys = self._found, self._check.keys
        newest = max(found.anchors, key=lambda each: (each.size, each.time_s), default=None)
        return AuditReport(
            status=status,
            tier=Tier.RULES,
            size=found.frontier.size,
            root=found.frontier.root(),
            fault=fault,
            index=index,
            anchored_size=0 if newest is None else newest.size,
            anchored_at_s=None if newest is None else newest.time_s,
            anchored_by=tuple(sorted({each.witness for each in found.anchors})),
            open_sessions=tuple(r.verifier.vkey for r in keys.open_sessions),
            clock_steps=tuple(found.steps),
            boots=tuple(found.boots),
            heartbeats=found.heartbeats,
            erasures=tuple(found.erasures),
            closed=keys.closed,
            rule=self._broken,
            ruled=self._rules is not None,
            findings=() if self._rules is None else self._rules.findings,
        )
