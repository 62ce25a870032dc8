"""The folder of sealed cases: one file for each case that waits.

Order of writing, so that a kill at any point neither loses a case nor gives back what was used up:
the file first, then the step `parked` with its digest in the log; on taking up the step `came_back`
first, then the file goes. A file that the log does not name as a case's newest step is nobody's.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.files.access_list import make_private
from crypto.files.durable import create_durably, remove_drafts, sync_folder
from crypto.files.held_files import remove_file
from workstation.cases.case_sealer import CaseSealer
from workstation.errors import CaseRefused

__all__ = ["CASES_FOLDER", "CaseStore", "KeptCase", "list_cases", "measure_case"]

CASES_FOLDER: Final = "cases"
_NAME: Final = re.compile(r"([0-9a-f]{32})-(0|[1-9][0-9]{0,15})-([0-9a-f]{16})\.case", re.ASCII)
_MOST_OCTETS: Final = 64 << 20
_MOST_CASES: Final = 64
"""A counter has a handful; each is opened at the start."""

_LONGEST_CLAIM: Final = 200
_MARK: Final = 16


@dataclass(frozen=True, slots=True)
class KeptCase:
    """One file by its name: what it says is believed only as far as the octets prove it.

    mark  first 16 hex digits of the SHA-256 of the sealed octets
    """

    path: Path
    case: str
    begin: int
    mark: str


class CaseStore:
    """Owned by one thread of one station; a folder that a branch shares is another path.

    station  by which its claims are told from those of others
    most     files that it keeps; None: as many as cases may wait
    Raises OSError when the folder cannot be made.
    """

    def __init__(
        self, folder: Path, sealer: CaseSealer, station: str, most: int | None = None
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_private(folder, folder=True)
        self._folder = folder
        self._sealer = sealer
        self._station = station
        self._most = most
        remove_drafts(folder)

    def keep(self, plain: bytes, case: str, begin: int) -> str:
        """Seal and write a case; return the SHA-256 of the file, which is durable then.

        CaseRefused: `full`, `unwritable`.
        """
        if len(self.list()) >= (self._most or _MOST_CASES) or len(plain) > _MOST_OCTETS // 2:
            raise CaseRefused("full")
        sealed = self._sealer.seal(plain, case, begin)
        digest = hashlib.sha256(sealed).hexdigest()
        path = self._folder / f"{case}-{begin}-{digest[:_MARK]}.case"
        try:
            create_durably(path, sealed)
        except OSError:
            raise CaseRefused("unwritable") from None
        return digest

    def list(self) -> tuple[KeptCase, ...]:
        """Return the files that are there, in the order of their names; CaseRefused."""
        return list_cases(self._folder)

    def find(self, case: str, sha256: str) -> KeptCase | None:
        """Return the file of a case that is named by this digest, None where it is gone."""
        wanted = case, sha256[:_MARK]
        named = (each for each in self.list() if (each.case, each.mark) == wanted)
        return next(named, None)

    def open(self, kept: KeptCase, sha256: str) -> bytes:
        """Return a case's content; CaseRefused for octets that do not have this digest."""
        sealed = _read(kept)
        if len(sealed) > _MOST_OCTETS or hashlib.sha256(sealed).hexdigest() != sha256:
            raise CaseRefused("unreadable")
        return self._sealer.open(sealed, kept.case, kept.begin)

    def remove(self, kept: KeptCase) -> None:
        """Remove a file that nobody needs any more; one that cannot be removed is nobody's."""
        with suppress(OSError):
            remove_file(kept.path)
            sync_folder(self._folder)

    def claim(self, case: str) -> None:
        """Take a case for this station; CaseRefused `claimed` while another one has it.

        A claim of this very station is of a process that died: the log says what became of it.
        """
        path = self._claim_path(case)
        try:
            create_durably(path, self._station.encode())
        except FileExistsError:
            if self._read_claim(path) != self._station:
                raise CaseRefused("claimed") from None
        except OSError:
            raise CaseRefused("unwritable") from None

    def release(self, case: str) -> None:
        """Give a claim of this station back; harmless without one."""
        path = self._claim_path(case)
        if self._read_claim(path) == self._station:
            with suppress(OSError):
                remove_file(path)

    def _claim_path(self, case: str) -> Path:
        return self._folder / f"{case}.claim"

    def _read_claim(self, path: Path) -> str:
        try:
            return _read_plain_file(path, _LONGEST_CLAIM).decode(errors="replace")
        except OSError:
            return ""


def list_cases(folder: Path) -> tuple[KeptCase, ...]:
    """Return the files that are there, in the order of their names; CaseRefused."""
    try:
        return tuple(sorted(_scan(folder), key=lambda each: each.path.name))
    except OSError:
        raise CaseRefused("unreadable") from None


def measure_case(kept: KeptCase) -> str:
    """Return the SHA-256 of the file that is there; CaseRefused."""
    return hashlib.sha256(_read(kept)).hexdigest()


def _read(kept: KeptCase) -> bytes:
    try:
        return _read_plain_file(kept.path, _MOST_OCTETS + 1)
    except OSError:
        raise CaseRefused("unreadable") from None


def _scan(folder: Path) -> Iterator[KeptCase]:
    with os.scandir(folder) as found:
        for each in found:
            match = _NAME.fullmatch(each.name)
            if match is not None and each.is_file(follow_symlinks=False):
                yield KeptCase(Path(each.path), match[1], int(match[2]), match[3])


def _read_plain_file(path: Path, most: int) -> bytes:
    """Return its first octets; OSError for a link, a folder, or a pipe, which nobody may fill."""
    with open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"no file: {path.name}")
        return file.read(most)


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
