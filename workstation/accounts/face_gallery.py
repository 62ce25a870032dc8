"""Faces that were verified at this station lately: is one of them now here under another ИИН.

A row is a keyed digest of the ИИН, a sealed template and its expiry; neither a name nor a face can
be read from the file without the station's key. It is no evidence: the signed log is.
"""

import sqlite3
import struct
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from vision.results import FaceTemplate
from vision.templates import cosine_distance
from workstation.accounts.template_sealer import TemplateSealer

__all__ = ["FaceGallery", "GalleryOrigin"]

_PURPOSE: Final = "face-gallery/v1"
_MOST_ROWS: Final = 50_000
_MILLION: Final = 1_000_000
_SCHEMA: Final = (
    # What has expired is overwritten, not only unlinked.
    "PRAGMA secure_delete = ON",
    (
        "CREATE TABLE IF NOT EXISTS face (subject BLOB PRIMARY KEY, model TEXT NOT NULL,"
        " sealed BLOB NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID"
    ),
    "CREATE INDEX IF NOT EXISTS face_expires ON face (expires_ms)",
)


class GalleryOrigin(StrEnum):
    """Where the file came from when it was opened; the caller records what is not FOUND."""

    FOUND = "found"
    CREATED = "created"
    REPLACED = "replaced"


class _OpenedFaces:
    """The rows of one model, opened: a matrix with a row for each person."""

    def __init__(self, rows: list[tuple[bytes, FaceTemplate, int]]) -> None:
        self._places = {subject: place for place, (subject, _, _) in enumerate(rows)}
        self._templates: NDArray[np.float32] = np.array([each for _, each, _ in rows], np.float32)
        self._expires_ms: NDArray[np.int64] = np.array([each for _, _, each in rows], np.int64)

    def put(self, subject: bytes, template: FaceTemplate, expires_ms: int) -> None:
        """Add a person or replace the person's row."""
        place = self._places.setdefault(subject, len(self._places))
        row = np.asarray([template], np.float32)
        if place < len(self._expires_ms):
            self._templates[place], self._expires_ms[place] = row[0], expires_ms
            return
        self._templates = np.concatenate((self._templates.reshape(-1, row.shape[1]), row))
        self._expires_ms = np.append(self._expires_ms, np.int64(expires_ms))

    def drop(self, subject: bytes) -> None:
        """Let a person's row count as expired."""
        place = self._places.get(subject)
        if place is not None:
            self._expires_ms[place] = 0

    def nearest_but(
        self, subject: bytes, template: FaceTemplate, at_ms: int
    ) -> FaceTemplate | None:
        """Return the nearest template of another person that has not expired."""
        free = self._expires_ms > at_ms
        place = self._places.get(subject)
        if place is not None:
            free[place] = False
        if not free.any():
            return None
        cosines = self._templates @ np.asarray(template, np.float32)
        nearest = int(np.argmax(np.where(free, cosines, -np.inf)))
        return tuple(self._templates[nearest].tolist())


class FaceGallery:
    """Templates by ИИН in a small SQLite file, opened once and kept in memory; for one thread.

    origin      whether the file was there; REPLACED: what was there is no gallery, and is gone
    unreadable  rows dropped because they were changed or sealed under another key
    """

    def __init__(self, path: Path, secret: bytes, model: str) -> None:
        """Open or create the file; raises sqlite3.Error when it cannot be read or written.

        secret  32 bytes of the station
        model   SHA-256 of the model whose templates are compared
        """
        self._sealer = TemplateSealer(secret, _PURPOSE, model)
        self._faces: _OpenedFaces | None = None
        self.unreadable = 0
        self.origin = GalleryOrigin.FOUND if path.exists() else GalleryOrigin.CREATED
        try:
            self._database = _open(path)
        except sqlite3.OperationalError:
            raise  # Locked or not writable: nothing is wrong with the content.
        except sqlite3.DatabaseError:
            path.unlink()
            self._database = _open(path)
            self.origin = GalleryOrigin.REPLACED

    def nearest_other(self, iin: str, template: FaceTemplate, at_ms: int) -> int | None:
        """Return the cosine distance to the nearest face of another ИИН, in millionths.

        None while nobody else's face is kept. The nearest is found in float32; its distance is
        summed as everywhere else, so that it does not differ with the CPU.
        """
        faces = self._open_faces(at_ms)
        found = faces.nearest_but(self._sealer.digest_iin(iin), template, at_ms)
        if found is None:
            return None
        return round(max(0.0, cosine_distance(template, found)) * _MILLION)

    def remember(self, iin: str, template: FaceTemplate, at_ms: int, keep_ms: int) -> None:
        """Keep a verified face for `keep_ms`, in place of an earlier one of the same ИИН.

        Beyond 50,000 people the ones that expire first make room.
        """
        faces = self._open_faces(at_ms)
        subject, expires_ms = self._sealer.digest_iin(iin), at_ms + keep_ms
        sealed = self._sealer.seal(template, _bound(subject, expires_ms))
        self._database.execute(
            "INSERT OR REPLACE INTO face VALUES (?, ?, ?, ?)",
            (subject, self._sealer.model, sealed, expires_ms),
        )
        faces.put(subject, template, expires_ms)
        evicted = self._database.execute(
            "DELETE FROM face WHERE subject IN (SELECT subject FROM face"
            " ORDER BY expires_ms DESC LIMIT -1 OFFSET ?) RETURNING subject",
            (_MOST_ROWS,),
        )
        for (other,) in evicted.fetchall():
            faces.drop(other)

    def close(self) -> None:
        """Close the file and forget the faces."""
        self._faces = None
        self._database.close()

    def _open_faces(self, at_ms: int) -> _OpenedFaces:
        """Delete what has expired; open the rest once and drop what does not open."""
        self._database.execute("DELETE FROM face WHERE expires_ms <= ?", (at_ms,))
        if self._faces is not None:
            return self._faces
        rows, spoilt = [], []
        for subject, sealed, expires_ms in self._database.execute(
            "SELECT subject, sealed, expires_ms FROM face WHERE model = ?", (self._sealer.model,)
        ):
            template = self._open_row(subject, sealed, expires_ms)
            if template is None:
                spoilt.append((subject,))
            else:
                rows.append((subject, template, expires_ms))
        for subject in spoilt:
            self._database.execute("DELETE FROM face WHERE subject = ?", subject)
        self.unreadable += len(spoilt)
        self._faces = _OpenedFaces(rows)
        return self._faces

    def _open_row(self, subject: object, sealed: object, expires_ms: object) -> FaceTemplate | None:
        if not isinstance(subject, bytes) or not isinstance(expires_ms, int):
            return None
        return self._sealer.open(sealed, _bound(subject, expires_ms))


def _open(path: Path) -> Database:
    # Opened by the composition root, used by the session thread alone.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database = Database(connection, execute_plugins=False)
    try:
        for statement in _SCHEMA:
            database.execute(statement)
    except BaseException:
        database.close()
        raise
    return database


def _bound(subject: bytes, expires_ms: int) -> bytes:
    return subject + struct.pack("<q", expires_ms)
