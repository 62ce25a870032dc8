"""An audit's walk over every entry: each check lays its fault on the first bad entry."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter

from crypto.errors import LogTampered
from crypto.log.audit.anchors import read_anchors
from crypto.log.audit.entry_check import EntryCheck
from crypto.log.audit.rules import EntryRules
from crypto.log.file.faults import AuditFinding, AuditReport, AuditStatus, LogFault, Tier
from crypto.log.file.load import parse_row
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import EntryRow, Rows
from crypto.log.file.signers import Kind
from crypto.log.format.entry import LogEntry
from crypto.log.format.merkle import Frontier, leaf_hash
from crypto.log.format.note import NoteVerifier

__all__ = ["AuditWalk", "Expectations"]


@dataclass(frozen=True, slots=True)
class Expectations:
    """What the auditor knows from elsewhere.

    `log_key` is the log's first key (its name is the origin), `trusted` the keys that may have
    cosigned the genesis entry, `witnesses` those whose cosignatures anchor, `released` every
    head known to have left the workstation. `rules` makes the rules of whoever writes the entries,
    anew for each audit; without them Tier.RULES asks no more than the tier before.
    """

    log_key: NoteVerifier
    trusted: tuple[NoteVerifier, ...]
    minimum_size: int = 1
    released: tuple[ReleasedMark, ...] = ()
    witnesses: tuple[NoteVerifier, ...] = ()
    rules: Callable[[], EntryRules] | None = None


@dataclass(slots=True)
class _Completeness:
    """What an audit reports beside integrity, gathered on the way."""

    anchored_size: int = 0
    anchored_at_s: int | None = None
    anchored_by: set[str] = field(default_factory=set)
    steps: list[int] = field(default_factory=list)
    boots: list[int] = field(default_factory=list)
    erasures: list[int] = field(default_factory=list)
    heartbeats: int = 0


class AuditWalk:
    """State of one pass (docs/formats/log.md, section 7).

    Feed every row to `step` in order, then call `finish`; both raise LogTampered at the first
    fault. The caller compares the signed head with `root`.
    """

    def __init__(self, rows: Rows, expected: Expectations, tier: Tier) -> None:
        self._rows = rows
        self._expected = expected
        self._tier = tier
        self._frontier = Frontier()
        self._tiles = 0
        self._entries = EntryCheck(
            expected.log_key, expected.trusted, signatures=tier >= Tier.ATTRIBUTION
        )
        self._completeness = _Completeness()
        self._rules = expected.rules() if tier >= Tier.RULES and expected.rules else None
        self._broken = ""
        self._marks: dict[int, list[ReleasedMark]] = {}
        for mark in expected.released:
            self._marks.setdefault(mark.size, []).append(mark)

    def root(self) -> bytes:
        """Return the root rebuilt from the bodies so far."""
        return self._frontier.root()

    def step(self, row: EntryRow) -> None:
        """Check one row at the tier of this audit."""
        seq = self._frontier.size
        if row.seq != seq:
            raise LogTampered(LogFault.SEQUENCE, seq)
        leaf = leaf_hash(row.body)
        if row.leaf != leaf:
            raise LogTampered(LogFault.LEAF, seq)
        frontier, tiles = self._frontier.push(leaf)
        # Stored tiles are a cache that proofs are made of (c2sp.org/tlog-tiles), so a wrong one
        # is a fault though the root does not depend on it.
        for tile in tiles:
            if self._rows.nodes(tile.level, tile.index, 1) != [tile.root]:
                raise LogTampered(LogFault.TILE, seq)
        self._tiles += len(tiles)
        if any(mark.root != frontier.root() for mark in self._marks.get(seq + 1, ())):
            raise LogTampered(LogFault.FORKED, seq)
        if self._tier >= Tier.SEMANTIC:
            if row.root != frontier.root():
                raise LogTampered(LogFault.ROOT, seq)
            self._check_entry(row)
        self._frontier = frontier

    def _check_entry(self, row: EntryRow) -> None:
        """Check what the entry says (tier 2) and who signed it (tier 3)."""
        entry = parse_row(row)
        fault = self._entries.check(entry)
        if fault is not None:
            raise LogTampered(fault, row.seq)
        self._gather(entry)
        if self._rules is not None:
            self._require(self._rules.check(entry))

    def _require(self, breach: AuditFinding | None) -> None:
        """Raise LogTampered(rule) for a breach of the rules."""
        if breach is not None:
            self._broken = breach.code
            raise LogTampered(LogFault.RULE, breach.index)

    def _gather(self, entry: LogEntry) -> None:
        match entry.kind:
            case Kind.CLOCK_STEP:
                self._completeness.steps.append(entry.seq)
            case Kind.BOOT:
                self._completeness.boots.append(entry.seq)
            case Kind.PAYLOAD_ERASE:
                self._completeness.erasures.append(entry.seq)
            case Kind.HEARTBEAT:
                self._completeness.heartbeats += 1
            case Kind.ANCHOR_COSIG if self._tier >= Tier.ATTRIBUTION:
                self._anchor(entry)
            case _:
                pass

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
        if any(mark > size for mark in self._marks):
            raise LogTampered(LogFault.ROLLED_BACK, size)
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
        )
