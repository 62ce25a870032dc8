"""The last tree head that left the log, remembered outside it: what a rollback is caught by.

SQLite drops a damaged tail of its write-ahead log without a word, and an old copy of the file is
a perfectly good log. Only a record in another place knows that more had been released.
"""

import base64
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crypto.errors import LogTampered, LogUnwritable, NoteMalformed
from crypto.files.durable import write_all
from crypto.log.file.faults import LogFault
from crypto.log.format.checkpoint import parse_size
from crypto.log.format.merkle import HASH_BYTES
from crypto.log.format.note import SIGNATURE_BYTES, strict_base64

__all__ = ["MAX_LINE", "ReleasedHead", "ReleasedMark"]

MAX_LINE = 260
"""Characters of one mark: short enough for any operating system's keyring."""


@dataclass(frozen=True, slots=True)
class ReleasedMark:
    """One released head: tree size, root and the log's bare signature over the checkpoint."""

    size: int
    root: bytes
    signature: bytes

    def line(self) -> str:
        """Return `size|root|signature` in base64, at most 260 characters."""
        root, signature = (base64.b64encode(raw).decode() for raw in (self.root, self.signature))
        return f"{self.size}|{root}|{signature}"

    @classmethod
    def parse(cls, untrusted: str) -> "ReleasedMark":
        """Read a line; NoteMalformed when it is not one."""
        parts = untrusted.split("|")
        if len(parts) != 3:  # noqa: PLR2004 - size, root, signature
            raise NoteMalformed("released head")
        mark = cls(parse_size(parts[0]), strict_base64(parts[1]), strict_base64(parts[2]))
        if (len(mark.root), len(mark.signature)) != (HASH_BYTES, SIGNATURE_BYTES):
            raise NoteMalformed("released head")
        return mark


class ReleasedHead:
    """An append-only text file in another folder or volume, one line per released head.

    A mark is written after its entry is committed, so a torn or lost last line only makes the
    memory older, never wrong; marks reach the disk at `sync` at the latest.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def last(self) -> ReleasedMark | None:
        """Return the newest complete mark, None when nothing was ever released.

        Raises LogTampered(released_unreadable) when there are bytes but no readable last mark.
        """
        try:
            tail = self._tail()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LogUnwritable("released head") from error
        if not tail:
            return None
        complete = tail.rpartition(b"\n")[0].rpartition(b"\n")[2]
        try:
            return ReleasedMark.parse(complete.decode("ascii"))
        except (NoteMalformed, UnicodeDecodeError) as error:
            raise LogTampered(LogFault.RELEASED_UNREADABLE) from error

    def _tail(self) -> bytes:
        with self._path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - 3 * MAX_LINE))
            return file.read()

    def append(self, mark: ReleasedMark) -> None:
        """Remember a head; LogUnwritable when the place cannot be written."""
        line = f"{mark.line()}\n".encode("ascii")
        try:
            if self._descriptor is None:
                # Ended together with the mark that follows: by itself it would be the last line.
                line = b"\n" + line if self._is_torn() else line
                self._descriptor = self._open()
            write_all(self._descriptor, line)
        except OSError as error:
            # A part of the line may be there: the file is opened anew and the line ended.
            with suppress(OSError):
                self._let_go()
            raise LogUnwritable("released head") from error

    def _is_torn(self) -> bool:
        return self._path.exists() and self._tail()[-1:] not in (b"", b"\n")

    def _open(self) -> int:
        # In Windows' text mode each mark would end in CRLF and be read as a forged one.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        return os.open(self._path, flags, 0o600)

    def sync(self) -> None:
        """Force the marks to the disk; done at session close and shutdown, not per entry."""
        if self._descriptor is not None:
            try:
                os.fsync(self._descriptor)
            except OSError as error:
                raise LogUnwritable("released head") from error

    def close(self) -> None:
        """Sync and let go of the file; a later append opens it again."""
        self.sync()
        self._let_go()

    def _let_go(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
