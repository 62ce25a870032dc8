"""An audit's walk over every entry: each check lays its fault on the first bad entry."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NoReturn

from crypto.errors import LogTampered
from crypto.log.audit.anchors import read_anchors
from crypto.log.audit.completeness import Completeness
from crypto.log.audit.entry_check import EntryCheck
from crypto.log.audit.locate import find_log_keys, locate_fault, names_predecessor
from crypto.log.audit.rules import EntryRules
from crypto.log.file.faults import AuditFinding, AuditReport, AuditStatus, LogFault, Tier
from crypto.log.file.proven import parse_row
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import EntryRow, Rows, hash_rows
from crypto.log.format.entry import LogEntry, reread_entry
from crypto.log.format.key_record import Kind
from crypto.log.format.merkle import EMPTY_ROOT, TILE_WIDTH, Frontier, Tile, leaf_hash, range_hash
from crypto.log.format.note import NoteVerifier

__all__ = ["AuditWalk", "Expectations"]


@dataclass(frozen=True, slots=True)
class Expectations:
    """What the auditor knows from elsewhere.

    `log_key` is the log's first key (its name is the origin), `trusted` the keys that may have
    cosigned the genesis entry, `witnesses` those whose cosignatures anchor, `released` every
    head known to have left the workstation (those of other logs are passed over), `remembered`
    whether there has to be one of a log that has grown. `rules` makes the rules of whoever writes
    the entries, anew for each audit; without them Tier.RULES asks no more than the tier before.
    """

    log_key: NoteVerifier
    trusted: tuple[NoteVerifier, ...]
    minimum_size: int = 1
    released: tuple[ReleasedMark, ...] = ()
    witnesses: tuple[NoteVerifier, ...] = ()
    rules: Callable[[], EntryRules] | None = None
    remembered: bool = False

    def group_heads(self) -> dict[int, list[ReleasedMark]]:
        """Return the released heads of this log by their sizes."""
        found: dict[int, list[ReleasedMark]] = {}
        for mark in self.released:
            if mark.names(self.log_key.name):
                found.setdefault(mark.size, []).append(mark)
        return found


@dataclass(slots=True)
class _Completeness(Completeness):
    """With the newest anchor of a known witness."""

    anchored_size: int = 0
    anchored_at_s: int | None = None
    anchored_by: set[str] = field(default_factory=set)


class AuditWalk:
    """State of one pass (docs/formats/log.md, section 7).

    Feed every row to `step` in order, then call `finish`; both raise LogTampered at the first
    fault. The caller compares the signed head with `root`. `verify` takes the signatures, as
    `EntryCheck` says.
    """

    def __init__(
        self,
        rows: Rows,
        expected: Expectations,
        tier: Tier,
        verify: Callable[[int, NoteVerifier, bytes, bytes], bool],
    ) -> None:
        self._rows = rows
        self._expected = expected
        self._tier = tier
        self._frontier = Frontier()
        self._tiles = 0
        self._entries = EntryCheck(
            expected.log_key,
            expected.trusted,
            verify=verify if tier >= Tier.ATTRIBUTION else None,
        )
        self._completeness = _Completeness()
        self._rules = expected.rules() if tier >= Tier.RULES and expected.rules else None
        self._broken = ""
        self._known = (0, EMPTY_ROOT)
        self._followed = 0
        self._marks = expected.group_heads()
        self._good = 0
        self._since: int | None = None

    @property
    def size(self) -> int:
        """How many entries were read as good."""
        return self._frontier.size

    def expect(self, size: int, root: bytes, *, same: bool) -> None:
        """Expect the tree that was found good before; call before the first step.

        same  the file holds it: then the entries below need no strict parse, no rules of signers
              and no signatures any more, for they are the very bytes that passed them
        """
        self._known = (size, root)
        self._followed = size if same else 0

    def root(self) -> bytes:
        """Return the root rebuilt from the bodies so far."""
        return self._frontier.root()

    def step_tile(self, chunk: Sequence[Sequence[object]]) -> bool:
        """Check the raw rows of a whole tile at once; False when they have to be taken one by one.

        At the first tier nothing is asked of a row but its hash, so that a good tile is good
        without any object for a row, at a quarter of the cost. What does not fit is named by
        `step`: here nothing has changed then.
        """
        first = self._frontier.size
        last = first + TILE_WIDTH
        if (
            self._tier > Tier.INTEGRITY
            or first % TILE_WIDTH
            or len(chunk) != TILE_WIDTH
            or any(first < size <= last for size in (*self._marks, self._known[0]))
        ):
            return False
        leaves = hash_rows(chunk, first)
        if leaves is None:
            return False
        frontier, tiles = self._frontier.push_tile(range_hash(leaves))
        if not all(self._is_stored(tile) for tile in tiles):
            return False
        self._frontier = frontier
        self._tiles += len(tiles)
        return True

    def step(self, row: EntryRow) -> None:
        """Check one row at the tier of this audit."""
        seq = self._frontier.size
        if row.seq != seq:
            raise LogTampered(LogFault.SEQUENCE, seq)
        leaf = leaf_hash(row.body)
        if row.leaf != leaf:
            raise LogTampered(LogFault.LEAF, seq)
        frontier, tiles = self._frontier.push(leaf)
        if not all(self._is_stored(tile) for tile in tiles):
            self._raise_within(LogFault.TILE, seq - seq % TILE_WIDTH, seq)
        self._tiles += len(tiles)
        self._check_marks(seq, frontier)
        if seq + 1 == self._known[0] and frontier.root() != self._known[1]:
            self._raise_within(LogFault.FORKED, self._good, seq)
        if self._tier >= Tier.SEMANTIC:
            if row.root != frontier.root():
                raise LogTampered(LogFault.ROOT, seq)
            self._check_entry(row)
        self._frontier = frontier

    def _is_stored(self, tile: Tile) -> bool:
        """Whether the file holds a tile as it was rebuilt.

        Stored tiles are a cache that proofs are made of (c2sp.org/tlog-tiles), so a wrong one is
        a fault though the root does not depend on it.
        """
        return self._rows.nodes(tile.level, tile.index, 1) == [tile.root]

    def _check_marks(self, seq: int, frontier: Frontier) -> None:
        marks = self._marks.get(seq + 1)
        if marks is None:
            return
        root = frontier.root()
        other = [mark for mark in marks if mark.root != root]
        if other:
            self._require_signed(other)
            self._raise_within(LogFault.FORKED, self._good, seq)
        self._good = seq + 1

    def _raise_within(self, fault: LogFault, low: int, seq: int) -> NoReturn:
        """Raise for the first bad entry of low..seq; for the last one where none is singled out."""
        chain = find_log_keys(self._rows, self._expected.log_key)
        found = locate_fault(self._rows, chain, low, seq + 1)
        self._since = low if found is None else found
        raise LogTampered(fault, seq if found is None else found)

    def _require_signed(self, marks: Iterable[ReleasedMark]) -> None:
        """Refuse a head that no key of this log signed: it proves nothing against anybody."""
        log_key = self._expected.log_key
        chain = find_log_keys(self._rows, log_key)
        keys = [record.verifier for record in chain]
        if not all(mark.is_signed(log_key.name, keys) for mark in marks):
            raise LogTampered(LogFault.RELEASED_SIGNATURE)

    def _check_entry(self, row: EntryRow) -> None:
        """Check what the entry says (tier 2) and who signed it (tier 3)."""
        if row.seq < self._followed:
            entry = reread_entry(row.body)
            self._entries.follow(entry)
            self._take(entry)
            return
        entry = parse_row(row)
        fault = self._entries.check(entry)
        if fault is LogFault.PREV and self._is_confirmed(row):
            raise LogTampered(LogFault.REPLACED, row.seq - 1)
        if fault is not None:
            raise LogTampered(fault, row.seq)
        self._take(entry)

    def _take(self, entry: LogEntry) -> None:
        """Gather what a good entry says, and hold it against the rules of whoever wrote it."""
        self._gather(entry)
        if self._rules is not None:
            self._require(self._rules.check(entry))

    def _is_confirmed(self, row: EntryRow) -> bool:
        """Whether the entry after this one names it: then what this one names was replaced."""
        following = next(self._rows.scan(row.seq + 1, row.seq + 2), None)
        return following is not None and names_predecessor(following, row.leaf)

    def _require(self, breach: AuditFinding | None) -> None:
        """Raise LogTampered(rule) for a breach of the rules."""
        if breach is not None:
            self._broken = breach.code
            raise LogTampered(LogFault.RULE, breach.index)

    def _gather(self, entry: LogEntry) -> None:
        self._completeness.count(entry)
        if entry.kind == Kind.ANCHOR_COSIG and self._tier >= Tier.ATTRIBUTION:
            self._anchor(entry)

    def _anchor(self, entry: LogEntry) -> None:
        """Count the cosignatures that hold; others are no evidence and no fault of the log."""
        found = self._completeness
        for anchor in read_anchors(
            entry, lambda size: self._rows.row(size - 1).root, self._expected.witnesses
        ):
            if anchor.size >= found.anchored_size:
                found.anchored_size, found.anchored_at_s = anchor.size, anchor.time_s
                found.anchored_by.add(anchor.witness)

    def finish(self) -> None:
        """Check what only the whole shows: length, tiles, key records."""
        size = self._frontier.size
        lost = [mark for at, marks in self._marks.items() if at > size for mark in marks]
        if lost:
            self._require_signed(lost)
        if lost or size < self._known[0]:
            raise LogTampered(LogFault.ROLLED_BACK, size)
        self._require_signed(mark for marks in self._marks.values() for mark in marks)
        if self._expected.remembered and size > 1 and not self._marks:
            raise LogTampered(LogFault.RELEASED_MISSING)
        if size < self._expected.minimum_size:
            raise LogTampered(LogFault.TOO_SHORT, size)
        if self._rows.tile_count() != self._tiles:
            raise LogTampered(LogFault.TILE)
        if self._tier >= Tier.SEMANTIC:
            fields = attrgetter("verifier", "role", "from_seq", "to_seq")
            stored = [fields(record) for record in self._rows.key_records()]
            if sorted(map(repr, stored)) != sorted(
                repr(fields(record)) for record in self._entries.keys.records
            ):
                raise LogTampered(LogFault.KEY_RECORD)
        if self._rules is not None:
            self._require(self._rules.finish())

    def report(
        self, status: AuditStatus, fault: LogFault | None = None, index: int | None = None
    ) -> AuditReport:
        """Return the report with everything seen up to the fault."""
        found = self._completeness
        return AuditReport(
            status=status,
            tier=self._tier,
            size=self._frontier.size,
            root=self._frontier.root(),
            fault=fault,
            index=index,
            since=index if self._since is None else self._since,
            anchored_size=found.anchored_size,
            anchored_at_s=found.anchored_at_s,
            anchored_by=tuple(sorted(found.anchored_by)),
            open_sessions=tuple(r.verifier.vkey for r in self._entries.keys.open_sessions),
            clock_steps=tuple(found.steps),
            boots=tuple(found.boots),
            heartbeats=found.heartbeats,
            erasures=tuple(found.erasures),
            closed=self._entries.keys.closed,
            rule=self._broken if fault is LogFault.RULE else "",
            ruled=self._rules is not None,
            findings=() if self._rules is None else self._rules.findings,
            resumed=min(self._followed, self._frontier.size),
            heads=tuple(sorted(size for size in self._marks if size <= self._good)),
        )
