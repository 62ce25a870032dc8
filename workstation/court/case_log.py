"""The entries of one session, and those that bring the keys which signed them.

What is gathered is verified by whoever receives it; here it is only found. Entries of other
sessions that stand between are withheld and their numbers stated: they are other customers'.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from crypto.errors import NoteMalformed
from crypto.log.file.view import TreeView
from crypto.log.format.checkpoint import SignedCheckpoint
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import Identity, KeyRecord, Kind, SignerRole
from crypto.log.format.note import SignatureLine, parse_signature_line
from workstation.evidence.case_entries import find_begin, find_steps

__all__ = ["CaseLog", "gather_case"]

_LOGS_OWN = frozenset({Kind.BOOT, Kind.CLOCK_STEP, Kind.HEARTBEAT, Kind.ANCHOR_COSIG})
"""Kinds that concern no customer: shown where they stand between the case's entries."""

_RESULT = "verify.result"
_MAX_AFTER = 20_000
"""How far behind a case the first cosignature over it is looked for: a station asks its witnesses
after every result."""


@dataclass(frozen=True, slots=True)
class CaseLog:
    """One case under one head.

    entries   what is shown, by number: the case's, the keys', the log's own in between
    withheld  ranges [start, stop) between the case's entries that are not shown
    head      the newest head, which every inclusion path leads to
    paths     inclusion path of each entry shown
    heads     older heads, with the cosignatures that the log received for them
    growth    consistency path of each older head to `head`
    """

    case: str
    begin: LogEntry
    result: LogEntry | None
    steps: tuple[LogEntry, ...]
    entries: Mapping[int, LogEntry]
    withheld: tuple[tuple[int, int], ...]
    head: SignedCheckpoint
    paths: Mapping[int, tuple[bytes, ...]]
    heads: Mapping[int, SignedCheckpoint]
    growth: Mapping[int, tuple[bytes, ...]]


@dataclass(slots=True)
class _Gathering:
    view: TreeView
    entries: dict[int, LogEntry] = field(default_factory=dict)

    def add(self, seq: int) -> LogEntry:
        if seq not in self.entries:
            self.entries[seq] = self.view.entry(seq)
        return self.entries[seq]


def gather_case(
    view: TreeView, number: int | None, case: str, is_kept: Callable[[str], bool]
) -> CaseLog:
    """Gather a case by its number (index of its first entry), or by its id.

    is_kept  whether the vault has the payload of this id; where not, the order that erased it is
             looked for, which may stand anywhere

    Raises CaseNotFound, LogTampered when an entry is not the one that the log signed.
    """
    gathering = _Gathering(view)
    gathering.add(0)
    begin = gathering.add(find_begin(view, number, case).seq)
    case = str(begin.data["case"])
    steps = [gathering.add(seq) for seq in find_steps(view, case, begin.seq)]
    result = next((each for each in steps if each.kind == _RESULT), None)
    _add_between(gathering, begin.seq, steps[-1].seq)
    cosigned = _find_cosigned(gathering, steps[-1].seq)
    commitment = None if result is None else result.data.get("pl")
    pid = commitment.get("pid") if isinstance(commitment, Mapping) else None
    if isinstance(pid, str) and not is_kept(pid):
        _add_erasure(gathering, pid, steps[-1].seq)
    _add_keys(gathering)
    within = range(begin.seq, steps[-1].seq + 1)
    # The heads that permit and receipt carry: of the result, and of the case's last entry.
    sizes = sorted({each.seq + 1 for each in (result or begin, steps[-1])} | set(cosigned))
    return CaseLog(
        case=case,
        begin=begin,
        result=result,
        steps=tuple(steps),
        entries=dict(sorted(gathering.entries.items())),
        withheld=tuple(_find_gaps(n for n in sorted(gathering.entries) if n in within)),
        head=view.checkpoint(view.size),
        paths={seq: view.inclusion_proof(seq, view.size).path for seq in gathering.entries},
        heads={n: view.checkpoint(n).with_cosignatures(cosigned.get(n, ())) for n in sizes},
        growth={size: view.consistency_proof(size, view.size) for size in sizes},
    )


def _add_between(gathering: _Gathering, first: int, last: int) -> None:
    """Add the log's own entries between the case's."""
    for entry in gathering.view.entries(first, last):
        if entry.kind in _LOGS_OWN:
            gathering.entries[entry.seq] = entry


def _find_gaps(shown: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges [start, stop) that lie between these numbers, which ascend."""
    for before, after in pairwise(shown):
        if after > before + 1:
            yield before + 1, after


def _find_cosigned(gathering: _Gathering, last: int) -> dict[int, tuple[SignatureLine, ...]]:
    """Add the first entry that brought cosignatures of a head over the whole case.

    Returns the size of that head with its lines; nothing when no witness has seen the case yet.
    """
    view = gathering.view
    for seq in view.find(f'"type":"{Kind.ANCHOR_COSIG.value}"'.encode(), last, last + _MAX_AFTER):
        entry = view.entry(seq)
        size, lines = entry.data.get("size"), entry.data.get("lines")
        if not isinstance(size, int) or not last < size <= view.size or not isinstance(lines, list):
            continue
        gathering.entries[seq] = entry
        return {size: tuple(_parse_lines(lines))}
    return {}


def _add_erasure(gathering: _Gathering, pid: str, last: int) -> None:
    """Add the order by which the case's payload was erased, where it was."""
    for seq in gathering.view.find(f'"pid":"{pid}"'.encode(), last):
        entry = gathering.view.entry(seq)
        if entry.kind == Kind.PAYLOAD_ERASE:
            gathering.entries[seq] = entry


def _parse_lines(lines: list[object]) -> Iterator[SignatureLine]:
    """Yield the cosignature lines; one that is no signature line is left out."""
    for line in lines:
        try:
            yield parse_signature_line(str(line).rstrip("\n"))
        except NoteMalformed:
            continue


def _add_keys(gathering: _Gathering) -> None:
    """Add the entries that brought or ended a key which signed one of those gathered.

    Every rotation of the log's key is added: the chain from the first key to the head's is whole.
    """
    records = gathering.view.key_records()
    by_identity: dict[Identity, KeyRecord] = {each.verifier.identity: each for each in records}
    for each in records:
        if each.role is SignerRole.LOG:
            gathering.add(max(each.from_seq, 0))
    open_entries = list(gathering.entries.values())
    while open_entries:
        for line in open_entries.pop().lines:
            record = by_identity.get((line.name, line.key_id))
            if record is None:
                continue
            named = {record.from_seq, record.to_seq} - {None, *gathering.entries}
            open_entries.extend(gathering.add(seq) for seq in named if seq is not None)
