"""Where an export stands: a folder, or the same files in one ZIP. What is read is hostile."""

import os
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from crypto.errors import LogExists, LogTampered, LogUnwritable
from crypto.files.durable import rename_durably, sync_file, sync_folder, write_all
from crypto.log.file.faults import LogFault

__all__ = ["ExportSource", "WriteFile", "create_folder", "create_zip", "open_export"]

WriteFile = Callable[[str, bytes], None]
"""Write one file of an export under its name with slashes."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a ZIP: two exports of one log are the same octets."""

_MAX_FILES = 1 << 20


@contextmanager
def create_folder(path: Path) -> Iterator[WriteFile]:
    """Write an export that appears under its name when it is whole and on the disk.

    LogExists when something is there already, LogUnwritable when the disk refuses; then nothing
    of it is left.
    """
    if path.exists():
        raise LogExists(path.name)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")

    def write(name: str, content: bytes) -> None:
        file = draft / name
        file.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(file, flags, 0o600)
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    try:
        draft.mkdir(mode=0o700)
        yield write
        for folder, _, _ in os.walk(draft):
            sync_folder(Path(folder))
        rename_durably(draft, path)
    except OSError as error:
        raise LogUnwritable("export") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def create_zip(path: Path) -> Iterator[WriteFile]:
    """Write an export as one ZIP; as `create_folder`."""
    if path.exists():
        raise LogExists(path.name)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with zipfile.ZipFile(draft, "x", zipfile.ZIP_DEFLATED) as archive:

            def write(name: str, content: bytes) -> None:
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)

            yield write
        draft.chmod(0o600)
        sync_file(draft)
        rename_durably(draft, path)
    except OSError as error:
        raise LogUnwritable("export") from error
    finally:
        draft.unlink(missing_ok=True)


class ExportSource(Protocol):
    """The files of an export."""

    def read(self, name: str, limit: int) -> bytes | None:
        """Return a file's octets, None when it is not there; LogTampered beyond the limit."""
        ...

    def names(self) -> Iterator[str]:
        """Iterate over the names of all files, with slashes."""
        ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str, limit: int) -> bytes | None:
        path = self._path / name
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return _bounded(file.read(limit + 1), limit)

    def names(self) -> Iterator[str]:
        for folder, _, files in os.walk(self._path):
            for name in files:
                yield (Path(folder) / name).relative_to(self._path).as_posix()


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        found = archive.namelist()
        # Two files of one name are read differently by different programs.
        if len(found) > _MAX_FILES or len(set(found)) != len(found):
            raise LogTampered(LogFault.NOT_A_LOG)
        self._names = frozenset(found)

    def read(self, name: str, limit: int) -> bytes | None:
        if name not in self._names:
            return None
        try:
            with self._archive.open(name) as file:
                return _bounded(file.read(limit + 1), limit)
        # What zipfile raises of a hostile archive: damaged, unknown method, encrypted.
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
            raise LogTampered(LogFault.NOT_A_LOG) from None

    def names(self) -> Iterator[str]:
        return iter(self._names)


def _bounded(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise LogTampered(LogFault.NOT_A_LOG)
    return content


def open_export(path: Path) -> AbstractContextManager[ExportSource]:
    """Open a folder or a ZIP for reading; OSError, LogTampered(not_a_log) when it is neither."""
    return _opened(path)


@contextmanager
def _opened(path: Path) -> Iterator[ExportSource]:
    if path.is_dir():
        yield _Folder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise LogTampered(LogFault.NOT_A_LOG) from None
    with archive:
        yield _Zip(archive)
