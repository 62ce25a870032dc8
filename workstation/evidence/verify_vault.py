"""Every payload and every kept list that the log commits to, against what lies on the disk.

Needs no key: what is compared are digests. Whoever reads the verdict has the log verified too, for
an entry that was removed demands nothing.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from pathlib import Path

from crypto.errors import PayloadTampered
from crypto.log.file.view import TreeView
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import Kind
from crypto.vault.payload import commitment_digest
from crypto.vault.payload_check import check_erased, check_payload
from crypto.vault.payload_store import PayloadStore
from workstation.records.validation_data_archive import ValidationDataArchive

__all__ = ["VaultFault", "VaultProblem", "VaultReport", "verify_vault"]

_MOST_SHOWN = 1_000
_STEP = 256


class VaultFault(StrEnum):
    """What is wrong beside the faults of one payload (crypto.vault.payload_check)."""

    LIST_MISSING = "list_missing"
    LIST_CHANGED = "list_changed"
    NO_VAULT = "vault_missing"
    NO_ENTRY = "named_by_no_entry"


@dataclass(frozen=True, slots=True)
class VaultProblem:
    """A fault, the entry that commits to what is wrong, and the name of what it is.

    index  of the entry; None for what no entry names
    name   id of a payload, digest of a list or of a sealed file
    """

    fault: str
    index: int | None
    name: str


@dataclass(slots=True)
class VaultReport:
    """What was compared, and the first thousand problems in the order of the log.

    payloads  that entries commit to, the erased ones not among them
    erased    index of the order by index of the result, for what was erased by order
    unkept    results whose payload could not be kept, as they say themselves
    lists     different revocation lists that results name
    earlier   files and keys that no entry names where the log follows another, which may name them
    found     how many problems there are
    """

    payloads: int = 0
    erased: dict[int, int] = field(default_factory=dict)
    unkept: int = 0
    lists: int = 0
    earlier: int = 0
    found: int = 0
    problems: list[VaultProblem] = field(default_factory=list)

    def add(self, fault: str, index: int | None, name: str) -> None:
        """Count a problem, and keep it while there are few."""
        self.found += 1
        if len(self.problems) < _MOST_SHOWN:
            self.problems.append(VaultProblem(fault, index, name))


def verify_vault(
    view: TreeView,
    vault: Path,
    archive: ValidationDataArchive,
    *,
    deep: bool,
    progress: Callable[[int, int], None] | None = None,
) -> VaultReport:
    """Compare the vault in this folder, and the archive, with all the entries of a log.

    deep      prove every entry, read every file, and look for what no entry names; else only the
              entries that name something are proven, and of files only the lengths are looked at
    progress  called with entries read and entries there are

    What was named is remembered in a temporary file of SQLite's own, so memory stays bounded.
    Raises LogTampered, VaultUnwritable.
    """
    report = VaultReport()
    with closing(sqlite3.connect("", isolation_level=None)) as named:
        named.execute("PRAGMA synchronous=OFF")
        named.execute("CREATE TABLE named (what TEXT PRIMARY KEY) WITHOUT ROWID")
        named.execute("CREATE TABLE erased (pid TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID")
        named.execute("BEGIN")
        checks = _Checks(report, archive, named, deep=deep)
        checks.note_erasures(view)
        if not vault.is_dir():
            checks.run(view, None, progress)
            return report
        with PayloadStore(vault, read_only=True) as store:
            checks.run(view, store, progress)
            if deep:
                follows = isinstance(view.entry(0).data.get("prev_gen"), Mapping)
                checks.find_unnamed(store, follows=follows)
    return report


class _Checks:
    """One pass over the entries of a log."""

    def __init__(
        self,
        report: VaultReport,
        archive: ValidationDataArchive,
        named: sqlite3.Connection,
        *,
        deep: bool,
    ) -> None:
        self._report, self._archive, self._named, self._deep = report, archive, named, deep

    def note_erasures(self, view: TreeView) -> None:
        """Note what was ordered to be erased: the orders stand behind the results."""
        for seq in view.find(f'"type":"{Kind.PAYLOAD_ERASE.value}"'.encode()):
            entry = view.entry(seq)
            if entry.kind == Kind.PAYLOAD_ERASE:
                row = (str(entry.data.get("pid")), seq)
                self._named.execute("INSERT OR IGNORE INTO erased VALUES (?, ?)", row)

    def run(
        self,
        view: TreeView,
        store: PayloadStore | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        """Check what every result commits to; without a store everything is missing."""
        for entry in self._entries(view):
            if entry.kind == "verify.result":
                self._check_result(entry, store)
            if progress is not None and entry.seq % _STEP == 0:
                progress(entry.seq, view.size)
        if progress is not None:
            progress(view.size, view.size)

    def _entries(self, view: TreeView) -> Iterator[LogEntry]:
        if self._deep:
            yield from view.entries(0, view.size)
        else:
            yield from (view.entry(seq) for seq in view.find(b'"type":"verify.result"'))

    def _check_result(self, entry: LogEntry, store: PayloadStore | None) -> None:
        lists = entry.data.get("lists")
        for each in lists if isinstance(lists, list) else ():
            self._check_list(str(each), entry.seq)
        commitment = entry.data.get("pl")
        if not isinstance(commitment, Mapping):
            self._report.unkept += "pl_missing" in entry.data
            return
        pid = str(commitment.get("pid"))
        faults: Iterator[str]
        order = self._named.execute("SELECT seq FROM erased WHERE pid = ?", (pid,)).fetchone()
        if order is not None:
            self._report.erased[entry.seq] = order[0]
            faults = iter(()) if store is None else check_erased(store, commitment)
        else:
            self._report.payloads += 1
            self._note(pid)
            self._note(_read_file_name(commitment))
            faults = (
                iter((VaultFault.NO_VAULT,))
                if store is None
                else check_payload(store, commitment, deep=self._deep)
            )
        for fault in faults:
            self._report.add(fault, entry.seq, pid)

    def _check_list(self, sha256: str, index: int) -> None:
        if not self._note(sha256):
            return
        self._report.lists += 1
        if not self._archive.holds(sha256):
            self._report.add(VaultFault.LIST_MISSING, index, sha256)
        elif self._deep and not self._archive.is_whole(sha256):
            self._report.add(VaultFault.LIST_CHANGED, index, sha256)

    def find_unnamed(self, store: PayloadStore, *, follows: bool) -> None:
        """Name sealed files and keys that no entry commits to, and lists that were exchanged.

        follows  the log follows another, whose payloads lie here too: they are counted
        """
        for what in chain((pid for pid, _ in store.list_payloads()), store.files()):
            if self._is_known(what):
                continue
            if follows:
                self._report.earlier += 1
            else:
                self._report.add(VaultFault.NO_ENTRY, None, what)
        for sha256 in self._archive.names():
            if not self._is_named(sha256) and not self._archive.is_whole(sha256):
                self._report.add(VaultFault.LIST_CHANGED, None, sha256)

    def _note(self, what: str) -> bool:
        """Remember a name; return whether it is new."""
        return bool(self._named.execute("INSERT OR IGNORE INTO named VALUES (?)", (what,)).rowcount)

    def _is_named(self, what: str) -> bool:
        found = self._named.execute("SELECT 1 FROM named WHERE what = ?", (what,))
        return found.fetchone() is not None

    def _is_known(self, pid: str) -> bool:
        """Whether an entry names the payload, be it by the order that erased it."""
        erased = self._named.execute("SELECT 1 FROM erased WHERE pid = ?", (pid,))
        return self._is_named(pid) or erased.fetchone() is not None


def _read_file_name(commitment: Mapping[str, object]) -> str:
    try:
        return commitment_digest(commitment, "ct").hex()
    except PayloadTampered:
        return ""
