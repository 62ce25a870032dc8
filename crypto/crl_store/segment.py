"""One verified CRL as a file that is written once: its octets, and its entries by serial number.

A segment is an SQLite file of its own. It is built where nobody reads, made durable, and only then
named in the catalogue, so that half a CRL is never looked into; the one it replaces is removed by
removing a file, which locks nobody out. Its SHA-256 stands in the catalogue and is compared when
it is opened: a damaged file is an error, never a serial number that is not found.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import RLock
from typing import Final

from crypto.asn1.der import DerError
from crypto.crl_store.errors import CrlRefused, CrlStoreUnusable, translate_errors
from crypto.files.durable import sync_file
from crypto.revocation.crl import ParsedCrl
from crypto.revocation.crl_entries import encode_serial
from crypto.x509.certificate import Certificate

__all__ = [
    "CrlFacts",
    "Progress",
    "Segment",
    "file_digest",
    "ignore_progress",
    "key_digest",
    "write_segment",
]

FORMAT: Final = 1
_APPLICATION: Final = 0x4B5A4C53
_CHUNK: Final = 256 * 1024
_CACHE_KIB: Final = 4096
_REPORT_EVERY: Final = 20_000
_OFFSET: Final = 1 << 39
_NO_REASON: Final = 255
_TAIL: Final = 10
_SCHEMA: Final = f"""
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {FORMAT};
CREATE TABLE list (
    signer TEXT NOT NULL, slot TEXT NOT NULL, sha256 TEXT NOT NULL, issuer BLOB NOT NULL,
    this_update INTEGER NOT NULL, next_update INTEGER, number TEXT, base_number TEXT,
    scope BLOB, entries INTEGER NOT NULL, octets INTEGER NOT NULL
);
CREATE TABLE chunk (number INTEGER PRIMARY KEY, octets BLOB NOT NULL);
CREATE TABLE entry (serial BLOB PRIMARY KEY, revoked_at INTEGER NOT NULL, reason INTEGER)
    WITHOUT ROWID;
"""

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is in all."""


def ignore_progress(stage: str, done: int, whole: int) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class CrlFacts:
    """What the catalogue knows of a CRL; times in microseconds since 1970.

    signer  SHA-256 of the SubjectPublicKeyInfo whose key verified it, hex
    slot    one per signing key, kind (full or delta) and scope
    issuer  DER of the issuer's name
    number, base_number  in decimal: they have up to 20 octets
    scope   value octets of issuingDistributionPoint
    """

    signer: str
    slot: str
    sha256: str
    issuer: bytes
    this_update: int
    next_update: int | None
    number: str | None
    base_number: str | None
    scope: bytes | None
    entries: int
    octets: int

    @classmethod
    def describe(cls, parsed: ParsedCrl, signer: str) -> "CrlFacts":
        """Return the facts of a CRL that the key of this digest signed; entries not counted."""
        kind = "full" if parsed.base_number is None else "delta"
        # A CRL of another scope does not replace this one (RFC 5280, 5.2.3 and 5.2.5).
        scope = hashlib.sha256(parsed.scope_value or b"").hexdigest()
        following = parsed.next_update
        return cls(
            signer=signer,
            slot=f"{signer}:{kind}:{scope}",
            sha256=parsed.sha256,
            issuer=parsed.issuer.raw,
            this_update=_microseconds(parsed.this_update),
            next_update=None if following is None else _microseconds(following),
            number=_decimal(parsed.number),
            base_number=_decimal(parsed.base_number),
            scope=parsed.scope_value,
            entries=0,
            octets=len(parsed.raw),
        )

    def row(self) -> tuple[str | bytes | int | None, ...]:
        """Return the members in the order of the columns."""
        return tuple(getattr(self, name) for name in self.__slots__)


def key_digest(certificate: Certificate) -> str:
    """Return the SHA-256 of the certificate's SubjectPublicKeyInfo in hex."""
    return hashlib.sha256(certificate.key.raw).hexdigest()


def write_segment(
    path: Path | None, parsed: ParsedCrl, signer: str, report: Progress
) -> "tuple[CrlFacts, Segment | None]":
    """Write a segment; `path` None makes one in memory, which is returned open.

    CrlRefused when an entry is malformed, CrlStoreUnusable when the disk refuses; then nothing
    is left at `path`. The caller has verified the CRL.
    """
    try:
        with translate_errors():
            db = _create(path)
            try:
                facts = _fill(db, parsed, signer, report)
            except BaseException:
                db.close()
                raise
            if path is None:
                return facts, Segment(db)
            db.close()
            sync_file(path)
    except BaseException:
        if path is not None:
            path.unlink(missing_ok=True)
        raise
    return facts, None


def _create(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        # O_EXCL: never over somebody else's file, and never through a link (open(2)).
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    target = ":memory:" if path is None else str(path)
    db = sqlite3.connect(target, check_same_thread=False, isolation_level=None)
    try:
        # No journal and no sync while it is filled: a file that was not finished is not named
        # anywhere and is removed; one sync at the end replaces thousands.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _fill(db: sqlite3.Connection, parsed: ParsedCrl, signer: str, report: Progress) -> CrlFacts:
    db.execute("BEGIN")
    whole = memoryview(parsed.raw)
    db.executemany(
        "INSERT INTO chunk VALUES (?, ?)",
        ((at, whole[at : at + _CHUNK]) for at in range(0, len(whole), _CHUNK)),
    )
    try:
        packed = _pack(parsed)
    except DerError as malformed:
        raise CrlRefused(f"entries_malformed:{malformed.detail}") from None
    # Sorted by the key of a WITHOUT ROWID table, inserts append to its B-tree instead of splitting
    # pages all over it (sqlite.org/withoutrowid.html, 2).
    packed.sort()
    db.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", _unpack(packed, report))
    counted = replace(CrlFacts.describe(parsed, signer), entries=len(packed))
    db.execute("INSERT INTO list VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", counted.row())
    db.execute("COMMIT")
    report("index", len(packed), len(packed))
    return counted


def _pack(parsed: ParsedCrl) -> list[bytes]:
    """Pack every entry into one octet string: a tenth of what tuples of numbers would take.

    serial number ‖ position (4) ‖ seconds + 2**39 (5) ‖ reason (1), big-endian: sorting orders by
    serial number and, of two entries with one number, leaves the later one last, which wins as it
    does when the octets are walked.
    """
    return [
        b"%b%b%b%b"
        % (
            serial,
            at.to_bytes(4),
            (seconds + _OFFSET).to_bytes(5),
            b"\xff" if reason is None else reason.to_bytes(1),
        )
        for at, (serial, seconds, reason) in enumerate(parsed.compact())
    ]


def _unpack(packed: list[bytes], report: Progress) -> Iterator[tuple[bytes, int, int | None]]:
    for at, record in enumerate(packed):
        if at % _REPORT_EVERY == 0:
            report("index", at, len(packed))
        reason = None if record[-1] == _NO_REASON else record[-1]
        yield record[:-_TAIL], int.from_bytes(record[-6:-1]) - _OFFSET, reason


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex; CrlStoreUnusable."""
    with translate_errors(), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Segment:
    """An open segment; usable from several threads."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._lock = RLock()
        self.closed = False

    @classmethod
    def open(cls, path: Path, digest: str) -> "Segment":
        """Open a file whose SHA-256 must be `digest`; CrlStoreUnusable."""
        if not path.is_file():
            raise CrlStoreUnusable(f"segment_missing:{path.name}")
        if file_digest(path) != digest:
            raise CrlStoreUnusable(f"segment_damaged:{path.name}")
        with translate_errors():
            # A segment never changes, so SQLite need neither lock it nor look for a journal
            # (sqlite.org/uri.html, "immutable").
            db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
                isolation_level=None,
            )
        try:
            with translate_errors():
                version = db.execute("PRAGMA user_version").fetchone()[0]
        except BaseException:
            db.close()
            raise
        if version != FORMAT:
            db.close()
            raise CrlStoreUnusable(f"segment_version:{version}")
        return cls(db)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.closed = True
            self._db.close()

    def facts(self) -> CrlFacts:
        """Return what the segment says of its CRL; CrlStoreUnusable."""
        with self._lock, translate_errors():
            row = self._db.execute("SELECT * FROM list").fetchone()
        if row is None:
            raise CrlStoreUnusable("segment_empty")
        return CrlFacts(*row)

    def find(self, serial: int) -> tuple[int, int | None] | None:
        """Look a serial number up: seconds since 1970 and reason; CrlStoreUnusable."""
        with self._lock, translate_errors():
            row: tuple[int, int | None] | None = self._db.execute(
                "SELECT revoked_at, reason FROM entry WHERE serial = ?", (encode_serial(serial),)
            ).fetchone()
        return row

    def raw(self) -> bytes:
        """Return the CRL's DER; CrlStoreUnusable."""
        taken = BytesIO()
        with self._lock, translate_errors():
            for (octets,) in self._db.execute("SELECT octets FROM chunk ORDER BY number"):
                taken.write(octets)
        return taken.getvalue()


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _decimal(number: int | None) -> str | None:
    # CRL numbers have up to 20 octets (RFC 5280, 5.2.3), more than an SQLite integer.
    return None if number is None else str(number)
