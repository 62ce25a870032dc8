"""Public validation data (ETSI EN 319 102-1) stored by hash: each list once, whoever used it.

Lists hold no personal data, so they are not sealed; what names a customer goes into the sealed
payload (docs/decisions/0005). A file's name is its SHA-256, and it is believed only after that has
been computed again.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from crypto.errors import CryptoError
from crypto.files.durable import write_durably

__all__ = ["LISTS_FOLDER", "ArchiveUnwritable", "ValidationDataArchive"]

LISTS_FOLDER = "evidence-lists"
"""Folder of the revocation lists beneath a station's data folder."""

_MAX_OCTETS = 256 << 20
_NAME = re.compile(r"[0-9a-f]{64}")


class ArchiveUnwritable(CryptoError):
    """The archive's folder cannot be written: nothing was stored."""

    code = "archive_unwritable"


class ValidationDataArchive:
    """A folder of files named by the SHA-256 of their octets. Safe in several threads.

    Nothing is ever overwritten with other octets, so two writers of one file do no harm.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which the first `keep` makes."""
        self._folder = folder

    def keep(self, octets: bytes) -> str:
        """Store durably unless already there and return the SHA-256; ArchiveUnwritable."""
        digest = hashlib.sha256(octets).hexdigest()
        if not self.holds(digest):
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_durably(self._folder / digest, octets)
            except OSError as error:
                raise ArchiveUnwritable(type(error).__name__) from error
        return digest

    def holds(self, sha256: str) -> bool:
        """Return whether a file of that name is there; its octets are not read."""
        return _NAME.fullmatch(sha256) is not None and (self._folder / sha256).is_file()

    def names(self) -> Iterator[str]:
        """Yield the names of the files that are lists by their names; nothing without a folder."""
        try:
            found = os.scandir(self._folder)
        except FileNotFoundError:
            return
        with found:
            yield from (each.name for each in found if _NAME.fullmatch(each.name) is not None)

    def is_whole(self, sha256: str) -> bool:
        """Return whether the file is what its name says; it is read in pieces."""
        try:
            with (self._folder / sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def octets(self, sha256: str) -> bytes | None:
        """Return the octets; None when they are absent, unreadable, or not what the name says."""
        if not self.holds(sha256):
            return None
        try:
            with (self._folder / sha256).open("rb") as file:
                # Not the limit for every file: Windows sets aside as much as is asked for.
                size = os.fstat(file.fileno()).st_size
                found = file.read(min(size, _MAX_OCTETS) + 1)
        except OSError:
            return None
        return found if hashlib.sha256(found).hexdigest() == sha256 else None
