"""A file that appears under its name when it is whole, on the disk and in the log."""

import errno
import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.errors import LogExists, LogUnwritable
from crypto.files.durable import rename_durably, sync_file
from workstation.errors import OperationRefused

__all__ = ["CANCELLED", "ExportDraft", "Progress", "digest_file", "drafting", "refusing_disk"]

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many; raises OperationRefused when it is to end."""

CANCELLED: Final = "export_cancelled"
_PATH: Final = "path"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_GONE: Final = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO, errno.ESTALE})


@dataclass(frozen=True, slots=True)
class ExportDraft:
    """What was written beside its place, under a name that nobody looks at.

    rows    entries in it
    sha256  of the file; of a folder of tiles the root of the head that it ends with
    size    of the log when it was written
    """

    path: Path
    draft: Path
    rows: int
    sha256: str
    size: int

    def finish(self) -> None:
        """Give it its name; raises OperationRefused and leaves nothing when that fails."""
        try:
            with refusing_disk():
                _require_free(self.path)
                rename_durably(self.draft, self.path)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Leave nothing."""
        _remove(self.draft)


@contextmanager
def drafting(path: Path) -> Iterator[Path]:
    """Yield a free name beside the path; whatever has it is removed when the writing fails.

    Raises OperationRefused: `export_exists`, `export_full`, `export_gone`, `export_unwritable`.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with refusing_disk():
            _require_free(path)
            yield draft
    except BaseException:
        _remove(draft)
        raise


@contextmanager
def refusing_disk() -> Iterator[None]:
    """Turn what a disk says into OperationRefused with a sentence of its own."""
    try:
        yield
    except (FileExistsError, LogExists) as error:
        raise OperationRefused(_PATH, "export_exists") from error
    except OSError as error:
        raise OperationRefused(_PATH, _code(error)) from error
    except LogUnwritable as error:
        if not isinstance(error.__cause__, OSError):
            raise
        raise OperationRefused(_PATH, _code(error.__cause__)) from error


def digest_file(path: Path) -> str:
    """Force a file to the disk and return its SHA-256; raises OSError."""
    path.chmod(0o600)
    sync_file(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_free(path: Path) -> None:
    if path.exists():
        raise FileExistsError
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "folder")


def _code(error: OSError) -> str:
    if error.errno in _FULL:
        return "export_full"
    return "export_gone" if error.errno in _GONE else "export_unwritable"


def _remove(draft: Path) -> None:
    with suppress(OSError):
        if draft.is_dir():
            shutil.rmtree(draft)
        else:
            draft.unlink(missing_ok=True)
