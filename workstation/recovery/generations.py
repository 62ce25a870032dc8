"""The generations before the log in force: each verified, and its link from the one after it.

A log that was lost in a recovery is never passed over: what its successor says of it has to be
what is there, and what is missing is named.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.errors import CryptoError, LogError
from crypto.log.audit.audit import Expectations, audit
from crypto.log.audit.rules import EntryRules
from crypto.log.audit.salvage import salvage
from crypto.log.file.faults import AuditStatus, LogFault, Tier
from crypto.log.file.proven import parse_row
from crypto.log.file.released import ReleasedMark
from crypto.log.file.rows import Rows
from crypto.log.file.schema import connect_reader, storage_errors
from crypto.log.format.note import NoteVerifier
from workstation.errors import NotInitialised
from workstation.records.keys import ENROLMENT_FOLDER, LOG_VKEY_NAME, TRUSTED_NAME, read_vkeys
from workstation.recovery.previous import LogCondition
from workstation.recovery.switch import GENERATIONS_FOLDER, LOG_NAME, name_generation

__all__ = ["EarlierLog", "find_fault", "verify_generations"]

_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class EarlierLog:
    """What a generation before is worth.

    origin  of the log
    size    entries that are there and good
    lost    entries that a head remembers and that nobody can read: first, and one past it
    fault   code of what is there and should not be; empty: it is what its successor says
    """

    origin: str
    size: int
    lost: tuple[int, int] | None = None
    fault: str = ""

    @property
    def loss(self) -> str:
        """Which entries are lost; empty: none that a head remembers."""
        lost = self.lost
        return "" if lost is None else f"{self.origin}: entries {lost[0]} to {lost[1] - 1}"

    def __str__(self) -> str:
        return f"{self.origin}: {self.size} entries{self.fault and f', {self.fault}'}"


def verify_generations(
    folder: Path, path: Path, tier: Tier, rules: Callable[[], EntryRules] | None = None
) -> tuple[EarlierLog, ...]:
    """Verify every generation before the log at `path`, newest first; none where it is the first.

    folder  of the station
    rules   of the entries, as an audit takes them

    The walk ends at a generation that is not there: what it followed is not known then.
    """
    return tuple(_walk(folder, path, tier, rules))


def _walk(
    folder: Path, path: Path, tier: Tier, rules: Callable[[], EntryRules] | None
) -> Iterator[EarlierLog]:
    for _ in range(_MOST):
        link = _read_link(path)
        if link is None:
            return
        kept = folder / GENERATIONS_FOLDER / name_generation(str(link.get("origin")))
        path = kept / LOG_NAME
        yield _verify(kept, link, tier, rules)


def _read_link(path: Path) -> Mapping[str, JsonValue] | None:
    """Return what the first entry of a log says of the one before; None where it says nothing."""
    try:
        with closing(connect_reader(path, 5_000)) as db, storage_errors():
            link = parse_row(Rows(db).row(0)).data.get("prev_gen")
    except LogError:
        return None
    return link if isinstance(link, dict) else None


def _verify(
    kept: Path,
    link: Mapping[str, JsonValue],
    tier: Tier,
    rules: Callable[[], EntryRules] | None,
) -> EarlierLog:
    origin = str(link.get("origin"))
    try:
        head = _read_mark(origin, link)
        readable = link.get("readable")
        there = _read_mark(origin, readable if isinstance(readable, dict) else {})
        (log_key,) = read_vkeys(kept / ENROLMENT_FOLDER / LOG_VKEY_NAME)
        trusted = read_vkeys(kept / ENROLMENT_FOLDER / TRUSTED_NAME)
    except (CryptoError, NotInitialised, ValueError):
        return EarlierLog(origin, 0, _read_lost(link), "enrolment_missing")
    if log_key.name != origin:
        return EarlierLog(origin, 0, _read_lost(link), LogFault.OTHER_ORIGIN.value)
    marks = [each for each in (there, head) if each is not None]
    whole = link.get("state") == LogCondition.WHOLE.value
    log = kept / LOG_NAME
    if whole:
        expected = Expectations(
            log_key=log_key, trusted=trusted, released=tuple(marks), rules=rules
        )
        report = audit(log, expected, tier)
        fault = "" if report.status is AuditStatus.PASSED else report.reason
        return EarlierLog(origin, report.size, None, fault)
    return _verify_rest(log, log_key, link, there)


def _verify_rest(
    log: Path, log_key: NoteVerifier, link: Mapping[str, JsonValue], there: ReleasedMark | None
) -> EarlierLog:
    """Verify what its successor says could be read of a log: that much has to be there still."""
    found = salvage(log, log_key)
    size = found.head.size if found.head is not None else 0
    fault = ""
    if there is not None and size < there.size:
        fault = LogFault.ROLLED_BACK.value
    elif there is not None and not there.is_signed(log_key.name, found.keys):
        fault = LogFault.RELEASED_SIGNATURE.value
    elif there is not None and _root_at(log, there.size) != there.root:
        fault = LogFault.FORKED.value
    return EarlierLog(log_key.name, size, _read_lost(link), fault)


def _root_at(path: Path, size: int) -> bytes:
    try:
        with closing(connect_reader(path, 5_000)) as db, storage_errors():
            return Rows(db).row(size - 1).root
    except LogError:
        return b""


def _read_mark(origin: str, said: Mapping[str, JsonValue]) -> ReleasedMark | None:
    """Return a head that the successor names; None: it names none. ValueError: no base64."""
    size, root, signature = (said.get(name) for name in ("size", "root", "signature"))
    if not isinstance(size, int) or not size:
        return None
    return ReleasedMark(origin, size, b64decode(str(root)), b64decode(str(signature)))


def _read_lost(link: Mapping[str, JsonValue]) -> tuple[int, int] | None:
    lost = link.get("lost")
    if not isinstance(lost, dict):
        return None
    first, end = lost.get("from"), lost.get("to")
    return (first, end) if isinstance(first, int) and isinstance(end, int) else None


def find_fault(generations: Sequence[EarlierLog]) -> str:
    """Return the code of the first generation that is not what its successor says; empty: none."""
    return next((each.fault for each in generations if each.fault), "")
