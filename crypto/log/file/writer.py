"""The commit procedure: one transaction per append, nothing released before it is durable.

docs/formats/log.md, section 5. The store does step 4, the released head.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from crypto.canonical_json import JsonValue
from crypto.errors import KeyRefused, LogError, LogTampered
from crypto.log.file.clock import Clock, Reading, has_stepped
from crypto.log.file.faults import LogFault
from crypto.log.file.load import LogState
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import EntryRow, Rows
from crypto.log.file.schema import storage_errors
from crypto.log.file.signers import SignerKeys
from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint
from crypto.log.format.entry import Header, LogEntry, seal_entry
from crypto.log.format.key_record import Kind, begin_genesis_keys, read_named_key, read_rules
from crypto.log.format.merkle import Frontier
from crypto.log.format.note import NoteSigner, NoteVerifier

__all__ = ["Appended", "Draft", "Writer", "write_genesis"]


@dataclass(frozen=True, slots=True)
class Appended:
    """A durable entry and the signed head that covers it."""

    entry: LogEntry
    checkpoint: SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before the log gives it a place and a time."""

    kind: str
    data: Mapping[str, JsonValue]
    actor: str
    signers: Sequence[NoteSigner]


class Writer:
    """Appends through one connection. `load` re-reads the state from the file."""

    def __init__(
        self, db: Database, log_key: NoteSigner, clock: Clock, load: Callable[[], LogState]
    ) -> None:
        self._db = db
        self._rows = Rows(db)
        self._log_key = log_key
        self._clock = clock
        self._load = load
        self._state: LogState | None = None

    @property
    def state(self) -> LogState:
        """The state after the last commit, re-read from the file when a commit has failed."""
        if self._state is None:
            with storage_errors():
                self._state = self._load()
        return self._state

    def rotate_key(self, log_key: NoteSigner) -> None:
        """Sign heads with a new key from now on; its `key.rotate` entry is already committed."""
        self._log_key = log_key

    def commit(self, draft: Draft) -> Appended:
        """Write one entry durably, with a `clock.step` before it when the clocks disagree.

        (1) take the write lock; the file must end as the state in memory does;
        (2) write a `clock.step` when one is due;
        (3) sign the entry, extend the tree, sign its head, insert the rows, commit.

        Any failure rolls back, forgets the state in memory (it may hold what was never written)
        and raises: LogUnwritable, LogTampered, KeyRefused or EntryMalformed.
        """
        state = self.state
        try:
            with storage_errors():
                # (1) IMMEDIATE, because a deferred transaction asks for the write lock only at its
                # first insert, where SQLITE_BUSY would end it (sqlite.org/lang_transaction, 2.2).
                self._db.conn.execute("BEGIN IMMEDIATE")
                if self._rows.head() != (state.head.seq, state.root):
                    raise LogTampered(LogFault.SEQUENCE, state.head.seq)
                now = (self._clock.boot, self._clock.wall_ms(), self._clock.mono_ms())
                # (2) the clocks
                state = self._write_clock_step(state, now)
                # (3) the entry
                state, appended = self._write(state, now, draft)
                # In WAL mode with synchronous=FULL this returns after the log file's fsync
                # (sqlite.org/pragma.html#pragma_synchronous).
                self._db.conn.execute("COMMIT")
        except (LogError, sqlite3.Error):
            # A COMMIT that failed may yet be found in the file: only the file says.
            self._state = None
            self._roll_back()
            raise
        self._state = state
        return appended

    def _roll_back(self) -> None:
        # SQLite rolls back by itself after SQLITE_FULL, IOERR, NOMEM and some BUSY, and a second
        # ROLLBACK is an error (sqlite.org/lang_transaction, 3).
        if self._db.conn.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    def _write_clock_step(self, state: LogState, now: Reading) -> LogState:
        last = state.last.header
        if not has_stepped((last.boot, last.t_ms, last.mono_ms), now):
            return state
        within = last.boot == now[0]
        expected = last.t_ms + (now[2] - last.mono_ms if within else 0)
        data = {"from": expected, "to": now[1], "why": "step" if within else "back_across_boots"}
        draft = Draft(Kind.CLOCK_STEP, data, "", (self._log_key,))
        return self._write(state, now, draft)[0]

    def _write(self, state: LogState, now: Reading, draft: Draft) -> tuple[LogState, Appended]:
        signers = draft.signers or (self._log_key,)
        fault = self._check_signers(state.keys, draft, signers)
        if fault is not None:
            raise KeyRefused(fault)
        header = Header(
            log=state.last.header.log,
            seq=state.frontier.size,
            prev=state.last.leaf,
            t_ms=now[1],
            mono_ms=now[2],
            boot=now[0],
        )
        return _insert(self._rows, self._log_key, state.frontier, state.keys, header, draft)

    def _check_signers(
        self, keys: SignerKeys, draft: Draft, signers: Sequence[NoteSigner]
    ) -> LogFault | None:
        """Apply the rule; keys that were ended before this run only the file remembers."""
        fault = keys.check_signers(
            draft.kind, draft.data, [signer.verifier.identity for signer in signers]
        )
        named = None if fault else read_named_key(draft.kind, draft.data)
        if named is None and fault is not LogFault.UNKNOWN_SIGNER:
            return fault
        known = {record.verifier for record in keys.records}
        asked = [signer.verifier for signer in signers] if named is None else [named]
        if not any(self._rows.has_key(key.vkey) for key in asked if key not in known):
            return fault
        return LogFault.RETIRED_KEY if named is None else LogFault.KEY_INVALID


def _insert(
    rows: Rows,
    log_key: NoteSigner,
    frontier: Frontier,
    keys: SignerKeys,
    header: Header,
    draft: Draft,
) -> tuple[LogState, Appended]:
    """Sign the entry, extend the tree, sign its head, insert the rows; the caller commits."""
    signers = draft.signers or (log_key,)
    entry = seal_entry(header, draft.kind, draft.data, actor=draft.actor, signers=signers)
    frontier, tiles = frontier.push(entry.leaf)
    checkpoint = Checkpoint(header.log, frontier.size, frontier.root())
    line = log_key.sign_line(checkpoint.body())
    row = EntryRow(header.seq, entry.body, entry.leaf, checkpoint.root, line.signature)
    identities = [signer.verifier.identity for signer in signers]
    changed = keys.apply(header.seq, draft.kind, draft.data, identities)
    rows.insert(row, tiles, keys.records if header.seq == 0 else changed)
    state = LogState(frontier, checkpoint.root, row, entry, keys)
    return state, Appended(entry, SignedCheckpoint(checkpoint, (line,)))


def _read_head_office(genesis: Mapping[str, JsonValue]) -> Iterator[NoteVerifier]:
    """Iterate over head office's keys where those who begin the log name them."""
    listed = genesis.get("head_office", [])
    for vkey in listed if isinstance(listed, list) else ():
        yield NoteVerifier.parse(str(vkey))


def write_genesis(
    rows: Rows,
    log_key: NoteSigner,
    clock: Clock,
    genesis: Mapping[str, JsonValue],
    cosigners: Sequence[NoteSigner],
) -> ReleasedMark:
    """Write entry 0 inside the caller's transaction; return the mark of its head.

    Raises KeyRefused without a cosigner or with one key twice, EntryMalformed on bad members.
    """
    data = {**genesis, "vkey": log_key.vkey}
    signers = (log_key, *cosigners)
    identities = [signer.verifier.identity for signer in signers]
    known = [*(signer.verifier for signer in cosigners), *_read_head_office(genesis)]
    keys = SignerKeys(
        begin_genesis_keys(genesis, log_key.verifier, identities, known), rules=read_rules(genesis)
    )
    fault = keys.check_signers(Kind.GENESIS, data, identities)
    if fault is not None:
        raise KeyRefused(fault)
    header = Header(log_key.name, 0, None, clock.wall_ms(), clock.mono_ms(), clock.boot)
    draft = Draft(Kind.GENESIS, data, "", signers)
    state, _ = _insert(rows, log_key, Frontier(), keys, header, draft)
    return ReleasedMark(log_key.name, 1, state.root, state.head.signature)
