"""Files shown to everybody and hidden again, as the system at hand tells who may read."""

import sys

from crypto.files import access_list

__all__ = ["expose", "hide", "is_private"]


def expose(path):
    """Let every account read (on Windows also change) a file or folder."""
    if sys.platform == "win32":
        everybody = access_list.private_descriptor(access_list.EVERYBODY, folder=path.is_dir())
        access_list.set_descriptor(path, everybody)
    else:
        path.chmod(0o777 if path.is_dir() else 0o644)


def hide(path):
    """Let the owner alone in again."""
    path.chmod(0o700 if path.is_dir() else 0o600)
    access_list.make_private(path, folder=path.is_dir())


def is_private(path):
    """Whether nobody but the owner may read or change it."""
    if sys.platform == "win32":
        return not access_list.others_may(path, access_list.FULL)
    return path.stat().st_mode & 0o077 == 0
