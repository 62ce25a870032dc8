"""Importing CRLs from files: a small one in this process, a large one in a child.

A CRL of a few kilobytes is verified where it arrives; a large one in a process of its own, while
the CRL before it goes on answering. What fails changes nothing; what gives away that somebody
offers lists in a CA's name is reported with the octets offered.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from crypto.asn1.der import DerError
from crypto.crl_store.errors import CrlRefused, translate_errors
from crypto.crl_store.import_process import CrlImportFailed, ImportLimits, ImportProcess
from crypto.crl_store.segment import Progress, ignore_progress
from crypto.crl_store.store import CrlStore, StoredCrl
from crypto.crl_store.verify import verify_crl
from crypto.path.context import VerificationContext
from crypto.report.alarm import Alarm, AlarmCode, ReportAlarm, ignore_alarm
from crypto.revocation.alarms import find_list_alarm
from crypto.revocation.crl import ParsedCrl
from crypto.x509.certificate import Certificate

__all__ = ["FROM_A_FILE", "CrlImporter", "estimate_percent"]

FROM_A_FILE: Final = "file"
"""Source of a list that an administrator brought."""

_IN_PROCESS_OCTETS: Final = 256 * 1024
_STALE: Final = "stale"
_LIFTED: Final = frozenset({6, 8})
"""CRLReason certificateHold, which may end, and removeFromCRL (RFC 5280 5.3.1)."""
_SHARES: Final = MappingProxyType({"fetch": (0, 10), "verify": (10, 90), "index": (90, 100)})


def estimate_percent(stage: str, done: int, whole: int) -> int:
    """Return how much of a large CRL's import is done; 0 for a small one, which takes no time.

    Hashing takes by far the longest where plain Python does it.
    """
    if whole <= 0 or (stage != "index" and whole <= _IN_PROCESS_OCTETS):
        return 0
    begin, end = _SHARES.get(stage, (0, 0))
    return begin + (end - begin) * min(done, whole) // whole


class CrlImporter:
    """Imports CRLs from files into the store; after `cancel` nothing until `resume`.

    in_process    octets up to which a CRL is verified in this process
    report_alarm  takes forged and older lists, in the thread that imports
    """

    def __init__(
        self,
        store: CrlStore,
        limits: ImportLimits | None = None,
        in_process: int = _IN_PROCESS_OCTETS,
        report_alarm: ReportAlarm = ignore_alarm,
    ) -> None:
        self._store = store
        self._report_alarm = report_alarm
        self._limits = limits
        self._in_process = in_process
        self._lock = threading.Lock()
        self._running: ImportProcess | None = None
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether the running import is to end."""
        return self._cancelled

    def resume(self) -> None:
        """Allow imports again after `cancel`."""
        with self._lock:
            self._cancelled = False

    def cancel(self) -> None:
        """End a running import, from any thread."""
        with self._lock:
            self._cancelled = True
            if self._running is not None:
                self._running.cancel()

    def import_file(
        self,
        path: Path,
        issuers: Sequence[Certificate],
        context: VerificationContext,
        report: Progress = ignore_progress,
        source: str = FROM_A_FILE,
    ) -> StoredCrl:
        """Verify the CRL (DER) in a file and store it.

        source  the address it was fetched from

        Raises CrlRefused, CrlStoreUnusable, CrlImportFailed; what was stored is still there.
        """
        try:
            stored = self._import(path, issuers, context, report)
        except CrlRefused as refused:
            self._report_refusal(path, source, refused.detail)
            raise
        self._report_unrevoked(stored, path, source, issuers)
        return stored

    def _report_unrevoked(
        self, stored: StoredCrl, path: Path, source: str, issuers: Sequence[Certificate]
    ) -> None:
        """Report a list that no longer revokes one of these CAs; customers are seen when asked."""
        for each in issuers:
            if each.issuer != stored.issuer or stored.this_update > each.not_after:
                continue
            before = stored.find_withdrawn(each.serial, each.issuer)
            if before is None or before.reason in _LIFTED:
                continue
            if stored.find(each.serial, each.issuer) is None:
                with translate_errors():
                    alarm = Alarm.raise_about(
                        AlarmCode.LIST_UNREVOKES, source, each.sha256, path.read_bytes()
                    )
                self._report_alarm(alarm)

    def _import(
        self,
        path: Path,
        issuers: Sequence[Certificate],
        context: VerificationContext,
        report: Progress,
    ) -> StoredCrl:
        if self._cancelled:
            raise CrlImportFailed("cancelled")
        with translate_errors():
            octets = path.stat().st_size
        if octets > self._in_process:
            segment = self._store.new_segment_path()
            if segment is not None:
                return self._import_by_child(path, segment, issuers, context, report)
        with translate_errors():
            untrusted = path.read_bytes()
        return self._store.put_verified(*verify_crl(untrusted, issuers, context))

    def _import_by_child(
        self,
        path: Path,
        segment: Path,
        issuers: Sequence[Certificate],
        context: VerificationContext,
        report: Progress,
    ) -> StoredCrl:
        running = ImportProcess(self._limits)
        with self._lock:
            if self._cancelled:
                raise CrlImportFailed("cancelled")
            self._running = running
        try:
            digest = running.run(path, segment, issuers, context, report)
        finally:
            with self._lock:
                self._running = None
        return self._store.adopt(segment, digest)

    def _report_refusal(self, path: Path, source: str, detail: str) -> None:
        code = find_list_alarm(detail)
        if code is None and detail != _STALE:
            return
        with translate_errors():
            untrusted = path.read_bytes()
        if code is None and self._is_older(untrusted):
            code = AlarmCode.LIST_OLDER
        if code is not None:
            self._report_alarm(Alarm.raise_about(code, source, detail, untrusted))

    def _is_older(self, untrusted: bytes) -> bool:
        """Whether a list past its time is older than the one held; the same one is merely late.

        Its signature is not verified: that costs the hash of it all, and whoever offers an older
        list under this name is reported either way.
        """
        try:
            offered = ParsedCrl.parse(untrusted)
        except DerError:
            return False
        return any(
            each.this_update > offered.this_update
            for each in self._store.current()
            if (each.issuer, each.scope) == (offered.issuer, offered.scope)
            and (each.base_number is None) == (offered.base_number is None)
        )
