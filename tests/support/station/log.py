"""Test keys, a clock that is told the time, and logs built with both."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.canonical_json import JsonValue
from crypto.log.file.released import ReleasedHead, ReleasedMark
from crypto.log.file.store import LogStore
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.cosignature import Witness
from crypto.log.format.note import Note, NoteSigner

ORIGIN = "bank.example/log/b0421-w07/g1"
SESSION_NAME = "bank.example/ses/c3a1f09be2"
SUPERVISOR_NAME = "bank.example/sup/S-0031"
WITNESS_NAME = "bank.example/witness/ho-1"


def private_key(first: int) -> Ed25519PrivateKey:
    """Return the published test key whose seed counts up from `first`."""
    return Ed25519PrivateKey.from_private_bytes(bytes(range(first, first + 32)))


def log_signer(origin: str = ORIGIN) -> NoteSigner:
    """Return the test log key."""
    return NoteSigner(origin, private_key(0x00))


def session_signer(name: str = SESSION_NAME) -> NoteSigner:
    """Return the test session key."""
    return NoteSigner(name, private_key(0x20))


def supervisor_signer() -> NoteSigner:
    """Return the test supervisor key."""
    return NoteSigner(SUPERVISOR_NAME, private_key(0x60))


def witness() -> Witness:
    """Return the test witness."""
    return Witness(WITNESS_NAME, private_key(0x40))


def sign_note(text: bytes, signers: Sequence[NoteSigner]) -> bytes:
    """Sign a text, which ends in a newline, with every key."""
    return Note(text, tuple(signer.sign_line(text) for signer in signers)).encode()


class ToldClock:
    """A clock that says what it is told; `tick` moves both hands together."""

    def __init__(
        self, wall_ms: int = 1763803500000, mono_ms: int = 1000, boot: str = "7f3c9a10"
    ) -> None:
        self.wall = wall_ms
        self.mono = mono_ms
        self.run = boot

    def wall_ms(self) -> int:
        """Return the told wall time."""
        return self.wall

    def mono_ms(self) -> int:
        """Return the told monotonic time."""
        return self.mono

    @property
    def boot(self) -> str:
        """Return the told boot id."""
        return self.run

    def tick(self, milliseconds: int) -> None:
        """Let time pass."""
        self.wall += milliseconds
        self.mono += milliseconds


class LogSite:
    """A folder with a log, its released head in another folder, and the keys to it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log" / "log.db"
        self.released_path = folder / "share" / "released"
        for parent in (self.path.parent, self.released_path.parent):
            parent.mkdir(parents=True, exist_ok=True)
        self.clock = ToldClock()
        self.log_key = log_signer()
        self.session_key = session_signer()
        self.supervisor = supervisor_signer()
        self.genesis: dict[str, JsonValue] = {"policy": "p-2026-10", "prev_gen": None}

    def released(self) -> ReleasedHead:
        """Return the site's released head."""
        return ReleasedHead(self.released_path)

    def create(self, cosigners: Sequence[NoteSigner] | None = None) -> LogStore:
        """Create the log as in docs/formats/log.md."""
        return LogStore.create(
            self.path,
            origin=self.log_key.name,
            log_key=self.log_key,
            genesis=self.genesis,
            cosigners=[self.supervisor] if cosigners is None else cosigners,
            clock=self.clock,
            released=self.released(),
        )

    def open(self) -> LogStore:
        """Open the log again."""
        return LogStore.open(
            self.path, log_key=self.log_key, clock=self.clock, released=self.released()
        )

    def release(self, size: int | None = None) -> None:
        """Replace the released heads by that of the file as it is, as a thief of the key would."""
        connection = sqlite3.connect(self.path)
        newest = "SELECT seq + 1, root FROM entry WHERE seq + 1 <= ? ORDER BY seq DESC LIMIT 1"
        found = connection.execute(newest, (size or 2**62,)).fetchone()
        connection.close()
        head = Checkpoint(self.log_key.name, *found)
        mark = ReleasedMark(head.origin, head.size, head.root, self.log_key.sign(head.body()))
        self.released_path.write_text(f"{mark.line()}\n", newline="\n")

    def open_session(self, store: LogStore) -> None:
        """Open the teller's session as in docs/formats/log.md."""
        self.clock.tick(1000)
        data = {"actor": "T-004217", "by": "S-0031", "ses": self.session_key.vkey}
        store.append("session.open", data, signers=[self.log_key, self.supervisor])

    def fill(self, count: int) -> None:
        """Create a log of `count` entries: genesis, session, results, and close it."""
        with self.create() as store:
            self.open_session(store)
            for number in range(count - 2):
                self.clock.tick(700)
                store.append("verify.result", {"case": number}, signers=[self.session_key])


def vandalise(path: Path, *statements: str | tuple[str, Sequence[object]]) -> None:
    """Change a log as someone with SQLite would: guards off, change, guards on."""
    connection = sqlite3.connect(path, isolation_level=None)
    guards = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        if isinstance(statement, str):
            connection.execute(statement)
        else:
            connection.execute(*statement)
    for _, sql in guards:
        connection.execute(sql)
    connection.close()


def flip(column: str, table: str, where: str) -> str:
    """Return SQL that changes the middle byte of a column."""
    middle = f"(length({column}) / 2)"
    return (
        f"UPDATE {table} SET {column} = CAST(substr({column}, 1, {middle} - 1)"
        f" || CASE WHEN substr({column}, {middle}, 1) = x'58' THEN x'59' ELSE x'58' END"
        f" || substr({column}, {middle} + 1) AS BLOB) WHERE {where}"
    )
