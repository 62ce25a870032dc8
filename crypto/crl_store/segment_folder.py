"""The folder of segments: names them, opens them once, compares their octets, removes them."""

import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Final

from crypto.crl_store.catalogue import Generation
from crypto.crl_store.errors import CrlStoreUnusable, translate_errors
from crypto.crl_store.segment import Segment, file_digest

__all__ = ["SegmentFolder"]

_SUFFIX: Final = ".list"
_ABANDONED_S: Final = 86_400
"""Nobody takes a day to write a segment: one that no catalogue names by then is left over."""


class SegmentFolder:
    """Segments in a folder, or in memory when it is None. CrlStoreUnusable from what reads."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = RLock()
        self._open: dict[str, Segment] = {}

    def close(self) -> None:
        """Close every file."""
        with self._lock:
            for segment in self._open.values():
                segment.close()
            self._open.clear()

    def new_path(self) -> Path | None:
        """Return the path of a segment that does not exist yet; None when all is in memory."""
        if self._folder is None:
            return None
        with translate_errors():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / f"{secrets.token_hex(12)}{_SUFFIX}"

    def add(self, segment: Segment) -> str:
        """Add a segment that lives in memory and return its name."""
        name = secrets.token_hex(12)
        with self._lock:
            self._open[name] = segment
        return name

    def segment(self, generation: Generation) -> Segment:
        """Return the open segment of a generation; its octets are compared when it is opened."""
        with self._lock:
            found = self._open.get(generation.file)
            if found is None:
                if self._folder is None:
                    raise CrlStoreUnusable("segment_missing")
                path = self._folder / generation.file
                found = self._open[generation.file] = Segment.open(path, generation.file_sha256)
            return found

    def open_ahead(self, generations: Iterable[Generation]) -> None:
        """Open segments ahead of their use; one that cannot be opened says so when it is used."""
        for each in generations:
            with suppress(CrlStoreUnusable):
                self.segment(each)

    def is_intact(self, generation: Generation) -> bool:
        """Read the whole segment again; whether it still is what was written."""
        if self._folder is None:
            return True
        try:
            return file_digest(self._folder / generation.file) == generation.file_sha256
        except CrlStoreUnusable:
            return False

    def remove(self, name: str) -> None:
        """Close and remove a segment; what another process holds open stays for `sweep`."""
        with self._lock:
            segment = self._open.pop(name, None)
        if segment is not None:
            segment.close()
        if self._folder is not None:
            with suppress(OSError):  # Windows removes no file that is open
                (self._folder / name).unlink(missing_ok=True)

    @contextmanager
    def removed_on_failure(self, name: str) -> Iterator[None]:
        """Remove a segment when what is done with it fails."""
        try:
            yield
        except BaseException:
            self.remove(name)
            raise

    def sweep(self, named: Collection[str]) -> None:
        """Remove what no catalogue names: left by a process that ended while it wrote."""
        if self._folder is None or not self._folder.is_dir():
            return
        before = time.time() - _ABANDONED_S
        with suppress(OSError):
            for path in self._folder.glob(f"*{_SUFFIX}*"):
                if path.name not in named and path.stat().st_mtime < before:
                    self.remove(path.name)
