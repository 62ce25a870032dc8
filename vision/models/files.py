"""Finds model files and refuses any whose content is not the one that was measured.

A file is looked for in the station's `models` folder, then in the installed package. The package
is located by its module's specification and never imported: what its code would do is foreign.
Manifest and folders belong to the installation: a hash says that a network is the measured one, not
that it is small or fast, so it is loaded in the child, which is ended when it takes too long.
"""

import contextlib
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vision.errors import ModelMissing, ModelTampered
from vision.models.manifest import ModelRow

__all__ = ["MODELS_FOLDER", "find_model", "name_for_library", "read_model", "verify_model"]

MODELS_FOLDER: Final = "models"
_CHUNK: Final = 1 << 20


def find_model(row: ModelRow, folder: Path | None = None) -> Path:
    """Return where the file of a row lies, unread.

    Raises ModelMissing, or ModelTampered for a link that leaves the station's `models` folder.
    """
    if folder is not None and (own := folder / MODELS_FOLDER / row.file).is_file():
        if own.resolve().parent != (folder / MODELS_FOLDER).resolve():
            raise ModelTampered(f"{row.file}: a link out of the folder")
        return own
    try:
        spec = importlib.util.find_spec(row.module) if row.module else None
    except (ImportError, ValueError):
        spec = None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(place) / row.path).is_file():
            return path
    raise ModelMissing(row.file)


def verify_model(row: ModelRow, folder: Path | None = None) -> Path:
    """Return the path of the file, whose size and SHA-256 are those of the row.

    For libraries that read by path only: whoever may write into the folder between check and load
    defeats the check, so the folder belongs to the installation. Raises ModelMissing or
    ModelTampered.
    """
    path = find_model(row, folder)
    digest = hashlib.sha256()
    try:
        if path.stat().st_size != row.size:
            raise ModelTampered(row.file)
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ModelMissing(row.file) from error
    if digest.hexdigest() != row.sha256:
        raise ModelTampered(row.file)
    return path


def read_model(row: ModelRow, folder: Path | None = None) -> bytes:
    """Return the content of the file, verified on the very octets returned.

    Raises ModelMissing or ModelTampered.
    """
    try:
        with find_model(row, folder).open("rb") as stream:
            content = stream.read(row.size + 1)
    except OSError as error:
        raise ModelMissing(row.file) from error
    if len(content) != row.size or hashlib.sha256(content).hexdigest() != row.sha256:
        raise ModelTampered(row.file)
    return content


@contextlib.contextmanager
def name_for_library(path: Path) -> Iterator[str]:
    """Yield a name of the file that a library in C++ can open.

    On Windows dlib and OpenCV take UTF-8 for the system's code page and find no file whose path has
    other letters than ASCII, such as a user's name. A bare name in the current folder has none.
    """
    if sys.platform != "win32" or str(path).isascii():
        yield str(path)
    else:
        with contextlib.chdir(path.parent):
            yield path.name
