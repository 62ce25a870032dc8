"""Bringing CRLs up to date: fetched, verified, stored; what became of it is saved per address."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from crypto.crl_store.errors import CrlStoreUnusable, translate_errors
from crypto.crl_store.fetch import Downloaded, Fetcher
from crypto.crl_store.health import AddressHealth, Chance, HealthCode, Pace, classify_failure
from crypto.crl_store.import_process import CrlImportFailed
from crypto.crl_store.importer import CrlImporter
from crypto.crl_store.segment import Progress, ignore_progress
from crypto.crl_store.store import CrlStore, StoredCrl
from crypto.errors import CryptoError
from crypto.path.context import VerificationContext
from crypto.report.report import milliseconds
from crypto.x509.certificate import Certificate

__all__ = ["CrlAddress", "CrlUpdater"]


@dataclass(frozen=True, slots=True)
class CrlAddress:
    """Where a CRL (full or delta) is published, and the CAs one of which must have signed it."""

    issuers: tuple[Certificate, ...]
    url: str


class CrlUpdater:
    """Fetches the CRLs of some addresses, each at its own pace; one thread at a time.

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
        importer: CrlImporter | None = None,
    ) -> None:
        self._addresses = tuple(addresses)
        self._fetcher = fetcher
        self._store = store
        self._chance = chance
        self._pace = pace or Pace()
        self._importer = importer or CrlImporter(store)
        self._round = threading.Lock()

    def cancel(self) -> None:
        """End the round that runs; the next one begins anew."""
        self._importer.cancel()

    def health(self) -> tuple[AddressHealth, ...]:
        """Return what is known about every address, in order; CrlStoreUnusable."""
        known = self._store.catalogue.load_health()
        return tuple(AddressHealth.read(a.url, known.get(a.url, {})) for a in self._addresses)

    def update(
        self, context: VerificationContext, report: Progress = ignore_progress
    ) -> tuple[AddressHealth, ...]:
        """Fetch every address in order; one that fails is reported and changes nothing."""
        with self._round:
            return self._visit(context, report, lambda _health: True)

    def refresh(
        self, context: VerificationContext, report: Progress = ignore_progress
    ) -> tuple[AddressHealth, ...]:
        """Fetch those that are due; nothing while another round runs."""
        now_ms = milliseconds(context.moment)
        if not self._round.acquire(blocking=False):
            return ()
        try:
            return self._visit(context, report, lambda health: health.is_due(now_ms))
        finally:
            self._round.release()

    def _visit(
        self,
        context: VerificationContext,
        report: Progress,
        is_due: Callable[[AddressHealth], bool],
    ) -> tuple[AddressHealth, ...]:
        visited: list[AddressHealth] = []
        self._importer.resume()
        for address, before in zip(self._addresses, self.health(), strict=True):
            if is_due(before) and not self._importer.cancelled:
                after = self._attempt(address, before, context, report)
                self._store.catalogue.save_health(after.url, after.members())
                visited.append(after)
        return tuple(visited)

    def _attempt(
        self,
        address: CrlAddress,
        before: AddressHealth,
        context: VerificationContext,
        report: Progress,
    ) -> AddressHealth:
        now_ms = milliseconds(context.moment)
        try:
            with translate_errors(), TemporaryDirectory(prefix="lists-") as folder:
                stored, after = self._fetch(
                    address, before, Path(folder) / "untrusted.crl", context, report
                )
        except CryptoError as error:
            detail = "" if error.detail == error.code else error.detail
            return before.record_failure(
                classify_failure(error), detail, now_ms, self._pace, self._chance
            )
        following = stored.next_update or context.moment
        left_s = (following - context.moment).total_seconds()
        if left_s <= 0:
            return after.record_failure(HealthCode.STALE, "", now_ms, self._pace, self._chance)
        return after.record_success(
            HealthCode.UNCHANGED if stored.sha256 == before.sha256 else HealthCode.UPDATED,
            now_ms,
            self._pace.wait_after_success(left_s, self._chance),
        )

    def _fetch(
        self,
        address: CrlAddress,
        before: AddressHealth,
        path: Path,
        context: VerificationContext,
        report: Progress,
    ) -> tuple[StoredCrl, AddressHealth]:
        def report_unless_cancelled(stage: str, done: int, whole: int) -> None:
            if self._importer.cancelled:
                raise CrlImportFailed("cancelled")
            report(stage, done, whole)

        current = self._store.find_current(before.sha256) if before.sha256 else None
        # Validators are sent only with the CRL they belong to at hand, or 304 would leave nothing
        # to use (RFC 9110, 13.1.2).
        validators = before if current is not None else AddressHealth(address.url)
        downloaded = self._fetcher.download(
            address.url,
            path,
            report_unless_cancelled,
            etag=validators.etag,
            last_modified=validators.last_modified,
        )
        if downloaded is None:
            if current is None:
                raise CrlStoreUnusable("lost")
            return current, before
        stored = self._store.find_current(downloaded.sha256)
        if stored is None:
            stored = self._importer.import_file(
                path, address.issuers, context, report_unless_cancelled, address.url
            )
        return stored, _describe(before, stored, downloaded)


def _describe(before: AddressHealth, stored: StoredCrl, downloaded: Downloaded) -> AddressHealth:
    following = stored.next_update
    return replace(
        before,
        sha256=stored.sha256,
        number="" if stored.number is None else str(stored.number),
        entries=stored.entries,
        delta=stored.base_number is not None,
        this_update_ms=milliseconds(stored.this_update),
        next_update_ms=0 if following is None else milliseconds(following),
        etag=downloaded.etag,
        last_modified=downloaded.last_modified,
    )
