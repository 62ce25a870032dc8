"""The octets of a reference photo out of a file of the teller's."""

import stat
from pathlib import Path

from vision.matching.image import LARGEST_FILE
from workstation.verification.move import Warn

__all__ = ["REFERENCE_REFUSED", "read_photo"]

REFERENCE_REFUSED = "reference.refused"
"""The log's step for a photo that is not taken: another may be offered."""


def read_photo(path: Path) -> bytes | Warn:
    """Return the file's octets, or the warning that says why there are none."""
    try:
        # Only regular files: a pipe or a device would hold the station for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            return Warn(REFERENCE_REFUSED, "reference.unreadable")
        with path.open("rb") as file:
            untrusted = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError):
        return Warn(REFERENCE_REFUSED, "reference.unreadable")
    if len(untrusted) > LARGEST_FILE:
        return Warn(REFERENCE_REFUSED, "reference.too_large")
    return untrusted
