"""The log of one workstation: create, open, append, read, prove. One owner, one writer.

Owned by one thread at a time; it may be opened in one thread and used in another.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from crypto.canonical_json import JsonValue
from crypto.errors import EntryMalformed, LogLocked, LogOutdated, LogTampered, LogUnwritable
from crypto.log.file.clock import Clock
from crypto.log.file.create import create_log_file, lock_existing
from crypto.log.file.faults import LogFault
from crypto.log.file.key_check import KEYS_MEMBER, digest_keys
from crypto.log.file.load import LogState, load_state
from crypto.log.file.lock import FileLock
from crypto.log.file.proven import follow_rotations
from crypto.log.file.released import ReleasedHead, ReleasedMark
from crypto.log.file.rows import Rows
from crypto.log.file.schema import connect_writer, has_our_schema, is_outdated, storage_errors
from crypto.log.file.view import TreeView
from crypto.log.file.writer import Appended, Draft, Writer
from crypto.log.format.checkpoint import SignedCheckpoint
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import KeyRecord, Kind, SignerRole
from crypto.log.format.note import NoteSigner, NoteVerifier
from crypto.log.format.proof import InclusionProof

__all__ = ["Appended", "LogStore"]

# The store writes these itself; a caller's would contradict what they record.
_RESERVED = frozenset({Kind.GENESIS, Kind.BOOT, Kind.CLOCK_STEP, Kind.KEY_ROTATE})


def _load(rows: Rows, log_key: NoteVerifier, released: ReleasedHead) -> LogState:
    """Check the file in one read transaction: all of it is of the same moment."""
    marks, copies = released.marks(log_key.name), released.copied_marks(log_key.name)
    with rows.snapshot() as db:
        if not has_our_schema(db):
            raise LogTampered(LogFault.NOT_A_LOG)
        if is_outdated(db):
            raise LogOutdated
        return load_state(rows, log_key, marks, copies)


def _describe_start(
    state: LogState, released: ReleasedMark | None, clock: Clock
) -> dict[str, JsonValue]:
    return {
        KEYS_MEMBER: digest_keys(state.keys.records),
        "os_boot": clock.wall_ms() - clock.mono_ms(),
        "released": None if released is None else released.size,
        "size": state.frontier.size,
    }


class LogStore:
    """An open log. Make one with `create` or `open`; use as a context manager or `close` it.

    What it returns is proven under the newest verified tree head: LogTampered otherwise,
    EntryMissing beyond the end.
    """

    def __init__(
        self,
        path: Path,
        lock: FileLock,
        *,
        log_key: NoteSigner,
        clock: Clock,
        released: ReleasedHead,
    ) -> None:
        """Take over a lock and load the state; the lock is released when the file is refused."""
        self._lock = lock
        self._log_key = log_key
        self._clock = clock
        self._released = released
        self._db: Database | None = None
        self._chain: tuple[KeyRecord, ...] = ()
        try:
            self._db = connect_writer(path)
            self._rows = Rows(self._db)
            self._writer = Writer(self._db, log_key, clock, self._load)
            self._state()
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        origin: str,
        log_key: NoteSigner,
        genesis: Mapping[str, JsonValue],
        cosigners: Sequence[NoteSigner],
        clock: Clock,
        released: ReleasedHead,
    ) -> Self:
        """Create a log whose first entry is signed by the log key and every cosigner.

        `genesis` is the entry's data; `vkey` is added to it. Never overwrites: LogExists.
        KeyRefused when `origin` is not the key's name or nobody cosigns; LogRolledBack when
        `released` remembers a log; LogUnwritable when the disk refuses.
        """
        lock = create_log_file(
            path,
            origin=origin,
            log_key=log_key,
            genesis=genesis,
            cosigners=cosigners,
            clock=clock,
            released=released,
        )
        return cls(path, lock, log_key=log_key, clock=clock, released=released)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        log_key: NoteSigner,
        clock: Clock,
        released: ReleasedHead,
        software: str = "",
    ) -> Self:
        """Open an existing log, check it, append `boot` and close sessions that died open.

        Never creates: LogMissing. LogLocked, LogTampered, LogRolledBack, KeyRefused (not the
        log key in force) and LogUnwritable mean that normal operation must not start. A log
        that was ended with `log.close` opens for reading; nothing is appended to it.
        """
        lock = lock_existing(path, released)
        store = cls(path, lock, log_key=log_key, clock=clock, released=released)
        try:
            store.append_boot(software)
        except BaseException:
            store.close()
            raise
        return store

    def _load(self) -> LogState:
        return _load(self._rows, self._log_key.verifier, self._released)

    def _state(self) -> LogState:
        if self._db is None:
            raise LogUnwritable("closed")
        return self._writer.state

    def append_boot(self, software: str) -> None:
        """Append `boot` with what was found at start, and end open sessions as `died`.

        `open` does it once.
        """
        state = self._state()
        head = state.head
        released = self._released.catch_up(
            ReleasedMark(self._log_key.name, head.seq + 1, head.root, head.signature)
        )
        if state.keys.closed:
            return
        found = _describe_start(state, released, self._clock) | {"software": software}
        dead = state.keys.open_sessions  # those of `state`: the commit replaces it
        self._commit(Draft(Kind.BOOT, found, "", ()))
        for session in dead:
            self.append(Kind.SESSION_CLOSE, {"reason": "died", "ses": session.verifier.vkey})

    def append(
        self,
        kind: str,
        data: Mapping[str, JsonValue],
        *,
        actor: str = "",
        signers: Sequence[NoteSigner] = (),
        cosigners: Sequence[NoteSigner] = (),
    ) -> Appended:
        """Sign and store one entry; committed and synced when this returns.

        Without signers the log key signs, with every cosigner. `session.close` gets its `n` here.
        Raises KeyRefused (who may sign what: docs/formats/log.md), EntryMalformed, LogUnwritable,
        LogTampered; after any of them nothing was acknowledged and the next append starts from
        the file again.
        """
        if kind in _RESERVED:
            raise EntryMalformed("reserved kind")
        if kind == Kind.SESSION_CLOSE and "n" not in data:
            data = {**data, "n": self._state().keys.count_signed(str(data.get("ses")))}
        return self._commit(Draft(kind, data, actor, (*(signers or [self._log_key]), *cosigners)))

    def rotate(self, new_key: NoteSigner) -> Appended:
        """Retire the log key: `key.rotate`, signed by both keys, ends the old one's heads.

        The caller destroys the old private key afterwards.
        """
        state = self._state()
        root = b64encode(state.root).decode("ascii")
        data: dict[str, JsonValue] = {
            "at": {"root": root, "size": state.frontier.size},
            "vkey": new_key.vkey,
        }
        appended = self._commit(Draft(Kind.KEY_ROTATE, data, "", (self._log_key, new_key)))
        self._log_key = new_key
        self._writer.rotate_key(new_key)
        return appended

    def _commit(self, draft: Draft) -> Appended:
        self._state()
        try:
            appended = self._writer.commit(draft)
        except LogTampered:
            if self._lock.is_held():
                raise
            # Somebody removed the lock's file and a second owner has begun: it is the only one.
            self.close()
            raise LogLocked from None
        # After the commit: a head that was released and then rolled back would accuse an honest
        # log. When this fails the entry is recorded but not acknowledged: the caller's append
        # raises (docs/formats/log.md, section 5).
        self._released.append(ReleasedMark.make(appended.checkpoint))
        if draft.kind == Kind.SESSION_CLOSE:
            self._released.sync()
        return appended

    def _view(self, oldest: int | None = None) -> TreeView:
        """View the tree; `oldest` is the size of the oldest head that will be asked for."""
        state = self._state()
        chain = tuple(r for r in state.keys.records if r.role is SignerRole.LOG)
        first = chain[0].from_seq
        if oldest is not None and 0 < oldest <= first + 1 and first:
            chain = self.log_keys
        return TreeView(self._rows, state.frontier.size, state.root, chain)

    @property
    def credentials(self) -> tuple[KeyRecord, ...]:
        """The credentials in force, with the account and role each was enrolled for."""
        return self._state().keys.credentials

    @property
    def size(self) -> int:
        """How many entries the log holds."""
        return self._state().frontier.size

    @property
    def log_keys(self) -> tuple[KeyRecord, ...]:
        """The log's own keys in the order they were in force; the last one signs now."""
        # The state has only those in force since the last start.
        newest = tuple(r for r in self._state().keys.records if r.role is SignerRole.LOG)[-1]
        if self._chain[-1:] != (newest,):
            vkey = self._view().entry(0).data["vkey"]
            with storage_errors():
                self._chain = follow_rotations(self._rows, NoteVerifier.parse(str(vkey)))
        return self._chain

    @property
    def closed(self) -> bool:
        """Whether the log was ended with `log.close`: nothing is appended to it."""
        return self._state().keys.closed

    def entry(self, seq: int) -> LogEntry:
        """Return one entry."""
        return self._view().entry(seq)

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[LogEntry]:
        """Yield entries in order as of this call; LogTampered at the first bad one."""
        view = self._view()
        return view.entries(start, view.size if stop is None else stop)

    def checkpoint(self, size: int | None = None) -> SignedCheckpoint:
        """Return the signed head of the log, or the one issued when it had `size` entries."""
        view = self._view(size)
        return view.checkpoint(view.size if size is None else size)

    def inclusion_proof(self, seq: int, size: int | None = None) -> InclusionProof:
        """Prove that entry `seq` is under the head of `size`; verified before it is returned."""
        view = self._view(size)
        return view.inclusion_proof(seq, view.size if size is None else size)

    def consistency_proof(self, old: int, new: int) -> tuple[bytes, ...]:
        """Prove that the head of `old` is a prefix of the head of `new`; verified before."""
        return self._view(min(old, new)).consistency_proof(old, new)

    def receipt(self, seq: int) -> str:
        """Return a tlog-proof of the entry under the newest head."""
        return self._view().receipt(seq)

    def close(self) -> None:
        """Sync the released head, close the file, release the lock. Repeating is harmless."""
        try:
            self._released.close()
        finally:
            if self._db is not None:
                self._db.close()
                self._db = None
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
