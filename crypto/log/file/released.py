"""The tree heads that left the log, remembered outside it: what a rollback is caught by.

SQLite drops a damaged tail of its write-ahead log without a word, and an old copy of the file is
a perfectly good log. Only a record in another place knows that more had been released.
"""

import base64
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crypto.errors import LogTampered, LogUnwritable, NoteMalformed
from crypto.files.durable import write_all, write_durably
from crypto.log.file.faults import LogFault
from crypto.log.format.checkpoint import Checkpoint, SignedCheckpoint, parse_size
from crypto.log.format.merkle import HASH_BYTES
from crypto.log.format.note import SIGNATURE_BYTES, NoteVerifier, strict_base64, valid_key_name

__all__ = ["MAX_LINE", "ReleasedHead", "ReleasedMark", "parse_marks", "read_marks"]

MAX_LINE = 380
"""Octets of one mark: short enough for any operating system's keyring."""

_KEPT = 64
_MOST = 320
"""Marks that `compact` leaves, and with more than how many it is due: a start reads every line."""


@dataclass(frozen=True, slots=True)
class ReleasedMark:
    """One released head: tree size, root and the log's bare signature over the checkpoint.

    origin  of which log; empty where a line of before names none
    """

    origin: str
    size: int
    root: bytes
    signature: bytes

    @classmethod
    def make(cls, head: SignedCheckpoint) -> "ReleasedMark":
        """Make the mark of a head that the log has signed."""
        return cls(head.checkpoint.origin, head.size, head.root, head.lines[0].signature)

    def line(self) -> str:
        """Return `origin|size|root|signature`, the last two in base64."""
        root, signature = (base64.b64encode(raw).decode() for raw in (self.root, self.signature))
        return f"{self.origin}|{self.size}|{root}|{signature}"

    @classmethod
    def parse(cls, untrusted: str) -> "ReleasedMark":
        """Read a line; NoteMalformed when it is not one. Lines of before begin with the size."""
        parts = untrusted.rsplit("|", 3)
        origin = parts.pop(0) if len(parts) == 4 else None  # noqa: PLR2004 - with an origin
        # An origin may hold what separates the rest; what follows it never does.
        if len(parts) != 3 or (origin is not None and not valid_key_name(origin)):  # noqa: PLR2004
            raise NoteMalformed("released head")
        root, signature = strict_base64(parts[1]), strict_base64(parts[2])
        mark = cls(origin or "", parse_size(parts[0]), root, signature)
        if (len(mark.root), len(mark.signature)) != (HASH_BYTES, SIGNATURE_BYTES):
            raise NoteMalformed("released head")
        return mark

    def names(self, origin: str) -> bool:
        """Whether the line may be of this log: one that names no log may be of any."""
        return self.origin in {origin, ""}

    def is_signed(self, origin: str, verifiers: Iterable[NoteVerifier]) -> bool:
        """Whether one of the keys signed this head of `origin`."""
        body = Checkpoint(origin, self.size, self.root).body()
        return any(key.verifies(body, self.signature) for key in verifiers)


def parse_marks(untrusted: bytes) -> tuple[ReleasedMark, ...]:
    """Read every complete line; LogTampered names the first that is no mark or does not grow.

    A last line without its newline was torn by a crash or a full disk and is forgiven. So is one
    that was torn and then ended, where nothing could be cut off (an append-only share): what
    follows repeats it from its beginning. Signatures stay unverified.
    """
    marks: list[ReleasedMark] = []
    largest: dict[str, int] = {}
    torn: list[tuple[int, bytes]] = []
    *lines, tail = untrusted.split(b"\n")
    for number, line in enumerate(lines, 1):
        try:
            mark = ReleasedMark.parse(line.decode("utf-8"))
        except (NoteMalformed, UnicodeDecodeError):
            torn.append((number, line))
            continue
        _forgive(torn, line)
        if marks[-1:] == [mark]:
            continue  # torn between its last octet and its newline, and repeated
        if mark.size <= largest.get(mark.origin, 0):
            raise LogTampered(LogFault.RELEASED_ORDER, line=number)
        largest[mark.origin] = mark.size
        marks.append(mark)
    _forgive(torn, b"")
    if len(tail.rstrip(b"\0")) > MAX_LINE:
        raise LogTampered(LogFault.RELEASED_UNREADABLE, line=len(lines) + 1)
    return tuple(marks)


def _forgive(torn: list[tuple[int, bytes]], following: bytes) -> None:
    for number, line in torn:
        # After a power cut a file system may show zeroes where nothing was written.
        if not following.startswith(line.rstrip(b"\0")) or not following:
            raise LogTampered(LogFault.RELEASED_UNREADABLE, line=number)
    torn.clear()


def read_marks(
    path: Path, origin: str, verifiers: Sequence[NoteVerifier]
) -> tuple[ReleasedMark, ...]:
    """Read the heads of the log `origin` that a file remembers, every signature verified.

    verifiers  the log's keys, one of which signed each head
    returns    marks of growing size; none when the file is not there or empty

    Heads of other logs are passed over, but a file that holds nothing else is LogTampered
    (`other_origin`). So are a damaged line (`released_unreadable`), one that does not grow
    (`released_order`) and one that no key of the log signed (`released_signature`).
    LogUnwritable when the file cannot be read.
    """
    marks = ReleasedHead(path).marks()
    own = tuple(mark for mark in marks if mark.names(origin))
    if marks and not own:
        raise LogTampered(LogFault.OTHER_ORIGIN)
    for mark in own:
        if not mark.is_signed(origin, verifiers):
            raise LogTampered(LogFault.RELEASED_SIGNATURE, line=marks.index(mark) + 1)
    return own


def _select_newest(lines: Sequence[bytes]) -> Iterable[bytes]:
    """Choose the last lines of each log, in their order; what has no end is left out."""
    left = Counter[bytes]()
    chosen: list[bytes] = []
    for line in reversed(lines):
        origin = line.rsplit(b"|", 3)[0]
        left[origin] += 1
        if left[origin] <= _KEPT and line.endswith(b"\n"):
            chosen.append(line)
    return reversed(chosen)


class ReleasedHead:
    """A text file in another folder or volume, one line per released head, newest last.

    A mark is written after its entry is committed, so a torn or lost last line only makes the
    memory older, never wrong; marks reach the disk at `sync` at the latest.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._owed = b""
        self._appended = 0

    def marks(self, origin: str | None = None) -> tuple[ReleasedMark, ...]:
        """Return every mark, oldest first; none when nothing was ever released.

        origin  leave out the heads of other logs, those of generations before this one

        Raises LogTampered (`parse_marks`) and LogUnwritable when the file cannot be read.
        """
        try:
            marks = parse_marks(self._path.read_bytes())
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise LogUnwritable("released head") from error
        return marks if origin is None else tuple(m for m in marks if m.names(origin))

    def copied_marks(self, _origin: str) -> tuple[ReleasedMark, ...]:
        """Return what other places remember of a log: this file has none (`CopiedHead`)."""
        return ()

    def remember(self, mark: ReleasedMark) -> None:
        """Remember a head durably unless a larger one is remembered: what a copy does."""
        marks = self.marks(mark.origin)
        if not marks or marks[-1].size < mark.size:
            self.append(mark)
        self.compact()
        self.close()

    def catch_up(self, newest: ReleasedMark) -> ReleasedMark | None:
        """Remember the head that a log ends with; return the newest remembered before.

        A process was killed between a commit and its mark, or the mark did not fit its disk.
        """
        marks = self.marks(newest.origin)
        if not marks or marks[-1].size < newest.size:
            self.append(newest)
        self.compact()
        return marks[-1] if marks else None

    def last(self) -> ReleasedMark | None:
        """Return the newest mark, None when nothing was ever released; raises as `marks` does."""
        marks = self.marks()
        return marks[-1] if marks else None

    def append(self, mark: ReleasedMark) -> None:
        """Remember a head; LogUnwritable when the place cannot be written."""
        line = f"{mark.line()}\n".encode()
        try:
            if self._descriptor is None:
                self._descriptor = self._open()
            # What was torn is written again from its beginning: see `parse_marks`.
            write_all(self._descriptor, self._owed + line)
        except OSError as error:
            self._owed = self._owed or line
            # A part of the line may be there: the file is opened anew and the part cut off.
            with suppress(OSError):
                self._let_go()
            raise LogUnwritable("released head") from error
        self._owed = b""
        self._appended += 1
        if self._appended > _MOST - _KEPT:
            self.compact()

    def compact(self) -> None:
        """Leave the newest marks of each log, where the place lets a file be replaced.

        For the owner of a log that holds every one of them: a tree that holds a head holds every
        head before it (RFC 6962, section 2.1.2), so the older ones say nothing more.
        """
        self._appended = 0
        with suppress(OSError):
            lines = self._path.read_bytes().splitlines(keepends=True)
            if len(lines) > _MOST:
                self._let_go()
                write_durably(self._path, b"".join(_select_newest(lines)))

    def _open(self) -> int:
        # In Windows' text mode each mark would end in CRLF and be read as a forged one.
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self._path, flags, 0o600)
        try:
            self._cut_torn(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _cut_torn(self, descriptor: int) -> None:
        """Cut off a line that has no end; where nothing may be cut off, end it."""
        length = os.fstat(descriptor).st_size
        tail = self._path.read_bytes()
        whole = tail.rfind(b"\n") + 1
        if whole == length:
            return
        try:
            os.ftruncate(descriptor, whole)
        except OSError:
            write_all(descriptor, b"\n")

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
