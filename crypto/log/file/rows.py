"""Typed access to the rows of a log file. What is read here is data to check, not evidence."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlite_utils import Database

from crypto.errors import LogTampered, NoteMalformed
from crypto.log.file.faults import LogFault
from crypto.log.format.key_record import KeyRecord, SignerRole
from crypto.log.format.merkle import HASH_BYTES, Tile, leaf_hash
from crypto.log.format.note import SIGNATURE_BYTES, NoteVerifier

__all__ = ["EntryRow", "Rows", "hash_rows", "parse_entry_row", "tile_id"]

_LEVEL_BITS = 48
_ROW = "SELECT seq, body, leaf, root, sig FROM entry"
_KEY = "SELECT vkey, role, from_seq, to_seq FROM keyrec"


def tile_id(level: int, index: int) -> int:
    """Return the row id of the `index`-th tile of a level."""
    return level << _LEVEL_BITS | index


@dataclass(frozen=True, slots=True)
class EntryRow:
    """Row `seq`: the entry's bytes and leaf hash, root and signature of the tree of seq+1."""

    seq: int
    body: bytes
    leaf: bytes
    root: bytes
    signature: bytes


def parse_entry_row(raw: Sequence[object]) -> EntryRow:
    """Check types and lengths: a hostile file may hold anything in any column."""
    match raw:
        case (
            int(seq),
            bytes(body),
            bytes(leaf),
            bytes(root),
            bytes(signature),
        ) if (len(leaf), len(root), len(signature)) == (HASH_BYTES, HASH_BYTES, SIGNATURE_BYTES):
            return EntryRow(seq, body, leaf, root, signature)
        case _:
            raise LogTampered(LogFault.ROW, raw[0] if isinstance(raw[0], int) else None)


def hash_rows(chunk: Sequence[Sequence[object]], first: int) -> list[bytes] | None:
    """Return the leaf hashes rebuilt from raw rows first, first+1, …; None when one does not fit.

    What fits here is what `parse_entry_row` and a comparison of each leaf would pass.
    """
    numbers, bodies, leaves, roots, signatures = zip(*chunk, strict=True)
    if any(set(map(type, each)) != {bytes} for each in (bodies, leaves, roots, signatures)):
        return None
    if numbers != tuple(range(first, first + len(chunk))) or (
        set(map(len, roots)),
        set(map(len, signatures)),
    ) != ({HASH_BYTES}, {SIGNATURE_BYTES}):
        return None
    hashes = [leaf_hash(body) for body in bodies]
    return hashes if tuple(hashes) == leaves else None


class Rows:
    """Reads and writes through one connection; transactions are the caller's."""

    __slots__ = ("_db",)

    def __init__(self, db: Database) -> None:
        self._db = db

    @contextmanager
    def snapshot(self) -> Iterator[Database]:
        """Open one read transaction: what is read in it is of one moment."""
        self._db.execute("BEGIN")
        try:
            yield self._db
        finally:
            self._db.execute("ROLLBACK")

    def head(self) -> tuple[int, bytes] | None:
        """Return sequence number and root of the last row: what another writer would change."""
        # Of the connection itself, as everything that each append does: a third is saved.
        query = "SELECT seq, root FROM entry ORDER BY seq DESC LIMIT 1"
        row = self._db.conn.execute(query).fetchone()
        return None if row is None else (row[0], row[1])

    def last(self) -> EntryRow | None:
        """Return the row with the largest sequence number."""
        raw = self._db.execute(f"{_ROW} ORDER BY seq DESC LIMIT 1").fetchone()
        return None if raw is None else parse_entry_row(raw)

    def first_seq(self) -> object:
        """Return the smallest sequence number there is."""
        return self._db.execute("SELECT min(seq) FROM entry").fetchone()[0]

    def bodies_back(self, size: int) -> Iterator[tuple[int, bytes]]:
        """Yield number and body of the rows before `size`, the newest first."""
        query = "SELECT seq, body FROM entry WHERE seq >= 0 AND seq < ? ORDER BY seq DESC"
        for seq, body in self._db.execute(query, (size,)):
            if not isinstance(body, bytes):
                raise LogTampered(LogFault.ROW, seq)
            yield seq, body

    def bodies(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """Yield number and body of the rows start..stop-1 in order, as far as they exist."""
        query = "SELECT seq, body FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq"
        for seq, body in self._db.execute(query, (start, stop)):
            if not isinstance(body, bytes):
                raise LogTampered(LogFault.ROW, seq)
            yield seq, body

    def row(self, seq: int) -> EntryRow:
        """Return one row; LogTampered(sequence) when it is not there."""
        raw = self._db.execute(f"{_ROW} WHERE seq = ?", (seq,)).fetchone()
        if raw is None:
            raise LogTampered(LogFault.SEQUENCE, seq)
        return parse_entry_row(raw)

    def scan(self, start: int, stop: int) -> Iterator[EntryRow]:
        """Yield the rows start..stop-1 in order, as far as they exist."""
        query = f"{_ROW} WHERE seq >= ? AND seq < ? ORDER BY seq"
        for raw in self._db.execute(query, (start, stop)):
            yield parse_entry_row(raw)

    def scan_all(self) -> Iterator[EntryRow]:
        """Yield every row in order, whatever its number: any 64-bit integer is one in SQLite."""
        for raw in self._db.execute(f"{_ROW} ORDER BY seq"):
            yield parse_entry_row(raw)

    def chunks(self, count: int) -> Iterator[list[Sequence[object]]]:
        """Yield every row in order, `count` at a time, as SQLite gives them: nothing is checked."""
        cursor = self._db.execute(f"{_ROW} ORDER BY seq")
        while chunk := cursor.fetchmany(count):
            yield chunk

    def find(self, octets: bytes, start: int, stop: int) -> Iterator[int]:
        """Yield the numbers of the rows start..stop-1 whose body holds the octets."""
        query = "SELECT seq FROM entry WHERE seq >= ? AND seq < ? AND instr(body, ?) ORDER BY seq"
        for raw in self._db.execute(query, (start, stop, octets)):
            yield raw[0]

    def nodes(self, level: int, start: int, count: int) -> list[bytes]:
        """Return exactly `count` stored hashes of a level; LogTampered names the first missing."""
        if level == 0:
            query, base = "SELECT leaf FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq", start
        else:
            query, base = (
                "SELECT h FROM tile WHERE id >= ? AND id < ? ORDER BY id",
                tile_id(level, start),
            )
        hashes = [raw[0] for raw in self._db.execute(query, (base, base + count))]
        if len(hashes) != count or not all(
            isinstance(item, bytes) and len(item) == HASH_BYTES for item in hashes
        ):
            raise LogTampered(LogFault.TILE if level else LogFault.SEQUENCE)
        return hashes

    def tile_count(self) -> int:
        """Return how many tile rows there are."""
        return int(self._db.execute("SELECT count(*) FROM tile").fetchone()[0])

    def key_records(self, since: int | None = None) -> tuple[KeyRecord, ...]:
        """Return the key records; LogTampered(key_record) when one cannot be read.

        since  leave out the keys that were ended before this entry
        """
        if since is None:
            return self._keys(f"{_KEY} ORDER BY id")
        usable = "to_seq IS NULL OR to_seq >= :since OR from_seq >= :since"
        return self._keys(f"{_KEY} WHERE {usable} ORDER BY id", {"since": since})

    def log_key_records(self) -> tuple[KeyRecord, ...]:
        """Return the records of the log's own keys, in the order they were in force."""
        return self._keys(f"{_KEY} WHERE role = 'log' ORDER BY id")

    def open_sessions(self) -> tuple[KeyRecord, ...]:
        """Return the records that call a session open."""
        return self._keys(f"{_KEY} WHERE role = 'session' AND to_seq IS NULL ORDER BY id")

    def has_key(self, vkey: str) -> bool:
        """Whether the log ever knew a key."""
        return (
            self._db.execute("SELECT 1 FROM keyrec WHERE vkey = ?", (vkey,)).fetchone() is not None
        )

    def _keys(self, query: str, values: dict[str, int] | None = None) -> tuple[KeyRecord, ...]:
        return tuple(_key_record(raw) for raw in self._db.execute(query, values))

    def insert(self, row: EntryRow, tiles: Sequence[Tile], keys: Sequence[KeyRecord]) -> None:
        """Insert one entry with the tiles it completed and the key records it changed."""
        self._db.conn.execute(
            "INSERT INTO entry (seq, body, leaf, root, sig) VALUES (?, ?, ?, ?, ?)",
            (row.seq, row.body, row.leaf, row.root, row.signature),
        )
        for tile in tiles:
            self._db.conn.execute(
                "INSERT INTO tile (id, h) VALUES (?, ?)",
                (tile_id(tile.level, tile.index), tile.root),
            )
        for key in keys:
            self._save(key)

    def _save(self, key: KeyRecord) -> None:
        """Insert the record of a key that an entry brought, or end that of one it ended."""
        if key.to_seq is None:
            self._db.conn.execute(
                "INSERT INTO keyrec (vkey, role, from_seq, to_seq) VALUES (?, ?, ?, NULL)",
                (key.verifier.vkey, key.role.value, key.from_seq),
            )
        else:
            self._db.conn.execute(
                "UPDATE keyrec SET to_seq = ? WHERE vkey = ?", (key.to_seq, key.verifier.vkey)
            )


def _key_record(raw: Sequence[object]) -> KeyRecord:
    match raw:
        case (str(vkey), str(role), int(start), int() | None as stop):
            try:
                return KeyRecord(NoteVerifier.parse(vkey), SignerRole(role), start, stop)
            except (NoteMalformed, ValueError) as error:
                raise LogTampered(LogFault.KEY_RECORD) from error
        case _:
            raise LogTampered(LogFault.KEY_RECORD)
