"""What can go wrong with the store of revocation lists."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from crypto.errors import CryptoError

__all__ = ["CrlRefused", "CrlStoreUnusable", "translated"]


class CrlRefused(CryptoError):
    """A list was not stored; `detail` says why. What was stored before is still there."""

    code = "list_refused"


class CrlStoreUnusable(CryptoError):
    """The store itself cannot be read or written; importing the lists again heals it."""

    code = "evidence_unusable"


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite and the file system raise into CrlStoreUnusable."""
    try:
        yield
    except sqlite3.Error as error:
        raise CrlStoreUnusable(getattr(error, "sqlite_errorname", type(error).__name__)) from error
    except OSError as error:
        raise CrlStoreUnusable(type(error).__name__) from error
