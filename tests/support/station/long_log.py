"""A log too long to be signed entry by entry: its middle is well formed, its end is the log's own.

A start does not read the bodies in the middle, and a million signatures take minutes. Runs have
one sign-in and five hundred entries.
"""

import base64
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from crypto.log.file.key_check import KEYS_MEMBER
from crypto.log.file.rows import tile_id
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.merkle import Frontier, leaf_hash
from crypto.log.format.note import NoteSigner, NoteVerifier, SignatureLine
from tests.support.station.log import LogSite, private_key, vandalise

__all__ = ["Filling", "die", "fill_runs"]

RUN = 500
START_MS = 1763803500000


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in the middle of a run: kind, who acted, data as canonical JSON, time (ms)."""

    kind: str
    data: str
    actor: str = ""
    t_ms: int = START_MS


def fill_blank(seq: int) -> Filling:
    """Fill with results of many cases, all of one moment."""
    return Filling("verify.result", f'"case":"{seq:010x}","note":"{"x" * 300}"')


def fill_runs(site: LogSite, count: int, filling: Callable[[int], Filling] = fill_blank) -> None:
    """Put `count` entries in runs of RUN into a new log, then let the last run die."""
    site.create().close()
    with site.open() as store:
        keys = store.entry(1).data[KEYS_MEMBER]
    db = sqlite3.connect(site.path, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    rows = db.execute("SELECT body FROM entry ORDER BY seq").fetchall()
    frontier = Frontier()
    for (body,) in rows:
        frontier, _ = frontier.push(leaf_hash(body))
    prev = base64.b64encode(leaf_hash(rows[-1][0])).decode("ascii")
    signature = SignatureLine("bank.example/ses/x", bytes(4), bytes(64)).encode()
    db.execute("BEGIN")
    for seq in range(len(rows), count):
        run, place = divmod(seq, RUN)
        filled = filling(seq)
        kind, data, actor = filled.kind, filled.data, f'"actor":"{filled.actor}",'
        vkey = NoteVerifier(f"bank.example/ses/{run}", run.to_bytes(32)).vkey
        if place == 0:
            kind, data = "boot", f'"keys":"{keys}"'
        if place in {1, RUN - 1}:
            kind = "session.open" if place == 1 else "session.close"
            data = f'"n":{RUN - 3},"ses":"{vkey}"'
        text = (
            f'{{{actor if filled.actor else ""}"boot":"7f3c9a10","data":{{{data}}},'
            f'"log":"{site.log_key.name}","mono":1000,'
            f'"prev":"{prev}","seq":{seq},"t":{filled.t_ms},"type":"{kind}","v":1}}\n'
        ).encode()
        body = text + b"\n" + signature
        leaf = leaf_hash(body)
        prev = base64.b64encode(leaf).decode("ascii")
        frontier, tiles = frontier.push(leaf)
        db.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, zeroblob(64))",
            (seq, body, leaf, frontier.root() if seq == count - 1 else bytes(32)),
        )
        for tile in tiles:
            db.execute(
                "INSERT INTO tile VALUES (?, ?)", (tile_id(tile.level, tile.index), tile.root)
            )
        if place == 1:
            db.execute(
                "INSERT INTO keyrec (vkey, role, from_seq, to_seq) VALUES (?, 'session', ?, ?)",
                (vkey, seq, seq + RUN - 2),
            )
    db.execute("COMMIT")
    db.close()
    sign_last(site, count)


def sign_last(site: LogSite, count: int) -> None:
    """Sign the last head as the log's owner did, and release it."""
    connection = sqlite3.connect(site.path)
    query = "SELECT root FROM entry WHERE seq = ?"
    head = connection.execute(query, (count - 1,)).fetchone()[0]
    connection.close()
    signature = site.log_key.sign(Checkpoint(site.log_key.name, count, head).body())
    vandalise(site.path, ("UPDATE entry SET sig = ? WHERE seq = ?", (signature, count - 1)))
    site.release()


def die(site: LogSite, number: int) -> None:
    """Open the log, sign somebody in, append and let the process die."""
    key = NoteSigner(f"bank.example/ses/died-{number}", private_key(number % 100 + 1))
    vouching = [site.log_key, site.supervisor]
    with site.open() as store:
        store.append("session.open", {"ses": key.vkey}, signers=vouching)
        for case in range(100):
            store.append("verify.result", {"case": case}, signers=[key])
