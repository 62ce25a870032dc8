"""What each teller did on each day: one pass over the log's entries, by pieces that never change.

Only what the log has: no customer is named in it, and the ИИН and numbers of two cases cannot be
compared there (docs/shift.md says what therefore cannot be told).
"""

from collections.abc import Callable
from typing import Final

import msgspec

from crypto.log.file.view import TreeView
from workstation.records.shifts.reading import (
    AT_ONCE,
    CountingStopped,
    ReadLine,
    read_lines,
)
from workstation.rules.local_time import count_local_day
from workstation.session.decision import Outcome

__all__ = ["Days", "Piece", "TellerCount", "TellerTally", "count_piece"]

_MOST_ENDED: Final = 2_000
"""Refused cases that a lifted wait may still name; the oldest are forgotten first."""

_SHARED: Final = "number_not_shared"
_FILE: Final = "file"


class TellerCount(msgspec.Struct):
    """One teller's day; lists hold log indices of cases' first entries.

    begins     index and wall clock of each case begun
    durations  seconds from the form to the result, of each case ended
    reasons    why cases were aborted, and how often
    sources    where reference photos came from
    shared     the new number is known as another customer's, or nobody could say
    silent     a silent check found something (not_staff_face, one_identity)
    returned   the same customer had failed at another teller before
    """

    begins: list[tuple[int, int]] = []
    approved: int = 0
    rejected: int = 0
    undecided: int = 0
    durations: list[int] = []
    attempts: int = 0
    overridden: list[int] = []
    override_refused: list[int] = []
    handed_over: list[int] = []
    suspected: list[int] = []
    aborted: list[int] = []
    reasons: dict[str, int] = {}
    sources: dict[str, int] = {}
    file: list[int] = []
    shared: list[int] = []
    silent: list[int] = []
    returned: list[int] = []


Days = dict[str, dict[str, TellerCount]]
"""By day (its number since 1970, of the clock in Kazakhstan), then by personnel number."""


class _Case(msgspec.Struct):
    """A case that has begun and not ended."""

    number: int
    teller: str
    refused: bool = False


class Piece(msgspec.Struct):
    """What some entries in a row come to, and what the next ones have to know.

    ended  refused cases by id: index of the first entry and the teller
    """

    days: Days = {}
    open: dict[str, _Case] = {}
    ended: dict[str, tuple[int, str]] = {}


class _Step(msgspec.Struct):
    case: str = ""
    step: str = ""
    reason: str = ""


class _Check(msgspec.Struct):
    check: str
    status: str
    reason: str
    hard: str = ""


class _Shown(msgspec.Struct):
    shown: str = ""


class _Provenance(msgspec.Struct):
    source: str = ""


class _Result(msgspec.Struct):
    case: str
    outcome: str
    begin: int = -1
    duration_ms: int = -1
    hold: _Shown | None = None
    handed_over: str = ""
    overrides: list[msgspec.Raw] = []
    checks: list[_Check] = []
    provenance: _Provenance = msgspec.field(default_factory=_Provenance)


class _Lift(msgspec.Struct):
    cases: list[str] = []


_step = msgspec.json.Decoder(_Step).decode
_result = msgspec.json.Decoder(_Result).decode
_lift = msgspec.json.Decoder(_Lift).decode
_STEPS: Final = frozenset({"liveness.attempt", "override.refused", "suspicion", "aborted"})
_COUNTED: Final = (
    *(f'"step":"{each}"'.encode() for each in sorted(_STEPS)),
    *(f'"type":"{each}"'.encode() for each in ("verify.begin", "verify.result", "cool_down.lift")),
)
"""Octets one of which an entry has that counts; two thirds have none and are not parsed."""

_KINDS: Final = frozenset({"verify.begin", "verify.step", "verify.result", "cool_down.lift"})


class TellerTally:
    """Takes entries in order, from where `before` ends."""

    def __init__(self, before: Piece) -> None:
        self.days: Days = {}
        self._open = {case: _Case(e.number, e.teller, e.refused) for case, e in before.open.items()}
        self._ended = dict(before.ended)

    @property
    def piece(self) -> Piece:
        """Return what was counted since the piece before."""
        kept = list(self._ended.items())[-_MOST_ENDED:]
        return Piece(self.days, self._open, dict(kept))

    def take(self, line: ReadLine) -> None:
        """Count one entry; one that cannot be read counts for nothing."""
        if line.kind not in _KINDS:
            return
        try:
            self._take(line)
        except msgspec.MsgspecError:
            return

    def _take(self, line: ReadLine) -> None:
        match line.kind:
            case "verify.begin":
                case = _step(line.raw).case
                self._open[case] = _Case(line.seq, line.actor)
                self._find_count(line).begins.append((line.seq, line.t_ms))
            case "verify.step":
                self._take_step(line, _step(line.raw))
            case "verify.result":
                self._take_result(line, _result(line.raw))
            case _:
                self._take_lift(line, _lift(line.raw))

    def _find_count(self, line: ReadLine, teller: str = "") -> TellerCount:
        day = str(count_local_day(line.t_ms))
        return self.days.setdefault(day, {}).setdefault(teller or line.actor, TellerCount())

    def _take_step(self, line: ReadLine, step: _Step) -> None:
        if step.step not in _STEPS:
            return
        case, count = self._open.get(step.case), self._find_count(line)
        match step.step:
            case "liveness.attempt":
                count.attempts += 1
            case "override.refused" if case is not None:
                case.refused = True
            case "suspicion" if case is not None:
                count.suspected.append(case.number)
            case "aborted" if case is not None:
                count.aborted.append(case.number)
                count.reasons[step.reason] = count.reasons.get(step.reason, 0) + 1
            case _:
                pass

    def _take_result(self, line: ReadLine, result: _Result) -> None:
        case = self._open.pop(result.case, None)
        teller = line.actor
        if line.actor == "log" and case is not None:
            teller = case.teller
        count, number = self._find_count(line, teller), result.begin
        # As it was shown: another number would betray who is not free.
        shown = result.outcome if result.hold is None else result.hold.shown or result.outcome
        if shown == Outcome.APPROVED:
            count.approved += 1
        elif shown == Outcome.REJECTED:
            count.rejected += 1
        else:
            count.undecided += 1
        if shown != Outcome.APPROVED:
            self._ended[result.case] = (number, teller)
        if result.duration_ms >= 0:
            count.durations.append(result.duration_ms // 1000)
        for found, cases in (
            (bool(result.overrides), count.overridden),
            (case is not None and case.refused, count.override_refused),
            (result.handed_over != "", count.handed_over),
            (result.provenance.source == _FILE, count.file),
            (any(map(_is_shared, result.checks)), count.shared),
            (any(map(_is_found_silently, result.checks)), count.silent),
        ):
            if found:
                cases.append(number)
        if source := result.provenance.source:
            count.sources[source] = count.sources.get(source, 0) + 1

    def _take_lift(self, line: ReadLine, lift: _Lift) -> None:
        """Take the one place where the log says that cases were one customer's."""
        known = [self._ended[case] for case in lift.cases if case in self._ended]
        if len({teller for _, teller in known}) > 1:
            for number, teller in known[1:]:
                self._find_count(line, teller).returned.append(number)


def count_piece(
    view: TreeView, start: int, stop: int, before: Piece, cancelled: Callable[[], bool]
) -> Piece:
    """Count the entries start..stop-1, each proven by the signed head.

    Raises CountingStopped, LogTampered.
    """
    tally = TellerTally(before)
    for first in range(start, stop, AT_ONCE):
        if cancelled():
            raise CountingStopped
        for line in read_lines(view, first, min(first + AT_ONCE, stop), having=_COUNTED):
            tally.take(line)
    return tally.piece


def _is_shared(check: _Check) -> bool:
    return check.check == _SHARED and check.status != "passed" and not _is_missing(check)


def _is_found_silently(check: _Check) -> bool:
    return check.hard == "silent" and check.status != "passed" and not _is_missing(check)


def _is_missing(check: _Check) -> bool:
    return check.reason.endswith(".missing")
