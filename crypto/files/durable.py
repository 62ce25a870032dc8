"""Files that survive a power cut: whole under their name, or not there at all.

`write_durably` on Linux is these system calls; no reader and no crash sees a part of them:

    openat(".NAME.RANDOM", O_WRONLY|O_CREAT|O_EXCL, 0600)
    write(fd, content)                       again for what a short write left over
    fsync(fd)                                the octets, before any name points at them
    close(fd)
    rename(".NAME.RANDOM", "NAME")           one step for whoever looks (rename(2))
    openat(FOLDER, O_RDONLY|O_DIRECTORY)
    fsync(fd)                                the name: fsync of a file "does not necessarily ensure
    close(fd)                                that the entry in the directory ... has also reached
                                             disk" (fsync(2))

Without the first fsync the name can be there after a power cut and the octets not; without the
second the name may be the old one though the caller was told that it is done:
https://www.evanjones.ca/durability-filesystem.html, https://danluu.com/file-consistency/ and
Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014).

What is known to go wrong:

- After a failed fsync Linux may call the lost pages clean, so that a second fsync succeeds over
  nothing (https://lwn.net/Articles/752063/). The draft is removed and never synced again.
- When the last fsync fails the file is there, and a power cut may yet take its name back. The
  caller hears OSError and must not rely on either.
- A process that is killed leaves its draft: a hidden file that nobody reads, until `remove_drafts`.
- Windows has no fsync of a folder. NTFS journals names, so after a power cut the old or the new
  file is whole under its name, though the newest renames may be lost.
- A disk whose cache lies about FLUSH keeps no promise. macOS wants F_FULLFSYNC, which `os.fsync`
  does not ask for; no station runs there.
"""

import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from crypto.files.access_list import make_private
from crypto.files.held_files import remove_file, rename_file, replace_file

__all__ = [
    "create_anywhere",
    "create_durably",
    "draft_of",
    "remove_drafts",
    "rename_durably",
    "sync_file",
    "sync_folder",
    "write_all",
    "write_durably",
]


_RANDOM_BYTES = 8
_DRAFT = re.compile(rf"\.(.+)\.[0-9a-f]{{{2 * _RANDOM_BYTES}}}", re.ASCII | re.DOTALL)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 or replace it; OSError leaves what was there before."""
    with _draft(path, content, private=False) as draft:
        replace_file(draft, path)
    sync_folder(path.parent)


def create_durably(path: Path, content: bytes) -> None:
    """Write a file that did not exist, for its owner only; FileExistsError when the name is taken.

    Its mode is 0600; on Windows its access list names this account, the system, administrators.
    """
    with _draft(path, content, private=True) as draft:
        # A link, unlike a rename, fails when the name is taken.
        os.link(draft, path)
        remove_file(draft)
    sync_folder(path.parent)


def create_anywhere(path: Path, content: bytes) -> None:
    """Write a file that did not exist where people choose, a stick without hard links too; OSError.

    Nothing that is there is replaced, a link neither, and a broken-off write leaves no file.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        remove_file(path)
        raise
    sync_folder(path.parent)


def draft_of(name: str) -> str | None:
    """Return the name that a file is to be given whose draft has this one; None for no draft."""
    match = _DRAFT.fullmatch(name)
    return None if match is None else match[1]


def remove_drafts(folder: Path, names: str = "*") -> int:
    """Remove what broken-off writes of files of these names (a glob) have left; return how many.

    For whoever alone writes there: the draft of another process would be taken from it. Nothing
    but regular files of a draft's own name is touched. Raises OSError.
    """
    found = [
        each
        for each in sorted(folder.iterdir())
        if (target := draft_of(each.name)) is not None
        and fnmatchcase(target, names)
        and each.is_file()
        and not each.is_symlink()
    ]
    for each in found:
        remove_file(each)
    return len(found)


def rename_durably(draft: Path, path: Path) -> None:
    """Give a file that is on the disk already its free name; OSError."""
    rename_file(draft, path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Force a file that another library wrote, and its name, to the disk; OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk; OSError."""
    if sys.platform != "win32":  # pragma: no branch - the other side runs on Windows only
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Write every octet; OSError, after which a part may have been written.

    A disk that fills up, or a signal, makes write(2) take less than it was given and say so only
    by its answer.
    """
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


@contextmanager
def _draft(path: Path, content: bytes, *, private: bool) -> Iterator[Path]:
    """Write and sync a file beside `path`, to be given its name; removed when that fails."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(_RANDOM_BYTES)}")
    # In Windows' text mode a line feed would be written as two octets.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(draft, flags, 0o600)
    try:
        try:
            if private:
                make_private(draft, folder=False)
            write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        yield draft
    except BaseException:
        remove_file(draft)
        raise
