"""Bringing revocation lists up to date: fetched or imported, verified, stored; health per address.

A list of a few kilobytes is judged where it arrives; a large one in a child process, while the
list before it goes on answering. What fails changes nothing and is noted.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

from crypto.crl_store.errors import CrlStoreUnusable, translated
from crypto.crl_store.fetch import Downloaded, Fetcher
from crypto.crl_store.health import AddressHealth, Chance, HealthCode, Pace, code_of
from crypto.crl_store.importer import CrlImport, CrlImportFailed, ImportLimits
from crypto.crl_store.intake import judged_by_one
from crypto.crl_store.segment import Progress
from crypto.crl_store.store import CrlStore, StoredCrl
from crypto.errors import CryptoError
from crypto.report.report import milliseconds
from crypto.revocation.crl_status import Judging
from crypto.x509.certificate import Certificate

__all__ = ["CrlAddress", "CrlIntake", "CrlUpdater", "percent_of", "unheeded"]

_IN_PROCESS_OCTETS: Final = 256 * 1024
_SHARES: Final = MappingProxyType({"fetch": (0, 10), "verify": (10, 90), "index": (90, 100)})


def unheeded(stage: str, done: int, whole: int) -> None:
    """Take note of no progress."""


def percent_of(stage: str, done: int, whole: int) -> int:
    """Return how much of a large list's way is done; 0 for a small one, which takes no time.

    Hashing takes by far the longest where plain Python does it.
    """
    if whole <= 0 or (stage != "index" and whole <= _IN_PROCESS_OCTETS):
        return 0
    begin, end = _SHARES.get(stage, (0, 0))
    return begin + (end - begin) * min(done, whole) // whole


@dataclass(frozen=True, slots=True)
class CrlAddress:
    """Where a list (full or delta) is published, and the CAs one of which must have signed it."""

    issuers: tuple[Certificate, ...]
    url: str


class CrlIntake:
    """Takes lists from files into the store; after `cancel` nothing is taken until `resume`.

    in_process  octets up to which a list is judged in this process
    """

    def __init__(
        self,
        store: CrlStore,
        limits: ImportLimits | None = None,
        in_process: int = _IN_PROCESS_OCTETS,
    ) -> None:
        self._store = store
        self._limits = limits
        self._in_process = in_process
        self._lock = threading.Lock()
        self._running: CrlImport | None = None
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether what runs is to end."""
        return self._cancelled

    def resume(self) -> None:
        """Take lists again after `cancel`."""
        with self._lock:
            self._cancelled = False

    def cancel(self) -> None:
        """End a running import, from any thread."""
        with self._lock:
            self._cancelled = True
            if self._running is not None:
                self._running.cancel()

    def take(
        self,
        path: Path,
        issuers: Sequence[Certificate],
        judging: Judging,
        report: Progress = unheeded,
    ) -> StoredCrl:
        """Judge the list (DER) in a file and store it.

        Raises CrlRefused, CrlStoreUnusable, CrlImportFailed; what was stored is still there.
        """
        if self._cancelled:
            raise CrlImportFailed("cancelled")
        with translated():
            octets = path.stat().st_size
        if octets > self._in_process:
            segment = self._store.staging()
            if segment is not None:
                return self._by_child(path, segment, issuers, judging, report)
        with translated():
            untrusted = path.read_bytes()
        return self._store.keep(*judged_by_one(untrusted, issuers, judging))

    def _by_child(
        self,
        path: Path,
        segment: Path,
        issuers: Sequence[Certificate],
        judging: Judging,
        report: Progress,
    ) -> StoredCrl:
        running = CrlImport(self._limits)
        with self._lock:
            if self._cancelled:
                raise CrlImportFailed("cancelled")
            self._running = running
        try:
            digest = running.run(path, segment, issuers, judging, report)
        finally:
            with self._lock:
                self._running = None
        return self._store.adopt(segment, digest)


class CrlUpdater:
    """Fetches the lists of some addresses, each at its own pace; one thread at a time.

    chance  spreads the attempts of many branches
    """

    def __init__(
        self,
        addresses: Sequence[CrlAddress],
        fetcher: Fetcher,
        store: CrlStore,
        *,
        chance: Chance,
        pace: Pace | None = None,
        intake: CrlIntake | None = None,
    ) -> None:
        self._addresses = tuple(addresses)
        self._fetcher = fetcher
        self._store = store
        self._chance = chance
        self._pace = pace or Pace()
        self._intake = intake or CrlIntake(store)
        self._turn = threading.Lock()

    def cancel(self) -> None:
        """End the round that runs; the next one begins anew."""
        self._intake.cancel()

    def health(self) -> tuple[AddressHealth, ...]:
        """Return what is known about every address, in order; CrlStoreUnusable."""
        known = self._store.catalogue.health()
        return tuple(AddressHealth.read(a.url, known.get(a.url, {})) for a in self._addresses)

    def update(self, judging: Judging, report: Progress = unheeded) -> tuple[AddressHealth, ...]:
        """Fetch every address in order; one that fails is reported and changes nothing."""
        with self._turn:
            return self._visit(judging, report, lambda _health: True)

    def refresh(self, judging: Judging, report: Progress = unheeded) -> tuple[AddressHealth, ...]:
        """Fetch those that are due; nothing while another round runs."""
        now_ms = milliseconds(judging.moment)
        if not self._turn.acquire(blocking=False):
            return ()
        try:
            return self._visit(judging, report, lambda health: health.due(now_ms))
        finally:
            self._turn.release()

    def _visit(
        self, judging: Judging, report: Progress, wanted: Callable[[AddressHealth], bool]
    ) -> tuple[AddressHealth, ...]:
        visited: list[AddressHealth] = []
        self._intake.resume()
        for address, before in zip(self._addresses, self.health(), strict=True):
            if wanted(before) and not self._intake.cancelled:
                after = self._attempt(address, before, judging, report)
                self._store.catalogue.note(after.url, after.members())
                visited.append(after)
        return tuple(visited)

    def _attempt(
        self, address: CrlAddress, before: AddressHealth, judging: Judging, report: Progress
    ) -> AddressHealth:
        now_ms = milliseconds(judging.moment)
        try:
            with translated(), TemporaryDirectory(prefix="lists-") as folder:
                stored, after = self._fetched(
                    address, before, Path(folder) / "untrusted.crl", judging, report
                )
        except CryptoError as error:
            detail = "" if error.detail == error.code else error.detail
            return before.failed(code_of(error), detail, now_ms, self._pace, self._chance)
        following = stored.next_update or judging.moment
        left_s = (following - judging.moment).total_seconds()
        if left_s <= 0:
            return after.failed(HealthCode.STALE, "", now_ms, self._pace, self._chance)
        return after.succeeded(
            HealthCode.UNCHANGED if stored.sha256 == before.sha256 else HealthCode.UPDATED,
            now_ms,
            self._pace.after_success(left_s, self._chance),
        )

    def _fetched(
        self,
        address: CrlAddress,
        before: AddressHealth,
        path: Path,
        judging: Judging,
        report: Progress,
    ) -> tuple[StoredCrl, AddressHealth]:
        def heeded(stage: str, done: int, whole: int) -> None:
            if self._intake.cancelled:
                raise CrlImportFailed("cancelled")
            report(stage, done, whole)

        held = self._store.held(before.sha256) if before.sha256 else None
        asked = before if held is not None else AddressHealth(address.url)
        came = self._fetcher.download(
            address.url, path, heeded, etag=asked.etag, last_modified=asked.last_modified
        )
        if came is None:
            if held is None:
                raise CrlStoreUnusable("lost")
            return held, before
        stored = self._store.held(came.sha256)
        if stored is None:
            stored = self._intake.take(path, address.issuers, judging, heeded)
        return stored, _about(before, stored, came)


def _about(before: AddressHealth, stored: StoredCrl, came: Downloaded) -> AddressHealth:
    following = stored.next_update
    return replace(
        before,
        sha256=stored.sha256,
        number="" if stored.number is None else str(stored.number),
        entries=stored.entries,
        delta=stored.base_number is not None,
        this_update_ms=milliseconds(stored.this_update),
        next_update_ms=0 if following is None else milliseconds(following),
        etag=came.etag,
        last_modified=came.last_modified,
    )
