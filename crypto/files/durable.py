"""Files that are either whole or not there: temp, fsync, rename, fsync of the folder."""

import os
import secrets
from pathlib import Path

from crypto.files.held_files import remove_file, replace_file

__all__ = ["write_durably"]


def write_durably(path: Path, content: bytes) -> None:
    """Write a file readable by its owner only; raises OSError and leaves nothing half-written."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        replace_file(temporary, path)
    except OSError:
        remove_file(temporary)
        raise
    if hasattr(os, "O_DIRECTORY"):  # a folder cannot be opened on Windows, nor needs it
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
