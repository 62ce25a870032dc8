"""Tampering with the log's file and its released heads by whoever has no key."""

import random
import shutil
import sqlite3
from collections.abc import Callable

from crypto.log.format.merkle import leaf_hash
from crypto.log.format.note import NoteSigner
from tests.support.attacks.rewriting import find, read_drafts
from tests.support.attacks.tampering import Change, Tool, table
from tests.support.attacks.worked import Copy
from tests.support.station.log import flip, private_key, vandalise

__all__ = ["FILE_CLASSES", "make_noise"]

_L = 2**252 + 27742317777372353535851937790883648493
"""Order of the base point of edwards25519 (RFC 8032, 5.1)."""


def _middle(scene: Copy) -> int:
    """Return an entry of the first customer's case."""
    return find(read_drafts(scene.bodies()), "verify.step", step="match")


def _size(scene: Copy) -> int:
    return len(scene.bodies())


def _edit(column: str, at: Callable[[Copy], int] = _middle) -> Change:
    def change(scene: Copy) -> int:
        seq = at(scene)
        vandalise(scene.log, flip(column, "entry", f"seq = {seq}"))
        return seq

    return change


def _last(scene: Copy) -> int:
    return _size(scene) - 1


def _sql(*statements: str, bad: Callable[[Copy], int] | None = None) -> Change:
    def change(scene: Copy) -> int | None:
        seq, middle = None if bad is None else bad(scene), _middle(scene)
        size = _size(scene)
        vandalise(scene.log, *(each.format(m=middle, n=size) for each in statements))
        return seq

    return change


def _bare(*statements: str) -> Change:
    """Run statements that the guards of rows have nothing to do with."""

    def change(scene: Copy) -> None:
        connection = sqlite3.connect(scene.log, isolation_level=None)
        for each in statements:
            connection.execute(each)
        connection.close()

    return change


def _body(make: Callable[[bytes], bytes], *, leaf: bool) -> Change:
    """Replace a body, with its leaf hash or without."""

    def change(scene: Copy) -> int:
        seq = _middle(scene)
        body = make(scene.bodies()[seq])
        vandalise(scene.log, ("UPDATE entry SET body = ? WHERE seq = ?", (body, seq)))
        if leaf:
            row = (leaf_hash(body), seq)
            vandalise(scene.log, ("UPDATE entry SET leaf = ? WHERE seq = ?", row))
        return seq

    return change


def _lie(body: bytes) -> bytes:
    return body.replace(b'"match.match"', b'"match.other"', 1)


def _large(scene: Copy) -> None:
    """Put in what SQLite is not let read at all."""
    _body(lambda _: bytes(2 << 20), leaf=False)(scene)


def _own_key(name: str, role: str) -> Change:
    vkey = NoteSigner(name, private_key(0x52)).vkey
    row = f"VALUES ('{vkey}', '{role}', 200)"
    return _sql(f"INSERT INTO keyrec (vkey, role, from_seq) {row}")


def _malleable(scene: Copy) -> int:
    """Add the group's order to S, which RFC 8032, 5.1.7 forbids a verifier to take."""
    seq = _middle(scene)
    connection = sqlite3.connect(scene.log)
    (sig,) = connection.execute("SELECT sig FROM entry WHERE seq = ?", (seq,)).fetchone()
    connection.close()
    other = sig[:32] + (int.from_bytes(sig[32:], "little") + _L).to_bytes(32, "little")
    vandalise(scene.log, ("UPDATE entry SET sig = ? WHERE seq = ?", (other, seq)))
    return seq


def _swap_rows(scene: Copy) -> int:
    seq = _middle(scene)
    columns = "body, leaf, root, sig"
    vandalise(
        scene.log,
        f"UPDATE entry SET ({columns}) = (SELECT {columns} FROM entry AS o WHERE o.seq ="
        f" {2 * seq + 1} - entry.seq) WHERE seq IN ({seq}, {seq + 1})",
    )
    return seq


def _shift(scene: Copy) -> int:
    """Leave a gap: every row from the middle on one number higher."""
    seq = _middle(scene)
    vandalise(
        scene.log,
        f"UPDATE entry SET seq = -seq - 1 WHERE seq >= {seq}",
        "UPDATE entry SET seq = -seq WHERE seq < 0",
    )
    return seq


# -- shortened, put back --------------------------------------------------------------------------


def _cut(scene: Copy) -> int:
    seq = find(read_drafts(scene.bodies()), "session.open", number=-1)
    vandalise(scene.log, f"DELETE FROM entry WHERE seq >= {seq}", "DELETE FROM tile")
    vandalise(scene.log, f"DELETE FROM keyrec WHERE from_seq >= {seq}")
    return seq


def _restore(scene: Copy) -> int:
    shutil.copy(scene.worked.backup / "log" / "log.sqlite", scene.log)
    return _size(scene)


def _and_heads(change: Change, heads: Callable[[Copy], None]) -> Change:
    def both(scene: Copy) -> None:
        change(scene)
        heads(scene)

    return both


def _delete_heads(scene: Copy) -> None:
    scene.heads.unlink()


def _empty_heads(scene: Copy) -> None:
    scene.heads.write_bytes(b"")


def _cut_heads(scene: Copy) -> None:
    """Leave the heads that the shortened log still holds."""
    size = _size(scene)
    lines = scene.heads.read_text().splitlines(keepends=True)
    scene.heads.write_text("".join(each for each in lines if int(each.split("|")[1]) <= size))


# -- the file as a file ---------------------------------------------------------------------------


def _octets(make: Callable[[bytes], bytes]) -> Change:
    def change(scene: Copy) -> None:
        scene.log.write_bytes(make(scene.log.read_bytes()))

    return change


def make_noise(count: int) -> bytes:
    """Return octets that mean nothing, the same each time."""
    return random.Random(7).randbytes(count)


_CHANGE_ID = "UPDATE entry SET seq = {n} WHERE seq = {m}"
_COPY_ROW = "INSERT INTO entry SELECT {seq}, body, leaf, root, sig FROM entry WHERE seq = {m}"

FILE_CLASSES = (
    *table(
        "rows",
        ("a body", _edit("body"), "leaf"),
        ("a body, its meaning", _body(_lie, leaf=False), "leaf"),
        ("a body with its leaf hash", _body(_lie, leaf=True), "forked"),
        ("a body emptied", _body(lambda _: b"", leaf=True), "forked"),
        ("a body of two megabytes", _large, "unreadable"),
        ("a leaf hash", _edit("leaf"), "leaf"),
        ("a root", _edit("root"), "root"),
        ("the last head's signature", _edit("sig", _last), "tree_signature"),
        ("the last body", _edit("body", _last), "leaf"),
        ("the last root", _edit("root", _last), "root"),
        ("the first body", _edit("body", lambda _: 0), "leaf"),
        ("a short root", _sql("UPDATE entry SET root = x'00' WHERE seq = {m}", bad=_middle), "row"),
        ("a row deleted", _sql("DELETE FROM entry WHERE seq = {m}", bad=_middle), "sequence"),
        (
            "the first row deleted",
            _sql("DELETE FROM entry WHERE seq = 0", bad=lambda _: 0),
            "sequence",
        ),
        ("every row deleted", _sql("DELETE FROM entry", "DELETE FROM tile"), "empty"),
        ("a row moved to the end", _sql(_CHANGE_ID, bad=_middle), "sequence"),
        ("rows renumbered", _shift, "sequence"),
        ("two rows exchanged", _swap_rows, "forked"),
        ("a row repeated at the end", _sql(_COPY_ROW.replace("{seq}", "{n}"), bad=_size), "root"),
        (
            "a row before the first",
            _sql(_COPY_ROW.replace("{seq}", "-1"), bad=lambda _: 0),
            "sequence",
        ),
        (
            "rows left out of the middle",
            _sql("DELETE FROM entry WHERE seq BETWEEN {m} AND {m} + 9", bad=_middle),
            "sequence",
        ),
    ),
    *table(
        "rows",
        ("a head's signature", _edit("sig"), "tree_signature"),
        ("a head's signature, malleable", _malleable, "tree_signature"),
        tool=Tool.EVERY_HEAD,
    ),
    *table(
        "shortened or put back",
        ("the tail cut off", _cut, "rolled_back"),
        ("a backup put back", _restore, "rolled_back"),
        ("the tail cut off, heads deleted", _and_heads(_cut, _delete_heads), "released_missing"),
        ("the tail cut off, heads emptied", _and_heads(_cut, _empty_heads), "released_missing"),
        ("a backup, heads deleted", _and_heads(_restore, _delete_heads), "released_missing"),
        ("the tail cut off, heads too", _and_heads(_cut, _cut_heads), "passed"),
        ("a backup with its heads", _and_heads(_restore, _cut_heads), "passed"),
    ),
    *table(
        "schema and tiles",
        ("a guard removed", _bare("DROP TRIGGER entry_no_update"), "guards_removed"),
        (
            "every guard removed",
            _bare(
                *(
                    f"DROP TRIGGER {t}_no_{a}"
                    for t in ("entry", "tile")
                    for a in ("update", "delete")
                )
            ),
            "guards_removed",
        ),
        (
            "a guard of other words",
            _bare(
                "DROP TRIGGER entry_no_update",
                "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END",
            ),
            "not_a_log",
        ),
        (
            "a trigger more",
            _bare("CREATE TRIGGER x AFTER INSERT ON entry BEGIN DELETE FROM tile; END"),
            "not_a_log",
        ),
        ("a table more", _bare("CREATE TABLE x (a)"), "not_a_log"),
        ("a view more", _bare("CREATE VIEW x AS SELECT * FROM entry"), "not_a_log"),
        ("an index more", _bare("CREATE INDEX x ON entry (leaf)"), "not_a_log"),
        ("the index removed", _bare("DROP INDEX keyrec_vkey"), "not_a_log"),
        ("the tiles' table removed", _bare("DROP TABLE tile"), "not_a_log"),
        ("another application id", _bare("PRAGMA application_id = 1"), "not_a_log"),
        ("a version to come", _bare("PRAGMA user_version = 9"), "not_a_log"),
        ("the version of before", _bare("PRAGMA user_version = 1"), "not_a_log"),
        ("a tile", _sql("UPDATE tile SET h = zeroblob(32)"), "tile"),
        ("a tile removed", _sql("DELETE FROM tile"), "tile"),
        ("a tile more", _sql("INSERT INTO tile VALUES ((1 << 48) | 1, zeroblob(32))"), "tile"),
        (
            "a tile of a higher level",
            _sql("INSERT INTO tile VALUES (2 << 48, zeroblob(32))"),
            "tile",
        ),
    ),
    *table(
        "the file",
        ("removed", lambda scene: scene.log.unlink(), "missing"),
        ("of no octet", _octets(lambda _: b""), "not_a_log"),
        ("of noise", _octets(lambda octets: make_noise(len(octets))), "not_a_log"),
        (
            "with a damaged header",
            _octets(lambda octets: octets[:16] + make_noise(84) + octets[100:]),
            "not_a_log",
        ),
        (
            "with a damaged page",
            _octets(lambda octets: octets[:8192] + make_noise(4096) + octets[12288:]),
            "unreadable",
        ),
        ("cut short", _octets(lambda octets: octets[: len(octets) // 2]), "unreadable"),
    ),
    *table(
        "key records",
        (
            "a session called open again",
            _sql("UPDATE keyrec SET to_seq = NULL WHERE role = 'session' AND to_seq < 100"),
            "key_record",
        ),
        (
            "a session called ended earlier",
            _sql("UPDATE keyrec SET to_seq = to_seq - 1 WHERE role = 'session'"),
            "key_record",
        ),
        (
            "a credential made an administrator's",
            _sql("UPDATE keyrec SET role = 'enrolled' WHERE role = 'operator'"),
            "key_record",
        ),
        (
            "a credential ended",
            _sql("UPDATE keyrec SET to_seq = 100 WHERE role = 'operator'"),
            "key_record",
        ),
        ("a record removed", _sql("DELETE FROM keyrec WHERE role = 'session'"), "key_record"),
        (
            "a record moved",
            _sql("UPDATE keyrec SET from_seq = from_seq + 1 WHERE role = 'operator'"),
            "key_record",
        ),
        (
            "a key of one's own",
            _own_key("bank.kz/sup/x", "enrolled"),
            "key_record",
        ),
        (
            "a log key of one's own",
            _own_key("bank.kz/log/almaty1-ws07/g1", "log"),
            "key_record",
        ),
        (
            "a key that is none",
            _sql("UPDATE keyrec SET vkey = 'x' WHERE role = 'log' AND to_seq IS NULL"),
            "key_record",
        ),
    ),
)
