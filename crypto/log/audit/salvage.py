"""What can still be read of a damaged log: the entries before its first bad one, and who signed."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from crypto.errors import LogError, LogTampered
from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.file.proven import find_log_key, is_signed_by, parse_row, verify_head
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import Rows
from crypto.log.file.schema import connect_reader, storage_errors
from crypto.log.format.key_record import KeyRecord, Kind, SignerRole, read_named_key
from crypto.log.format.note import NoteVerifier

__all__ = ["Salvaged", "salvage"]

_BACK = 256
"""Rows that are searched, from the last good one back, for a head that the log has signed."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What is there of a log.

    head   of the good entries, as the log signed it; None where there is none
    keys   the log's keys as far as its rotations can be followed
    fault  what is wrong; None: its hashes and its last head are right
    """

    head: ReleasedMark | None
    keys: tuple[NoteVerifier, ...]
    fault: LogFault | None


def salvage(path: Path, log_key: NoteVerifier) -> Salvaged:
    """Read what is there of a log; whatever lies at the path, nothing is raised."""
    report = audit(path, Expectations(log_key=log_key, trusted=()), Tier.INTEGRITY)
    fault = None if report.status is AuditStatus.PASSED else report.fault
    if not report.size:
        return Salvaged(None, (log_key,), fault)
    try:
        with closing(connect_reader(path, 5_000)) as db, storage_errors():
            rows = Rows(db)
            chain = _follow_rotations(rows, log_key)
            keys = tuple(record.verifier for record in chain)
            for seq in range(report.size - 1, max(-1, report.size - 1 - _BACK), -1):
                row = rows.row(seq)
                # Rows before the last good one were re-hashed; what stands beside them was not.
                true = seq + 1 < report.size or row.root == report.root
                if true and verify_head(row, find_log_key(chain, seq)):
                    mark = ReleasedMark(log_key.name, seq + 1, row.root, row.signature)
                    return Salvaged(mark, keys, fault)
            return Salvaged(None, keys, fault)
    except LogError:
        return Salvaged(None, (log_key,), fault or LogFault.UNREADABLE)


def _follow_rotations(rows: Rows, pinned: NoteVerifier) -> tuple[KeyRecord, ...]:
    """Follow the rotations as far as they hold, the last key found being in force to the end."""
    chain = [KeyRecord(pinned, SignerRole.LOG, 0)]
    for record in rows.log_key_records()[1:]:
        new = _read_rotation(rows, record.from_seq, chain[-1].verifier)
        if new is None:
            break
        chain[-1] = replace(chain[-1], to_seq=record.from_seq)
        chain.append(KeyRecord(new, SignerRole.LOG, record.from_seq))
    return tuple(chain)


def _read_rotation(rows: Rows, seq: int, old: NoteVerifier) -> NoteVerifier | None:
    """Return the key that entry `seq` hands over to; None when the old key did not sign that."""
    row = next(rows.scan(seq, seq + 1), None)
    if row is None or not verify_head(row, old):
        return None
    try:
        entry = parse_row(row)
    except LogTampered:
        return None
    handed = entry.kind == Kind.KEY_ROTATE and is_signed_by(entry, old)
    return read_named_key(entry.kind, entry.data) if handed else None
