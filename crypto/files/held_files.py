"""Files that another program has open for a moment: Windows neither replaces nor removes them.

A virus scanner or an indexer looks at every file that was just written, which takes milliseconds;
a second try then succeeds. Whoever holds a file for longer is told as the error that it is.
"""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["remove_file", "rename_file", "replace_file"]

_HELD = frozenset({5, 32, 33})
"""Windows' codes: access denied (also: being deleted), sharing violation, lock violation."""

_PAUSES_S = (0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6)


def replace_file(draft: Path, path: Path) -> None:
    """Rename over what is there; IsADirectoryError for a folder, OSError after 1.2 s of trying."""
    _patiently(lambda: draft.replace(path), path)


def rename_file(draft: Path, path: Path) -> None:
    """Rename to a name that is free (on Windows; POSIX replaces); OSError as `replace_file`."""
    _patiently(lambda: draft.rename(path), path)


def remove_file(path: Path) -> None:
    """Remove a file that may be gone already; OSError as `replace_file`."""
    _patiently(lambda: path.unlink(missing_ok=True), path)


def _patiently(act: Callable[[], object], path: Path) -> None:
    for pause_s in _PAUSES_S:
        try:
            act()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
            if path.is_dir():
                raise IsADirectoryError(
                    errno.EISDIR, os.strerror(errno.EISDIR), str(path)
                ) from error
            time.sleep(pause_s)
        else:
            return
    act()
