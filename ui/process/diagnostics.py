"""What the program says beside its window, when Windows starts it without a console.

Under pythonw.exe, and so under the installed `workstation.exe`, sys.stdout and sys.stderr are None:
what goes there is lost, and whatever takes a stream for granted fails.
"""

import contextlib
import faulthandler
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

__all__ = ["NAME", "keep_diagnostics", "report_exit", "tell_exit"]

NAME: Final = "desktop.log"
"""The file in the data folder: warnings and crashes, of codes and numbers."""

_LARGEST: Final = 1_000_000


def keep_diagnostics(folder: Path) -> None:
    """Report crashes on the console, or in a file of the data folder where there is none.

    The file is put aside as `desktop.log.1` above 1 MB, and one run adds no more than that, but for
    its crash; without the folder nothing is kept.
    """
    if sys.stderr is None:
        sys.stderr = _open(folder / NAME)
    faulthandler.enable()


@contextlib.contextmanager
def report_exit(tell: Callable[[str], None]) -> Iterator[None]:
    """Hand what is printed inside to `tell`, should it end the program without a console."""
    if sys.stderr is not None:
        yield
        return
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            yield
    except SystemExit:
        tell(said.getvalue())
        raise


def tell_exit(why: str, show: Callable[[str], None]) -> None:
    """Say why the program ends at once: on the console, or by `show` where there is none."""
    if sys.stderr is None:
        show(why)
    else:
        sys.stderr.write(f"{why}\n")


def _open(path: Path) -> io.TextIOWrapper:
    # Another instance may hold the file; then the old one simply goes on growing.
    with contextlib.suppress(OSError):
        if path.stat().st_size > _LARGEST:
            path.replace(path.with_name(path.name + ".1"))
    try:
        return _Bounded(path.open("ab"), "utf-8", "backslashreplace", line_buffering=True)
    except OSError:
        return Path(os.devnull).open("a", encoding="utf-8")


class _Bounded(io.TextIOWrapper):
    """Takes everything and keeps the beginning: a slow PC warns several times a second."""

    room = _LARGEST

    def write(self, text: str, /) -> int:
        """Write what there is room for."""
        if self.room <= 0:
            return len(text)
        self.room -= len(text)
        return super().write(text)
