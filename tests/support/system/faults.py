"""Disks that fail: full, or with errors, below one folder of a process that preloads faults.c."""

import ctypes
import errno
import shutil
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

__all__ = ["CALLS", "Fault", "FaultKind", "arm", "build_faults", "count_seen"]

_SOURCE = Path(__file__).with_name("faults.c")
_WRITES, _SYNCS, _CREATES = 1, 2, 4


class FaultKind(Enum):
    """Which calls fail, and by which error."""

    FULL = (_WRITES | _CREATES, errno.ENOSPC)
    WRITE_ERROR = (_WRITES, errno.EIO)
    SYNC_ERROR = (_SYNCS, errno.EIO)


CALLS = {
    "log": {FaultKind.FULL: 84, FaultKind.WRITE_ERROR: 84, FaultKind.SYNC_ERROR: 21},
    "released": {FaultKind.FULL: 21, FaultKind.WRITE_ERROR: 21, FaultKind.SYNC_ERROR: 3},
    "vault": {FaultKind.FULL: 7, FaultKind.WRITE_ERROR: 6, FaultKind.SYNC_ERROR: 3},
}
"""How many calls a session that is approved makes in each folder, counted by `count_seen`."""


@dataclass(frozen=True)
class Fault:
    """A folder in which calls fail once so many of them have passed."""

    below: str
    kind: FaultKind
    after: int

    def order(self) -> dict[str, object]:
        """Return it as JSON carries it."""
        return {"below": self.below, "kind": self.kind.name, "after": self.after}


def build_faults(folder: Path) -> Path | None:
    """Compile the library into a folder; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "faults.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"],
        check=True,
        timeout=60,
    )
    return library


def arm(station: Path, order: dict[str, object]) -> None:
    """Have the disk fail from now on in this process, which preloaded the library."""
    calls, number = FaultKind[str(order["kind"])].value
    below = str((station / str(order["below"])).resolve()).encode() + b"/"
    after = ctypes.c_long(int(str(order["after"])))
    ctypes.CDLL(None).faults_arm(below, calls, number, after)


def count_seen() -> int:
    """Return how many calls the fault was asked about."""
    seen = ctypes.CDLL(None).faults_seen
    seen.restype = ctypes.c_long
    return int(seen())
