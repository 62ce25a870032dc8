"""What the witnesses said, brought into the log: anchors, and alarms where one accuses it."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.log.audit.anchors import Anchor, read_anchors
from crypto.log.audit.reader import LogReader
from crypto.log.file.store import LogStore
from crypto.log.format.key_record import Kind
from crypto.log.format.note import NoteVerifier
from workstation.witness.ask import WitnessOutcome, WitnessResult
from workstation.witness.peers import WitnessPeer

__all__ = ["ALARM", "Anchoring"]

ALARM: Final = "witness.alarm"
_ACCUSED: Final = frozenset({WitnessOutcome.ROLLED_BACK, WitnessOutcome.FORKED})
_RECENT: Final = 256
"""Entries that are searched for the last anchor at start; an idle hour writes a few."""


class Anchoring:
    """The station's witnesses and the newest anchor; `record` belongs to the log's owner.

    every_ms  how often the witnesses are asked while nothing happens
    newest    what a witness has cosigned last, None before one has
    alarm     code of what a witness accuses the log of, empty for nothing
    """

    def __init__(
        self,
        peers: Sequence[WitnessPeer],
        log: LogStore,
        path: Path,
        vkey: str,
        *,
        every_s: int = 60,
    ) -> None:
        self.every_ms = every_s * 1000
        self._peers = tuple(peers)
        self._path = path
        self._vkey = vkey
        self._known: dict[str, int] = {}
        self._accusers: dict[str, str] = {}
        # By witness: the newest size whose cosignature is in the log.
        self._covered: dict[str, int] = {}
        # What follows `content` up to `quiet` are anchors of this object's.
        self._content = self._quiet = log.size
        self.newest: Anchor | None = None
        if self._peers:
            self._find_last(log)

    @property
    def configured(self) -> bool:
        """Whether there is anybody to ask."""
        return bool(self._peers)

    @property
    def keys(self) -> tuple[NoteVerifier, ...]:
        """The keys whose cosignatures count."""
        return tuple(peer.key for peer in self._peers)

    @property
    def alarm(self) -> str:
        """The code of the gravest accusation of a witness: a fork before a rollback."""
        return min(self._accusers.values(), default="")

    def _find_last(self, log: LogStore) -> None:
        keys = [peer.key for peer in self._peers]
        for entry in log.entries(max(0, log.size - _RECENT), log.size):
            for anchor in read_anchors(entry, lambda size: log.checkpoint(size).root, keys):
                self._take(anchor)
                self._covered[anchor.witness] = anchor.size

    def _take(self, anchor: Anchor) -> None:
        self._known[anchor.witness] = max(anchor.size, self._known.get(anchor.witness, 0))
        if self.newest is None or (anchor.size, anchor.time_s) >= (
            self.newest.size,
            self.newest.time_s,
        ):
            self.newest = anchor

    def prepare(self) -> Callable[[], tuple[WitnessResult, ...]]:
        """Return the questions to every witness, to be asked in any thread; raises LogError."""
        known = dict(self._known)

        def ask() -> tuple[WitnessResult, ...]:
            with LogReader(self._path, self._vkey) as reader:
                return tuple(peer.ask(reader, known.get(peer.key.name, 0)) for peer in self._peers)

        return ask

    def record(self, results: Iterable[WitnessResult], log: LogStore) -> None:
        """Write `anchor.cosig` for what was cosigned, once a size, and alarms, once a witness.

        A head that holds nothing new but the last anchor is remembered and not written: an idle
        station's log does not grow by being watched. Raises LogError.
        """
        if log.size != self._quiet:
            self._content = log.size
        given = sorted(results, key=lambda each: each.size)
        good = [each for each in given if each.outcome is WitnessOutcome.COSIGNED]
        for size, same in itertools.groupby(good, key=lambda each: each.size):
            self._record_size(size, list(same), log)
        self._quiet = log.size
        for each in given:
            if each.outcome in _ACCUSED and each.witness not in self._accusers:
                self._accusers[each.witness] = f"witness_{each.outcome.value}"
                data: dict[str, JsonValue] = {
                    "code": each.outcome.value,
                    "size": each.size,
                    "theirs": each.theirs,
                    "witness": each.witness,
                }
                log.append(ALARM, data)

    def _record_size(self, size: int, given: Sequence[WitnessResult], log: LogStore) -> None:
        new = [each for each in given if self._covered.get(each.witness, 0) < self._content]
        if new:
            lines: list[JsonValue] = [
                each.line.encode().decode().rstrip("\n") for each in new if each.line
            ]
            log.append(Kind.ANCHOR_COSIG, {"lines": lines, "size": size})
        for each in given:
            if each in new:
                self._covered[each.witness] = size
            self._take(Anchor(size, each.time_s, each.witness))
            self._accusers.pop(each.witness, None)
