"""What core banking remembers of permits: which were redeemed, and how each station's log grew.

A log is rewritten unseen only until a head of it left the machine. Every permit brings one here, so
each is compared with those before it: the same size has the same root, a larger tree is proven to
have grown from the largest known one, a smaller one is known already.
"""

import base64
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from sqlite_utils import Database

from crypto.log.file.released import ReleasedMark
from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint
from crypto.log.format.note import SIGNATURE_BYTES, SignatureLine, parse_note
from workstation.accounts.small_database import connect, transaction
from workstation.documents.permit import is_early
from workstation.documents.permit_claims import EarlierHead, PermitClaims
from workstation.documents.station_list import SignedStationList
from workstation.errors import PermitRefused

__all__ = ["PermitRegister", "RefusedHead"]


_TABLES: Final = {
    "redeemed": (
        {"jti": str, "redeemed_ms": int, "exp": int, "operation_sha256": str},
        ("jti",),
    ),
    "head": (
        {"origin": str, "size": int, "root": str, "key": str, "note": str, "seen_ms": int},
        ("origin", "size"),
    ),
    "station_list": (
        {"signer": str, "number": int, "sha256": str},
        ("signer",),
    ),
    "refused_head": (
        {"origin": str, "size": int, "root": str, "why": str, "jti": str, "seen_ms": int},
        ("origin", "root", "why", "jti"),
    ),
}
"""Columns and primary keys. `note` and `key` are empty for a head only proven by a later one."""


@dataclass(frozen=True, slots=True)
class RefusedHead:
    """A head that did not follow from those before it, and the permit that brought it."""

    origin: str
    size: int
    root: str
    why: str
    jti: str
    seen_ms: int


class PermitRegister:
    """A file that remembers permits and heads for ever; safe between processes.

    Entries are never dropped: an expired permit is refused by `verify`, but only while the
    clock is right, and a row is small.
    """

    def __init__(self, path: Path) -> None:
        """Open the register, creating it when there is none; raises PermitRefused(`register`)."""
        self._path = path
        with self._connect() as database:
            for name, (columns, key) in _TABLES.items():
                database.table(name).create(
                    columns, pk=key, not_null=set(columns) - set(key), if_not_exists=True
                )

    def redeem(
        self,
        claims: PermitClaims,
        moment: datetime,
        *,
        stations: SignedStationList | None = None,
    ) -> None:
        """Mark a permit that `verify` accepted as used; raises PermitRefused: `used` twice.

        Durable on return, and one step with the head's: `fork`, `rolled_back`, `growth` or
        `retired_key` when it does not follow from the heads before, and `fork` for every permit of
        that log after one. `not_yet` before the end of a cooling-off: nothing was redeemed, and the
        head is remembered all the same. `register` when the file cannot be written.

        stations  the list that admitted the station: `stations_rolled_back` when a newer one of its
                  signer was seen, `stations_forked` when another one of its number was
        """
        now_ms = int(moment.timestamp() * 1000)
        with self._connect() as database, transaction(database):
            why = "" if stations is None else _remember_list(database, stations)
            why = why or _remember_head(database, _ShownHead.of_permit(claims), now_ms)
            if not why and is_early(claims, moment):
                why = "not_yet"
            if not why and database.execute(_IS_USED, [claims.jti]).fetchone():
                why = "used"
            if not why:
                redeemed = (claims.jti, now_ms, claims.exp, claims.operation_sha256)
                database.execute("INSERT INTO redeemed VALUES (?, ?, ?, ?)", redeemed)
        # After the transaction: what a refused permit showed is remembered too.
        if why:
            raise PermitRefused(why)

    def admit(self, head: SignedCheckpoint, earlier: EarlierHead, moment: datetime) -> None:
        """Know a head that is proven to have grown from the largest known one, without a permit.

        Both as `read_growth` returned them. Raises PermitRefused as `redeem` does; `growth` too
        when no head of this log is known.
        """
        shown = _ShownHead.of_checkpoint(head, earlier)
        with self._connect() as database, transaction(database):
            (newest,) = database.execute(_NEWEST_SIZE, [shown.origin]).fetchone()
            why = "growth" if newest is None else ""
            why = why or _remember_head(database, shown, int(moment.timestamp() * 1000))
        if why:
            raise PermitRefused(why)

    def heads(self, origin: str = "") -> tuple[ReleasedMark, ...]:
        """Return the signed heads that permits brought, of one log or all, each log's growing.

        As the permits named them: whoever takes them verifies their signatures.
        """
        with self._connect() as database:
            rows = database.execute(_SIGNED_HEADS, {"origin": origin}).fetchall()
        marks = (_mark(note) for (note,) in rows)
        return tuple(mark for mark in marks if mark is not None)

    def refused_heads(self) -> tuple[RefusedHead, ...]:
        """Return every head that did not follow from those before it, the oldest first."""
        with self._connect() as database:
            return tuple(RefusedHead(*row) for row in database.execute(_REFUSED_HEADS).fetchall())

    def _connect(self) -> AbstractContextManager[Database]:
        return connect(self._path, PermitRefused("register"))


_IS_USED: Final = "SELECT 1 FROM redeemed WHERE jti = ?"
_LIST_OF: Final = "SELECT number, sha256 FROM station_list WHERE signer = ?"
_IS_FORKED: Final = "SELECT 1 FROM refused_head WHERE origin = ? AND why = 'fork'"
_ROOT_OF: Final = "SELECT root FROM head WHERE origin = ? AND size = ?"
_NEWEST_SIZE: Final = "SELECT max(size) FROM head WHERE origin = ?"
_IS_RETIRED: Final = (
    "SELECT 1 FROM head WHERE origin = ? AND key NOT IN ('', ?) "
    "AND size > (SELECT max(size) FROM head WHERE origin = ? AND key = ?)"
)
"""Another key has signed a head since this one did."""
_SIGNED_HEADS: Final = (
    "SELECT note FROM head WHERE note != '' AND :origin IN ('', origin) ORDER BY origin, size"
)
_REFUSED_HEADS: Final = (
    "SELECT origin, size, root, why, jti, seen_ms FROM refused_head ORDER BY seen_ms, rowid"
)


def _remember_list(database: Database, stations: SignedStationList) -> str:
    """Keep the number of a list; return why it may not be used any more, or ""."""
    number, digest = stations.listed.number, stations.sha256
    known = database.execute(_LIST_OF, [stations.signer]).fetchone()
    if known is not None and number < known[0]:
        return "stations_rolled_back"
    if known is not None and number == known[0]:
        return "" if digest == known[1] else "stations_forked"
    database.execute(
        "REPLACE INTO station_list VALUES (?, ?, ?)", [stations.signer, number, digest]
    )
    return ""


@dataclass(frozen=True, slots=True)
class _ShownHead:
    """A head as somebody shows it: its note, who signed it, what it is proven to grow from."""

    origin: str
    size: int
    root: str
    key: str
    note: str
    earlier: tuple[EarlierHead, ...]
    jti: str

    @classmethod
    def of_permit(cls, claims: PermitClaims) -> Self:
        size, root, note = claims.log_size, claims.log_root, claims.log_head
        key = _key_of(claims.iss, parse_note(note.encode()).lines)
        return cls(claims.iss, size, root, key, note, claims.log_previous, claims.jti)

    @classmethod
    def of_checkpoint(cls, head: SignedCheckpoint, earlier: EarlierHead) -> Self:
        origin, root = head.checkpoint.origin, base64.b64encode(head.root).decode()
        key = _key_of(origin, head.lines)
        return cls(origin, head.size, root, key, head.text, (earlier,), "")


def _key_of(origin: str, lines: Iterable[SignatureLine]) -> str:
    """Return which key of the log signed, by its id; `verify` has accepted no other."""
    return next((line.key_id.hex() for line in lines if line.name == origin), "")


def _remember_head(database: Database, shown: _ShownHead, now_ms: int) -> str:
    """Keep a head; return why it does not follow from those that are known, or ""."""
    stated = (shown.origin, shown.size, shown.root)
    why = _judge_head(database, shown)
    if why:
        refused = (*stated, why, shown.jti, now_ms)
        database.execute("INSERT OR IGNORE INTO refused_head VALUES (?, ?, ?, ?, ?, ?)", refused)
        return why
    rows = [(*stated, shown.key, shown.note, now_ms)]
    # A permit that was lost on its way is known by the next one's proof.
    rows += [(shown.origin, each.size, each.root, "", "", now_ms) for each in shown.earlier]
    for row in rows:
        database.execute(
            "INSERT INTO head VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin, size) "
            "DO UPDATE SET note = excluded.note, key = excluded.key WHERE note = ''",
            row,
        )
    return ""


def _judge_head(database: Database, shown: _ShownHead) -> str:
    if database.execute(_IS_FORKED, [shown.origin]).fetchone():
        return "fork"
    proven = {each.size: each.root for each in shown.earlier}
    # Its own head last: a head before it that is another one is a fork, whatever its own is.
    proven[shown.size] = shown.root
    for size, root in proven.items():
        known = database.execute(_ROOT_OF, [shown.origin, size]).fetchone()
        if known is not None and known[0] != root:
            return "fork"
        if known is not None and size == shown.size:
            return ""
    (newest,) = database.execute(_NEWEST_SIZE, [shown.origin]).fetchone()
    if newest is None:
        return ""
    if newest in proven:
        retired = database.execute(_IS_RETIRED, [shown.origin, shown.key] * 2).fetchone()
        return "retired_key" if retired else ""
    return "growth" if shown.size > newest else "rolled_back"


def _mark(note: str) -> ReleasedMark | None:
    """Return the head in the form that `log verify` reads; None where its log signed nothing."""
    parsed = parse_note(note.encode())
    head = Checkpoint.parse(parsed.text)
    for line in parsed.lines:
        if line.name == head.origin and len(line.signature) == SIGNATURE_BYTES:
            return ReleasedMark(head.origin, head.size, head.root, line.signature)
    return None
