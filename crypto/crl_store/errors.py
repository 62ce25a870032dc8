"""What can go wrong with the CRL store."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from crypto.errors import CryptoError

__all__ = ["CrlRefused", "CrlStoreUnusable", "translate_errors"]


class CrlRefused(CryptoError):
    """A CRL was not stored; `detail` says why. What was stored before is still there."""

    code = "list_refused"


class CrlStoreUnusable(CryptoError):
    """The store itself cannot be read or written; importing the CRLs again repairs it."""

    code = "evidence_unusable"


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translate the errors of SQLite and of the file system into CrlStoreUnusable."""
    try:
        yield
    except sqlite3.Error as error:
        raise CrlStoreUnusable(getattr(error, "sqlite_errorname", type(error).__name__)) from error
    except OSError as error:
        raise CrlStoreUnusable(type(error).__name__) from error
