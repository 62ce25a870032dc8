"""Loading a log's state from its file and refusing a file that contradicts itself or the past.

What a start reads does not grow with the log: a path of hashes, the rows since the last start,
256 rows at the least, and the newest released heads.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crypto.errors import KeyRefused, LogRolledBack, LogTampered
from crypto.log.file.faults import LogFault
from crypto.log.file.key_check import KEY_KINDS, derive_keys, signature_start
from crypto.log.file.proven import (
    find_log_key,
    is_signed_by,
    parse_row,
    read_kind,
    verify_head,
)
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import EntryRow, Rows
from crypto.log.file.signers import SignerKeys
from crypto.log.format.checkpoint import MAX_SIZE
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import KeyRecord, Kind, SignerRole
from crypto.log.format.merkle import (
    TILE_WIDTH,
    Frontier,
    consistency_path,
    leaf_hash,
    verify_consistency,
)
from crypto.log.format.note import NoteVerifier

__all__ = ["LogState", "load_state"]

RECENT_BODIES = 256
"""Bodies re-hashed at start at the least; an audit takes all."""

OLDER_MARKS = 8
"""Released heads of before the rows that a start reads, of which it proves the newest."""

_OF_A_START = frozenset({Kind.BOOT, Kind.CLOCK_STEP, Kind.SESSION_CLOSE})


@dataclass(frozen=True, slots=True)
class LogState:
    """What the writer keeps in memory between commits; thrown away after any failure."""

    frontier: Frontier
    root: bytes
    head: EntryRow
    last: LogEntry
    keys: SignerKeys


@dataclass(frozen=True, slots=True)
class _Tail:
    """The rows since a start, proven to be the end of the tree.

    first     the `boot` of that start, or the genesis entry
    events    the entries after it that bring or end keys, and the last
    signed    how many entries each session signed whose record calls it open, by vkey
    frontier  of the whole tree
    roots     by size: those asked for, and that of the tree without the last entry
    """

    first: LogEntry
    last: LogEntry
    events: tuple[LogEntry, ...]
    signed: dict[str, int]
    frontier: Frontier
    roots: dict[int, bytes]


def load_state(
    rows: Rows,
    log_key: NoteVerifier,
    marks: Sequence[ReleasedMark],
    copies: Sequence[ReleasedMark] = (),
) -> LogState:
    """Rebuild the state and check it (docs/formats/log.md, section 6).

    The caller holds the lock and a read transaction, has set the pragmas and compared the schema,
    and appends `boot`.

    marks   released heads of this log, as read by `ReleasedHead.marks`
    copies  those that other places remember

    (1) the first row is 0, and the number of the last is one a tile row can carry;
    (2) the log is not shorter than a released head, nor are there none of a log that is not new;
    (3) the rows since the last start hash to their leaves and, with the tiles before, to the root;
    (4) the keys at the end are those that these rows, from the digest in `boot` on, lead to;
    (5) `log_key` is the log key in force, and has signed the root;
    (6) every released head is of this tree;
    (7) nothing is appended to a closed log.

    Raises LogTampered, LogRolledBack, or KeyRefused when `log_key` is not the key in force.
    """
    # (1) the first row and the last
    head = rows.last()
    if head is None:
        if marks or copies:
            raise LogRolledBack("the log is empty")
        raise LogTampered(LogFault.EMPTY)
    size = head.seq + 1
    if not 0 < size <= MAX_SIZE or rows.first_seq() != 0:
        raise LogTampered(LogFault.SEQUENCE)
    # (2) its length
    marks = _check_length(rows, size, log_key, (marks, copies))
    # (3) the rows since the last start
    opened = rows.open_sessions()
    tail = _read_tail(rows, size, opened, {mark.size for mark in marks})
    if tail.frontier.root() != head.root:
        raise LogTampered(LogFault.ROOT, _find_first_bad(rows, size))
    # (4) the signers' keys
    keys = derive_keys(rows, size, head.root, tail.first, tail.events, tail.signed)
    # (5) the signed head
    _check_head(head, tail, keys, log_key)
    # (6) the released heads
    _check_marks(rows, log_key, tail, marks)
    # (7) the last entry
    keys.closed = tail.last.kind == Kind.CLOSE
    return LogState(tail.frontier, head.root, head, tail.last, keys)


def _check_length(
    rows: Rows,
    size: int,
    log_key: NoteVerifier,
    remembered: tuple[Sequence[ReleasedMark], Sequence[ReleasedMark]],
) -> tuple[ReleasedMark, ...]:
    """Return the released heads and their copies; refuse a log that is shorter than one of them."""
    if not remembered[0] and size > 1:
        raise LogTampered(LogFault.RELEASED_MISSING)
    marks = (*remembered[0], *remembered[1])
    newest = max(marks, key=lambda mark: mark.size, default=None)
    if newest is not None and newest.size > size:
        _require_signed(rows, log_key, newest)
        raise LogRolledBack(f"{newest.size} released, {size} found")
    return marks


def _require_signed(rows: Rows, log_key: NoteVerifier, mark: ReleasedMark) -> None:
    """Refuse a head that no key of the log signed: it accuses the log of nothing."""
    keys = (log_key, *(record.verifier for record in rows.log_key_records()))
    if not mark.is_signed(log_key.name, keys):
        raise LogTampered(LogFault.RELEASED_SIGNATURE)


def _find_start(rows: Rows, size: int, opened: Sequence[KeyRecord]) -> int:
    """Return the row of the last `boot` from which every session called open was opened.

    A start ends what a dead process left open before anything else is written. So a session that
    was opened before a start and is called open after entries other than a start's own was closed,
    whatever its record says. Going back no further than that, the cost is that of one run.
    """
    oldest = min((record.from_seq for record in opened), default=size)
    used = False
    for seq, body in rows.bodies_back(size):
        kind = read_kind(body)
        if kind == Kind.BOOT and seq < oldest:
            return seq
        if kind == Kind.BOOT and used:
            raise LogTampered(LogFault.KEY_RECORD, oldest)
        used = used or kind not in _OF_A_START
    return 0


def _read_tail(rows: Rows, size: int, opened: Sequence[KeyRecord], asked: set[int]) -> _Tail:
    """Re-hash the rows since the last start, RECENT_BODIES at the least, on top of the tiles.

    Beginning with a whole tile, because the leaf hashes stored under one are not what its hash
    was made of when somebody changed them since.
    """
    start = _find_start(rows, size, opened)
    begin = min(start, max(0, size - RECENT_BODIES)) // TILE_WIDTH * TILE_WIDTH
    starts = [(record.verifier.vkey, record.from_seq, signature_start(record)) for record in opened]
    frontier = Frontier.load(rows, begin)
    roots: dict[int, bytes] = {}
    signed = {record.verifier.vkey: 0 for record in opened}
    kept: list[EntryRow] = []
    for row, grown in _push_rows(rows, frontier, size):
        frontier = grown
        if grown.size in asked or grown.size == size - 1:
            roots[grown.size] = grown.root()
        brings = row.seq > start and read_kind(row.body) in KEY_KINDS
        if brings or row.seq in {start, size - 1}:
            kept.append(row)
        for vkey, opening, line in starts:
            signed[vkey] += row.seq > opening and line in row.body
    first, *events = map(parse_row, kept)
    last = events[-1] if events else first
    return _Tail(first, last, tuple(events), signed, frontier, roots)


def _push_rows(rows: Rows, frontier: Frontier, size: int) -> Iterator[tuple[EntryRow, Frontier]]:
    """Yield the rows from the frontier on, each re-hashed, with the frontier that it makes."""
    for row in rows.scan(frontier.size, size):
        if row.seq != frontier.size:
            raise LogTampered(LogFault.SEQUENCE, frontier.size)
        leaf = leaf_hash(row.body)
        if leaf != row.leaf:
            raise LogTampered(LogFault.LEAF, row.seq)
        frontier, tiles = frontier.push(leaf)
        for tile in tiles:
            if rows.nodes(tile.level, tile.index, 1) != [tile.root]:
                raise LogTampered(LogFault.TILE, row.seq)
        yield row, frontier


def _check_head(head: EntryRow, tail: _Tail, keys: SignerKeys, log_key: NoteVerifier) -> None:
    chain = tuple(record for record in keys.records if record.role is SignerRole.LOG)
    if not chain or chain[-1].to_seq is not None or chain[-1].verifier != log_key:
        raise KeyRefused("not the log key in force")
    if not verify_head(head, find_log_key(chain, head.seq)):
        raise LogTampered(LogFault.TREE_SIGNATURE, head.seq)
    if tail.last.kind == Kind.KEY_ROTATE:
        # The key in force has signed no head yet, so a stranger could have: but it did sign this
        # entry, which names the tree that it follows.
        at = tail.last.data.get("at")
        named = isinstance(at, dict) and (at.get("size"), at.get("root"))
        if named != (head.seq, _encode(tail.roots.get(head.seq, b""))) or not is_signed_by(
            tail.last, log_key
        ):
            raise LogTampered(LogFault.ENTRY_SIGNATURE, head.seq)


def _encode(root: bytes) -> str:
    return b64encode(root).decode("ascii")


def _check_marks(
    rows: Rows, log_key: NoteVerifier, tail: _Tail, marks: Sequence[ReleasedMark]
) -> None:
    """Compare the released heads with the tree.

    A head equal to the tree's refuses nothing, whoever signed it; another is named by whether the
    log signed it. Of those before the rows just read the newest are proven by consistency: a tree
    that holds a head holds every head before it (RFC 6962, section 2.1.2).
    """
    size, root = tail.frontier.size, tail.frontier.root()
    older = sorted({mark.size for mark in marks} - tail.roots.keys())[-OLDER_MARKS:]
    for mark in marks:
        if mark.size in tail.roots:
            same = tail.roots[mark.size] == mark.root
        elif mark.size in older:
            path = consistency_path(rows, mark.size, size)
            same = verify_consistency(mark.size, size, path, mark.root, root)
        else:
            continue
        if not same:
            _require_signed(rows, log_key, mark)
            raise LogRolledBack(f"another root at {mark.size}")


def _find_first_bad(rows: Rows, size: int) -> int | None:
    """Return the first row whose body does not hash to its leaf, or that is not there."""
    for expected, row in enumerate(rows.scan(0, size)):
        if row.seq != expected or leaf_hash(row.body) != row.leaf:
            return expected
    return None
