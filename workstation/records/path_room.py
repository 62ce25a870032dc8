"""Whether the longest file name of a station still fits into a path of this system.

Windows refuses paths of 260 characters and more unless the administrator has switched long paths
on. A folder that is too deep would be noticed by the first payload: after the customer has signed.
"""

import ctypes
import sys
from pathlib import Path
from typing import Final

from workstation.errors import FolderTooDeep

__all__ = ["LONGEST_NAME", "paths_are_limited", "require_room"]

LONGEST_NAME: Final = 100
"""Characters below the data folder: a list put aside as evidence is 79, its draft 90."""

_LONGEST_PATH: Final = 259


def require_room(folder: Path) -> None:
    """Refuse a data folder whose files could not be opened; raises FolderTooDeep."""
    length, most = len(str(folder.absolute())), _LONGEST_PATH - LONGEST_NAME
    if length > most and paths_are_limited():
        raise FolderTooDeep(f"{length} characters, at most {most}")


def paths_are_limited() -> bool:
    """Tell whether this process opens no long paths: a setting of the computer in Windows 10."""
    if sys.platform == "win32":
        allowed = getattr(ctypes.WinDLL("ntdll"), "RtlAreLongPathsEnabled", None)
        if allowed is not None:  # Wine has no such function, and no such bound
            allowed.restype = ctypes.c_ubyte
            return not allowed()
    return False
