"""Small secret files: written once, readable by their owner only, never through a link."""

import os
import secrets
import stat
import sys
from contextlib import suppress
from pathlib import Path

from crypto.errors import KeyExists, KeyExposed, KeyMissing, KeyUnreadable, VaultUnwritable

__all__ = ["read_secret", "sync_folder", "write_new"]

MAX_SECRET_BYTES = 4096


def write_new(path: Path, content: bytes) -> None:
    """Write and sync a file that did not exist, with mode 0600; it appears complete or not at all.

    Raises KeyExists when the name is taken, VaultUnwritable when the disk refuses.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # A link, unlike a rename, fails when the name is taken.
            os.link(draft, path)
        finally:
            draft.unlink()
        sync_folder(path.parent)
    except FileExistsError as error:
        raise KeyExists(path.name) from error
    except OSError as error:
        raise VaultUnwritable(type(error).__name__) from error


def read_secret(path: Path) -> bytes:
    """Read a secret file; KeyExposed when others may read it or change its folder."""
    # In Windows' text mode a key ends at its first octet 1A and loses the CR of every CRLF.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise KeyMissing(path.name) from error
    except PermissionError as error:
        raise KeyUnreadable(path.name) from error
    except OSError as error:
        raise KeyExposed(path.name) from error
    try:
        if not _is_private(os.fstat(descriptor), path.parent.stat()):
            raise KeyExposed(path.name)
        return os.read(descriptor, MAX_SECRET_BYTES)
    finally:
        os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover - runs on Windows only

    def _is_private(file: os.stat_result, _folder: os.stat_result) -> bool:
        # Windows keeps rights in access lists, which mode bits do not show.
        return stat.S_ISREG(file.st_mode)

else:

    def _is_private(file: os.stat_result, folder: os.stat_result) -> bool:
        """Whether only the owner reads the file or changes its folder."""
        owners = {os.geteuid(), 0}
        return (
            stat.S_ISREG(file.st_mode)
            and not file.st_mode & 0o077
            and file.st_uid in owners
            and not folder.st_mode & 0o022
            and folder.st_uid in owners
        )


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable where the system has a call for it."""
    with suppress(PermissionError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
