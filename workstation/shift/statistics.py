"""The tellers of a period in figures: counted by pieces, which are kept, and added up."""

import statistics as numbers
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crypto.log.file.view import TreeView
from crypto.log.format.merkle import leaf_hash
from workstation.records.shifts.reading import CountingStopped
from workstation.rules.local_time import count_local_minute
from workstation.shift.figures import TellerFigures
from workstation.shift.piece_store import PIECE, PieceStore, place_pieces
from workstation.shift.teller_count import Days, Piece, TellerCount, count_piece

__all__ = ["OpeningHours", "count_tellers"]

_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Between which minutes of a day the branch serves customers; the second is outside."""

    opens: int
    closes: int

    @classmethod
    def parse(cls, opens: str, closes: str) -> "OpeningHours":
        """Read two times of the settings, such as 09:00; the same one twice is the whole day."""
        minutes = [
            int(hour) * 60 + int(minute) for hour, minute in (opens.split(":"), closes.split(":"))
        ]
        return cls(*minutes)

    def holds(self, t_ms: int) -> bool:
        """Whether a moment is within them, by the clock in Kazakhstan."""
        minute = count_local_minute(t_ms)
        if self.opens <= self.closes:
            return self.opens <= minute < self.closes or self.opens == self.closes
        return minute >= self.opens or minute < self.closes


def count_tellers(
    view: TreeView,
    log: Path,
    days: tuple[int, int],
    hours: OpeningHours,
    *,
    key: bytes,
    cancelled: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> tuple[TellerFigures, ...]:
    """Return the tellers of the days days[0]..days[1]-1 (since 1970), by personnel number.

    log, key  beside which counted pieces are kept, under 32 secret bytes of the station
    progress  is told how many of how many entries are counted
    Raises CountingStopped, LogTampered.
    """
    store = PieceStore(place_pieces(log), key)
    try:
        pieces = _read_pieces(view, store, cancelled, progress)
        found: dict[str, list[TellerCount]] = {}
        for piece in pieces:
            for day, tellers in piece.items():
                if days[0] <= int(day) < days[1]:
                    for teller, count in tellers.items():
                        found.setdefault(teller, []).append(count)
        return tuple(_add_up(teller, found[teller], hours) for teller in sorted(found))
    finally:
        store.close()


def _read_pieces(
    view: TreeView,
    store: PieceStore,
    cancelled: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> Iterable[Days]:
    before, start = Piece(), 0
    while start < view.size:
        if cancelled():
            raise CountingStopped
        stop = min(start + PIECE, view.size)
        number, whole = start // PIECE, stop - start == PIECE
        leaf = b""
        piece = None
        if whole:
            (last,) = view.bodies(stop - 1, stop)
            leaf = leaf_hash(last)
            piece = store.find(number, leaf)
        if piece is None:
            piece = count_piece(view, start, stop, before, cancelled)
            if whole:
                store.keep(number, leaf, piece)
        yield piece.days
        before, start = piece, stop
        progress(start, view.size)


def _add_up(teller: str, counts: list[TellerCount], hours: OpeningHours) -> TellerFigures:
    begins = sorted((t_ms, number) for each in counts for number, t_ms in each.begins)
    durations = [seconds for each in counts for seconds in each.durations]
    busiest = _find_busiest(begins)
    return TellerFigures(
        operator=teller,
        sessions=len(begins),
        approved=sum(each.approved for each in counts),
        rejected=sum(each.rejected for each in counts),
        undecided=sum(each.undecided for each in counts),
        median_s=int(numbers.median(durations)) if durations else 0,
        attempts=sum(each.attempts for each in counts),
        worked_hours=len({t_ms // _HOUR_MS for t_ms, _ in begins}),
        busiest=len(busiest),
        overridden=_gather(each.overridden for each in counts),
        override_refused=_gather(each.override_refused for each in counts),
        handed_over=_gather(each.handed_over for each in counts),
        suspected=_gather(each.suspected for each in counts),
        aborted=_gather(each.aborted for each in counts),
        reasons=_sum(each.reasons for each in counts),
        sources=_sum(each.sources for each in counts),
        file=_gather(each.file for each in counts),
        shared=_gather(each.shared for each in counts),
        silent=_gather(each.silent for each in counts),
        returned=_gather(each.returned for each in counts),
        after_hours=tuple(number for t_ms, number in begins if not hours.holds(t_ms)),
        busiest_cases=busiest,
    )


def _find_busiest(begins: list[tuple[int, int]]) -> tuple[int, ...]:
    """Return the cases of the sixty minutes in which most were begun."""
    first, best = 0, (0, 0)
    for last, (t_ms, _) in enumerate(begins):
        while t_ms - begins[first][0] >= _HOUR_MS:
            first += 1
        if last + 1 - first > best[1] - best[0]:
            best = (first, last + 1)
    return tuple(number for _, number in begins[best[0] : best[1]])


def _gather(lists: Iterable[list[int]]) -> tuple[int, ...]:
    return tuple(number for each in lists for number in each)


def _sum(counted: Iterable[dict[str, int]]) -> tuple[tuple[str, int], ...]:
    total: dict[str, int] = {}
    for each in counted:
        for name, number in each.items():
            total[name] = total.get(name, 0) + number
    return tuple(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))
