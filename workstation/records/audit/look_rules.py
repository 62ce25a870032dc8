"""Whether decisions were drawn and looked at as the station does it, entry by entry."""

from enum import StrEnum
from typing import Final

from crypto.log.file.faults import AuditFinding
from crypto.log.format.entry import LogEntry
from workstation.records.audit.audited_case import read_text
from workstation.records.shifts.count import DRAWN, LOOKED
from workstation.rules.parties import person_key
from workstation.rules.policy_tables import LOOK_HOURS_MOST

__all__ = ["UNSEEN_LOOK", "LookRule", "LookRules"]

_ACTS: Final = frozenset({"verify.step", "review"})
UNSEEN_LOOK: Final = "look.unseen"
_LATE_MS: Final = LOOK_HOURS_MOST * 3_600_000


class LookRule(StrEnum):
    """What may be wrong with a draw or a second look."""

    DRAWN = "rule.drawn"
    LOOK = "rule.look"
    SELF = "rule.self_look"


class LookRules:
    """One pass over a log's entries in order."""

    def __init__(self) -> None:
        self._size = 0
        self._people: dict[str, set[str]] = {}
        self._decided: dict[int, frozenset[str]] = {}
        self._known: dict[frozenset[str], frozenset[str]] = {}
        self._waiting: dict[int, tuple[frozenset[str], int]] = {}
        self._now_ms = 0

    def take(self, entry: LogEntry) -> LookRule | None:
        """Take an entry; return what is wrong with it where it draws or looks."""
        self._now_ms = entry.t_ms
        if entry.kind == DRAWN:
            return self._check_draw(entry)
        if entry.kind == LOOKED:
            return self._check_look(entry)
        case = read_text(entry.data, "case")
        if entry.kind == "verify.begin":
            self._people[case] = {person_key(entry.actor)}
        elif entry.kind in _ACTS and case in self._people:
            self._people[case].add(person_key(entry.actor))
        elif entry.kind == "verify.result":
            people = self._people.pop(case, set())
            if entry.actor != "log":
                found = frozenset({*people, person_key(entry.actor)})
                # Few people work at a station: each set is kept once.
                self._decided[entry.seq] = self._known.setdefault(found, found)
        return None

    def _check_draw(self, entry: LogEntry) -> LookRule | None:
        """Check that it is the log's own word, passes over nothing twice and draws decisions."""
        data, own = entry.data, entry.actor == "log" and len(entry.lines) == 1
        start, size, drawn = data.get("start"), data.get("size"), data.get("drawn")
        if not (own and isinstance(start, int) and isinstance(size, int)):
            return LookRule.DRAWN
        if not self._size <= start <= size <= entry.seq or not isinstance(drawn, list | tuple):
            return LookRule.DRAWN
        found = {each: who for each, who in self._decided.items() if start <= each < size}
        self._decided = {each: who for each, who in self._decided.items() if each >= size}
        self._size = size
        named = [each for each in drawn if isinstance(each, int) and each in found]
        self._waiting |= {each: (found[each], entry.t_ms) for each in named}
        rightly = len(set(named)) == len(drawn) and data.get("results") == len(found)
        return None if rightly else LookRule.DRAWN

    def _check_look(self, entry: LogEntry) -> LookRule | None:
        """Check that it is about what waits, once, by somebody who took no part in the case."""
        number = entry.data.get("result")
        waited = self._waiting.pop(number, None) if isinstance(number, int) else None
        if waited is None:
            return LookRule.LOOK
        return LookRule.SELF if person_key(entry.actor) in waited[0] else None

    @property
    def unseen(self) -> tuple[AuditFinding, ...]:
        """Decisions that were drawn longer ago than any policy lets a look wait, and have none.

        At the log's own last moment: an old log is judged as it was when it ended.
        """
        return tuple(
            AuditFinding(UNSEEN_LOOK, each)
            for each, (_, drawn_ms) in self._waiting.items()
            if self._now_ms - drawn_ms > _LATE_MS
        )
