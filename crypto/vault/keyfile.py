"""Small secret files: written once, readable by their owner only, never through a link."""

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from crypto.errors import KeyExists, KeyExposed, KeyMissing, KeyUnreadable, VaultUnwritable
from crypto.files.access_list import CHANGE, READ, make_private, others_may
from crypto.files.durable import create_durably, sync_folder, write_all, write_durably
from crypto.files.held_files import remove_file

__all__ = [
    "destroy_secret",
    "make_private_folder",
    "read_secret",
    "replace_secret",
    "write_secret",
]

MAX_SECRET_BYTES = 4096


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it, for its owner only; one that is there stays as it is."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Python for Windows before 3.12.4 takes no notice of a folder's mode.
        make_private(folder, folder=True)


def write_secret(path: Path, content: bytes) -> None:
    """Write a secret file that did not exist, durably and for its owner only.

    Raises KeyExists when the name is taken, VaultUnwritable when the disk refuses.
    """
    try:
        create_durably(path, content)
    except FileExistsError as error:
        raise KeyExists(path.name) from error
    except OSError as error:
        raise VaultUnwritable(type(error).__name__) from error


def replace_secret(path: Path, content: bytes) -> None:
    """Write a secret file over the one of this name, whole or not at all; VaultUnwritable."""
    try:
        write_durably(path, content)
        make_private(path, folder=False)
    except OSError as error:
        raise VaultUnwritable(type(error).__name__) from error


def destroy_secret(path: Path) -> None:
    """Overwrite a secret file with random octets, sync, and remove it; one not there is no error.

    Blocks that a flash disk, a snapshot or a copying file system keeps elsewhere are out of reach;
    so is a backup. Raises VaultUnwritable.
    """
    flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
        try:
            write_all(descriptor, os.urandom(os.fstat(descriptor).st_size))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        remove_file(path)
        sync_folder(path.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise VaultUnwritable(type(error).__name__) from error


def read_secret(path: Path) -> bytes:
    """Read a secret file; KeyExposed when others may read it or change its folder."""
    # In Windows' text mode a key ends at its first octet 1A and loses the CR of every CRLF.
    if _is_link(path):
        raise KeyExposed(path.name)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise KeyMissing(path.name) from error
    except PermissionError as error:
        # Windows opens no folder; a key is a file everywhere.
        raise (KeyExposed if path.is_dir() else KeyUnreadable)(path.name) from error
    except OSError as error:
        raise KeyExposed(path.name) from error
    try:
        if not _is_private(descriptor, path.parent):
            raise KeyExposed(path.name)
        return os.read(descriptor, MAX_SECRET_BYTES)
    except OSError as error:
        raise KeyUnreadable(path.name) from error
    finally:
        os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover - runs on Windows only

    def _is_private(descriptor: int, folder: Path) -> bool:
        """Whether only the owner reads the file or changes its folder, by their access lists."""
        return (
            stat.S_ISREG(os.fstat(descriptor).st_mode)
            and not others_may(descriptor, READ)
            and not others_may(folder, CHANGE)
        )

    def _is_link(path: Path) -> bool:
        # Windows has no O_NOFOLLOW; links and junctions carry an attribute.
        with suppress(OSError):
            return bool(path.lstat().st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT)
        return False

else:

    def _is_private(descriptor: int, beside: Path) -> bool:
        """Whether only the owner reads the file or changes its folder, by their modes."""
        file, folder = os.fstat(descriptor), beside.stat()
        owners = {os.geteuid(), 0}
        return (
            stat.S_ISREG(file.st_mode)
            and not file.st_mode & 0o077
            and file.st_uid in owners
            and not folder.st_mode & 0o022
            and folder.st_uid in owners
        )

    def _is_link(_path: Path) -> bool:
        return False  # O_NOFOLLOW tells, without a moment between the look and the opening
