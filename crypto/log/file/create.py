"""Creating and locking a log's file: opening never creates, creating never overwrites."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from crypto.canonical_json import JsonValue
from crypto.errors import KeyRefused, LogExists, LogMissing, LogRolledBack, LogUnwritable
from crypto.files.durable import rename_durably
from crypto.files.held_files import remove_file
from crypto.log.file.clock import Clock
from crypto.log.file.lock import FileLock
from crypto.log.file.released import ReleasedHead, ReleasedMark
from crypto.log.file.rows import Rows
from crypto.log.file.schema import connect_writer, create_schema, storage_errors
from crypto.log.file.writer import write_genesis
from crypto.log.format.note import NoteSigner

__all__ = ["create_log_file", "lock_existing"]


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def lock_existing(path: Path, released: ReleasedHead) -> FileLock:
    """Lock an existing log; LogMissing when there is none, with how many entries were expected."""
    if not path.is_file():
        mark = released.last()
        raise LogMissing("" if mark is None else f"{mark.size} entries were released")
    return FileLock(_beside(path, ".lock"))


def create_log_file(
    path: Path,
    *,
    origin: str,
    log_key: NoteSigner,
    genesis: Mapping[str, JsonValue],
    cosigners: Sequence[NoteSigner],
    clock: Clock,
    released: ReleasedHead,
) -> FileLock:
    """Create the file with its schema and genesis entry; return the lock that owns it.

    The file appears under its name only when it is complete: a crash leaves none or all.
    """
    if log_key.name != origin:
        raise KeyRefused("the log key's name is not the origin")
    lock = FileLock(_beside(path, ".lock"))
    try:
        _refuse_successor(path, origin, released)
        mark = _write(path, log_key, genesis, cosigners, clock)
        released.append(mark)
        released.sync()
    except BaseException:
        lock.release()
        raise
    return lock


def _refuse_successor(path: Path, origin: str, released: ReleasedHead) -> None:
    # A write-ahead log left behind would be replayed into the new file.
    if path.exists() or _beside(path, "-wal").exists():
        raise LogExists
    if released.marks(origin):
        raise LogRolledBack("a released head remembers a log")


def _write(
    path: Path,
    log_key: NoteSigner,
    genesis: Mapping[str, JsonValue],
    cosigners: Sequence[NoteSigner],
    clock: Clock,
) -> ReleasedMark:
    draft = _beside(path, ".creating")
    try:
        for suffix in ("", "-wal", "-shm"):
            remove_file(_beside(draft, suffix))
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        db = connect_writer(draft)
        try:
            with storage_errors():
                db.execute("BEGIN IMMEDIATE")
                create_schema(db)
                mark = write_genesis(Rows(db), log_key, clock, genesis, cosigners)
                db.execute("COMMIT")
        finally:
            db.close()
        rename_durably(draft, path)
    except OSError as error:
        raise LogUnwritable(type(error).__name__) from error
    return mark
