"""Verified revocation lists, kept and indexed: verified once, looked up in microseconds.

A list enters only after its signature, form and time have been judged, and replaces the one
before it in a single transaction. A broken, empty, older or foreign list changes nothing.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock

from crypto.errors import CryptoError
from crypto.pki.algorithms import AlgorithmRegistry, KeyPolicy, Outcome, SignatureCheck
from crypto.pki.certificate import Certificate
from crypto.pki.crl import CertificateList, ListScope, RevocationList, RevokedEntry, read_scope
from crypto.pki.der import DerError, Node
from crypto.pki.list_check import Judging, freshness_refusal, list_refusal
from crypto.pki.names import Name

__all__ = ["EvidenceStore", "EvidenceUnusable", "ListRefused", "StoredList"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS list (
    id INTEGER PRIMARY KEY, signer TEXT NOT NULL, slot TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL, issuer BLOB NOT NULL, this_update INTEGER NOT NULL,
    next_update INTEGER, number TEXT, base_number TEXT, scope BLOB, raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS list_signer ON list (signer);
CREATE TABLE IF NOT EXISTS entry (
    list_id INTEGER NOT NULL, serial TEXT NOT NULL, revoked_at INTEGER NOT NULL, reason INTEGER,
    PRIMARY KEY (list_id, serial)
) WITHOUT ROWID;
"""
_COLUMNS = "id, signer, sha256, issuer, this_update, next_update, number, base_number, scope"
_FOREVER = timedelta(days=36_500)
_Row = tuple[int, str, str, bytes, int, int | None, str | None, str | None, bytes | None]


class ListRefused(CryptoError):
    """A list was not stored; `detail` says why. What was stored before is still there."""

    code = "list_refused"


class EvidenceUnusable(CryptoError):
    """The store itself cannot be read or written."""

    code = "evidence_unusable"


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list in the store; satisfies RevocationList.

    It was verified with the key whose SPKI hashes to `signer` before it was stored, so `verify`
    only compares keys.
    """

    store: "EvidenceStore"
    id: int
    signer: str
    sha256: str
    issuer: Name
    this_update: datetime
    next_update: datetime | None
    number: int | None
    base_number: int | None
    scope: ListScope

    @property
    def defect(self) -> str:
        """Return nothing: a defective list is not stored."""
        return ""

    def verify(
        self, signer: Certificate, registry: AlgorithmRegistry, policy: KeyPolicy
    ) -> SignatureCheck:
        """Tell whether the list was verified with this very key."""
        del registry, policy
        same = _key_digest(signer) == self.signer
        return SignatureCheck(Outcome.VALID if same else Outcome.WRONG, "stored")

    def find(self, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a certificate up in the index; EvidenceUnusable."""
        return self.store.entry(self.id, serial, issuer)


class EvidenceStore:
    """Lists in SQLite; `path` None keeps them in memory. Usable from several threads."""

    def __init__(self, path: Path | None) -> None:
        self._lock = RLock()
        with _translated():
            self._db = sqlite3.connect(
                ":memory:" if path is None else str(path),
                check_same_thread=False,
                isolation_level=None,
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()

    def put(self, untrusted: bytes, issuer: Certificate, judging: Judging) -> StoredList:
        """Verify a list of `issuer` and make it the current one; ListRefused, EvidenceUnusable.

        The list must be signed by this certificate's key, in force at the moment, not indirect,
        and neither its number nor its thisUpdate may go back.
        """
        try:
            parsed = CertificateList.parse(untrusted)
        except DerError as malformed:
            raise ListRefused(f"malformed:{malformed.detail}") from None
        refusal = list_refusal(parsed, issuer, judging) or freshness_refusal(
            parsed, judging, _FOREVER
        )
        if refusal or parsed.scope.indirect:
            raise ListRefused(refusal or "indirect")
        with self._lock, _translated():
            slot = _slot(parsed, issuer)
            current = self._one("slot = ?", slot)
            if current is not None:
                if current.sha256 == parsed.sha256:
                    return current
                _require_newer(parsed, current)
            self._swap(parsed, issuer, slot)
            stored = self._one("slot = ?", slot)
        if stored is None:
            raise EvidenceUnusable("lost")
        return stored

    def _swap(self, parsed: CertificateList, issuer: Certificate, slot: str) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.execute(
                "DELETE FROM entry WHERE list_id IN (SELECT id FROM list WHERE slot = ?)", (slot,)
            )
            self._db.execute("DELETE FROM list WHERE slot = ?", (slot,))
            cursor = self._db.execute(
                "INSERT INTO list (signer, slot, sha256, issuer, this_update, next_update, number,"
                " base_number, scope, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _key_digest(issuer),
                    slot,
                    parsed.sha256,
                    parsed.issuer.raw,
                    _seconds(parsed.this_update),
                    _seconds(parsed.next_update) if parsed.next_update else None,
                    _text(parsed.number),
                    _text(parsed.base_number),
                    parsed.scope_value,
                    parsed.raw,
                ),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)",
                (
                    (cursor.lastrowid, str(e.serial), _seconds(e.revoked_at), e.reason)
                    for e in parsed.entries()
                ),
            )
        except DerError as malformed:
            self._db.execute("ROLLBACK")
            raise ListRefused(f"entries_malformed:{malformed.detail}") from None
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def lists(self, issuer: Certificate) -> tuple[tuple[str, RevocationList], ...]:
        """Return the current lists signed with this certificate's key; EvidenceUnusable."""
        with self._lock, _translated():
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM list WHERE signer = ? ORDER BY id",  # noqa: S608 - a constant
                (_key_digest(issuer),),
            ).fetchall()
            return tuple(("store", self._read(row)) for row in rows)

    def lists_named(self, names: Collection[Name]) -> tuple[tuple[str, RevocationList], ...]:
        """Return the current lists whose issuer is one of `names`, whoever signed them."""
        with self._lock, _translated():
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM list ORDER BY id"  # noqa: S608 - a constant
            ).fetchall()
            # There are a handful of lists; names are equal by RFC 5280 7.1, not by octets.
            held = [self._read(row) for row in rows]
        return tuple(("store", item) for item in held if item.issuer in names)

    def raw(self, sha256: str) -> bytes | None:
        """Return the DER of a current list, to keep with a decision; EvidenceUnusable."""
        with self._lock, _translated():
            row = self._db.execute("SELECT raw FROM list WHERE sha256 = ?", (sha256,)).fetchone()
            return bytes(row[0]) if row else None

    def entry(self, list_id: int, serial: int, issuer: Name) -> RevokedEntry | None:
        """Look a serial number up in one list; ListRefused when it has been replaced meanwhile."""
        with self._lock, _translated():
            known = self._db.execute("SELECT 1 FROM list WHERE id = ?", (list_id,)).fetchone()
            if known is None:
                raise ListRefused("replaced")
            row = self._db.execute(
                "SELECT revoked_at, reason FROM entry WHERE list_id = ? AND serial = ?",
                (list_id, str(serial)),
            ).fetchone()
        return RevokedEntry(serial, issuer, _moment(row[0]), row[1]) if row else None

    def _one(self, condition: str, value: str | int) -> StoredList | None:
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM list WHERE {condition}",  # noqa: S608 - constants of this file
            (value,),
        ).fetchone()
        return self._read(row) if row else None

    def _read(self, row: _Row) -> StoredList:
        name = Name.read(Node.at(row[3], 0, len(row[3])))
        return StoredList(
            store=self,
            id=row[0],
            signer=row[1],
            sha256=row[2],
            issuer=name,
            this_update=_moment(row[4]),
            next_update=_moment(row[5]) if row[5] is not None else None,
            number=int(row[6]) if row[6] is not None else None,
            base_number=int(row[7]) if row[7] is not None else None,
            scope=read_scope(row[8], name),
        )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise EvidenceUnusable(type(error).__name__) from error


def _require_newer(parsed: CertificateList, current: StoredList) -> None:
    if parsed.this_update < current.this_update:
        raise ListRefused("older_than_stored")
    if current.number is not None and (parsed.number is None or parsed.number < current.number):
        raise ListRefused("older_than_stored")


def _slot(parsed: CertificateList, issuer: Certificate) -> str:
    """One place per signing key, kind of list and scope."""
    kind = "delta" if parsed.base_number is not None else "full"
    scope = hashlib.sha256(parsed.scope_value or b"").hexdigest()
    return f"{_key_digest(issuer)}:{kind}:{scope}"


def _key_digest(certificate: Certificate) -> str:
    return hashlib.sha256(certificate.key.raw).hexdigest()


def _seconds(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def _moment(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _text(number: int | None) -> str | None:
    # CRL numbers have up to 20 octets, more than an SQLite integer.
    return str(number) if number is not None else None
