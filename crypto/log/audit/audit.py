"""Full verification of a log file by someone who does not trust it.

Told from outside what to expect: a log replaced by another, shorter or unsigned one must not
pass. Never raises on a hostile file and never writes: the verdict is a value.
"""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from crypto.errors import LogTampered, LogUnwritable
from crypto.log.audit.walk import AuditWalk, Expectations
from crypto.log.file.faults import AuditReport, AuditStatus, Fault, Tier
from crypto.log.file.load import find_log_key, follow_rotations
from crypto.log.file.rows import EntryRow, Rows
from crypto.log.file.schema import (
    connect_reader,
    has_our_schema,
    has_our_tables,
    storage_errors,
)
from crypto.log.file.signers import KeyRecord
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.merkle import EMPTY_ROOT, Frontier, leaf_hash

__all__ = ["Expectations", "audit"]

_FIRST, _LAST = -(2**63), 2**63 - 1


def audit(path: Path, expected: Expectations, tier: Tier, *, busy_ms: int = 5_000) -> AuditReport:
    """Verify the file at the tier; the report names the first bad entry and a reason.

    `busy_ms` is how long to wait for a lock. INDETERMINATE only when the disk, a lock or
    permissions keep the file from being read.
    """
    if not path.is_file():
        return _failed(tier, Fault.MISSING)
    try:
        with closing(connect_reader(path, busy_ms)) as db, storage_errors():
            return _examine(db, expected, tier)
    except LogTampered as error:
        return replace(_failed(tier, Fault(error.reason)), index=error.index)
    except LogUnwritable:
        return AuditReport(AuditStatus.INDETERMINATE, tier, 0, EMPTY_ROOT, Fault.UNREADABLE)


def _failed(tier: Tier, fault: Fault) -> AuditReport:
    return AuditReport(AuditStatus.FAILED, tier, 0, EMPTY_ROOT, fault)


def _examine(db: Database, expected: Expectations, tier: Tier) -> AuditReport:
    # One read transaction: the writer may go on, what is judged stays the same.
    db.execute("BEGIN")
    if not has_our_tables(db):
        return _failed(tier, Fault.NOT_A_LOG)
    rows = Rows(db)
    walk = AuditWalk(rows, expected, tier)
    try:
        head = _walk_through(rows, walk)
        _check_head(rows, follow_rotations(rows, expected.log_key), head, walk)
        if tier >= Tier.EVERY_HEAD:
            _check_every_head(rows, follow_rotations(rows, expected.log_key))
        walk.finish()
    except LogTampered as error:
        return walk.report(AuditStatus.FAILED, Fault(error.reason), error.index)
    if not has_our_schema(db):
        return walk.report(AuditStatus.FAILED, Fault.GUARDS_REMOVED)
    return walk.report(AuditStatus.PASSED)


def _walk_through(rows: Rows, walk: AuditWalk) -> EntryRow:
    head: EntryRow | None = None
    for row in rows.scan(_FIRST, _LAST):
        walk.step(row)
        head = row
    if head is None:
        raise LogTampered(Fault.EMPTY)
    return head


def _check_head(rows: Rows, chain: tuple[KeyRecord, ...], head: EntryRow, walk: AuditWalk) -> None:
    key = find_log_key(chain, head.seq)
    root = walk.root()
    body = Checkpoint(key.name, head.seq + 1, root).body()
    if head.root != root or not key.verifies(body, head.signature):
        # The whole does not fit: name the first row that does not.
        _check_every_head(rows, chain)


def _check_every_head(rows: Rows, chain: tuple[KeyRecord, ...]) -> None:
    """Compare every row's root and verify every log signature ever issued."""
    frontier = Frontier()
    for row in rows.scan(_FIRST, _LAST):
        frontier, _ = frontier.push(leaf_hash(row.body))
        key = find_log_key(chain, row.seq)
        if row.root != frontier.root():
            raise LogTampered(Fault.ROOT, row.seq)
        body = Checkpoint(key.name, frontier.size, row.root).body()
        if not key.verifies(body, row.signature):
            raise LogTampered(Fault.TREE_SIGNATURE, row.seq)
