"""Full verification of a log file by someone who does not trust it.

What to expect comes from outside: a log replaced by another, shorter or unsigned one must not
pass. Never raises on a hostile file and never writes: the report is a value.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from crypto.errors import LogTampered, LogUnwritable
from crypto.log.audit.resume import ResumePoint, holds_tree
from crypto.log.audit.signatures import SignatureQueue
from crypto.log.audit.walk import AuditWalk, Expectations
from crypto.log.file.faults import AuditReport, AuditStatus, LogFault, Tier
from crypto.log.file.proven import find_log_key, follow_rotations
from crypto.log.file.rows import EntryRow, Rows, parse_entry_row
from crypto.log.file.schema import (
    connect_reader,
    has_our_schema,
    has_our_tables,
    storage_errors,
)
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.key_record import KeyRecord
from crypto.log.format.merkle import EMPTY_ROOT, TILE_WIDTH, Frontier, leaf_hash

__all__ = ["Expectations", "Progress", "audit"]

Progress = Callable[[int, int], None]
"""Told how many entries were read, and of how many."""


def audit(  # noqa: PLR0913 - what is verified, and beside it how
    path: Path,
    expected: Expectations,
    tier: Tier,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    resume: ResumePoint | None = None,
    workers: int = 0,
    busy_ms: int = 5_000,
) -> AuditReport:
    """Verify the file at the tier; the report names the first bad entry and a reason.

    progress   called with entries read and entries there are, at the start and now and then
    cancelled  asked now and then; True ends the audit
    resume     where an earlier audit came to, kept by whoever verifies; one of another tier or
               other keys is passed over
    workers    processes that verify signatures beside this one, from tier 3 on: worth it where
               there are thousands of entries
    busy_ms    how long to wait for a lock

    INDETERMINATE only when the disk, a lock or permissions keep the file from being read, or the
    audit was cancelled.
    """
    point = resume if resume is not None and resume.fits(expected, tier) else None
    order = _Order(expected, tier, point, workers, progress, cancelled)
    if not path.is_file():
        return _report_fault(tier, LogFault.MISSING)
    try:
        with closing(connect_reader(path, busy_ms)) as db, storage_errors():
            return _audit(db, order)
    except LogTampered as error:
        return replace(_report_fault(tier, LogFault(error.reason)), index=error.index)
    except LogUnwritable as error:
        fault = LogFault.BUSY if error.detail in _HELD else LogFault.UNREADABLE
        return AuditReport(AuditStatus.INDETERMINATE, tier, 0, EMPTY_ROOT, fault)


_HELD = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})


class _Cancelled(Exception):
    """The caller wants no verdict any more."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be verified, who is told how far it is, and who may end it."""

    expected: Expectations
    tier: Tier
    point: ResumePoint | None
    workers: int
    progress: Progress | None
    cancelled: Callable[[], bool] | None

    def look(self, done: int, total: int) -> None:
        """Tell how far it is; raise _Cancelled when it is to end."""
        if self.cancelled is not None and self.cancelled():
            raise _Cancelled
        if self.progress is not None:
            self.progress(done, total)


def _report_fault(tier: Tier, fault: LogFault) -> AuditReport:
    return AuditReport(AuditStatus.FAILED, tier, 0, EMPTY_ROOT, fault)


def _audit(db: Database, order: _Order) -> AuditReport:
    # One read transaction: the writer goes on, what is audited stays the same
    # (sqlite.org/isolation.html).
    db.execute("BEGIN")
    if not has_our_tables(db):
        return _report_fault(order.tier, LogFault.NOT_A_LOG)
    rows = Rows(db)
    with SignatureQueue(order.workers) as signatures:
        walk = AuditWalk(rows, order.expected, order.tier, signatures.add)
        if order.point is not None:
            size, root = order.point.size, order.point.root
            walk.expect(size, root, same=holds_tree(rows, size, root))
        report = _walk(rows, walk, order)
        # Whatever came to light by now, a bad signature before it comes first.
        bad = signatures.find_bad()
    if bad is not None:
        report = walk.report(AuditStatus.FAILED, LogFault.ENTRY_SIGNATURE, bad)
        return replace(report, size=bad, root=rows.row(bad - 1).root if bad else EMPTY_ROOT)
    # Last: where somebody removed the triggers before editing, the bad entry is named first.
    if report.status is AuditStatus.PASSED and not has_our_schema(db):
        return walk.report(AuditStatus.FAILED, LogFault.GUARDS_REMOVED)
    return report


def _walk(rows: Rows, walk: AuditWalk, order: _Order) -> AuditReport:
    log_key = order.expected.log_key
    try:
        head = _walk_entries(rows, walk, order)
        _check_head(rows, follow_rotations(rows, log_key), head, walk.root())
        if order.tier >= Tier.EVERY_HEAD:
            _check_every_head(rows, follow_rotations(rows, log_key))
        walk.finish()
    except LogTampered as error:
        return walk.report(AuditStatus.FAILED, LogFault(error.reason), error.index)
    except _Cancelled:
        return walk.report(AuditStatus.INDETERMINATE, LogFault.CANCELLED)
    return walk.report(AuditStatus.PASSED)


def _walk_entries(rows: Rows, walk: AuditWalk, order: _Order) -> EntryRow:
    found = rows.head()
    total = 0 if found is None else found[0] + 1
    # A tile at a time: at the deepest tier a few hundredths of a second between two looks.
    for chunk in rows.chunks(TILE_WIDTH):
        order.look(walk.size, total)
        if not walk.step_tile(chunk):
            for raw in chunk:
                walk.step(parse_entry_row(raw))
    head = rows.last()
    if head is None:
        raise LogTampered(LogFault.EMPTY)
    return head


def _check_head(
    rows: Rows, chain: tuple[KeyRecord, ...], head: EntryRow, rebuilt_root: bytes
) -> None:
    key = find_log_key(chain, head.seq)
    body = Checkpoint(key.name, head.seq + 1, rebuilt_root).body()
    if head.root != rebuilt_root or not key.verifies(body, head.signature):
        # The whole does not fit: name the first row that does not.
        _check_every_head(rows, chain)


def _check_every_head(rows: Rows, chain: tuple[KeyRecord, ...]) -> None:
    """Compare every row's root and verify every log signature ever issued."""
    frontier = Frontier()
    for row in rows.scan_all():
        frontier, _ = frontier.push(leaf_hash(row.body))
        key = find_log_key(chain, row.seq)
        if row.root != frontier.root():
            raise LogTampered(LogFault.ROOT, row.seq)
        body = Checkpoint(key.name, frontier.size, row.root).body()
        if not key.verifies(body, row.signature):
            raise LogTampered(LogFault.TREE_SIGNATURE, row.seq)
