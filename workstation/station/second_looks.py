"""Decisions that are drawn at random for a second look: drawn, listed, opened, answered."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from crypto.canonical_json import JsonValue
from crypto.errors import LogError
from crypto.log.format.entry import LogEntry
from workstation.accounts.operators import Permission, may
from workstation.errors import OperationRefused
from workstation.records.journal import SignedIn
from workstation.records.shifts.count import LOOKED, read_shown_outcome
from workstation.records.shifts.draws import DrawnDecisions, list_people, read_decision, record_draw
from workstation.review.drawn_look import DrawnLook, LookAnswer, OpenedLook
from workstation.rules.checks import CheckResult, CheckStatus, Hardness
from workstation.rules.parties import PartyRole, person_key
from workstation.session.exception import is_explained
from workstation.station.review_commands import GiveLook
from workstation.station.sign_in import OperatorSession
from workstation.verification.officers.review import single_line
from workstation.verification.parking.answering import SAME_PERSON
from workstation.verification.people.look_contents import forget_faces, open_faces
from workstation.verification.services import Services

__all__ = ["SecondLooks"]

_GONE: Final = "second_look.not_waiting"
_HOUR_MS: Final = 3_600_000
_LOOK_MS: Final = 60_000
"""How often it is looked whether photos have been kept for long enough."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    drawn: DrawnLook
    case: str
    people: frozenset[str]


class SecondLooks:
    """Owned by the station's thread; the log alone says what was drawn and what was looked at."""

    def __init__(self, services: Services, operators: OperatorSession) -> None:
        self._services = services
        self._operators = operators
        self._start: int | None = None
        self._waiting: dict[int, _Waiting] = {}
        self._next_look_ms = 0
        self.opened: OpenedLook | None = None
        self._by = -1

    def list_for(self, who: SignedIn) -> tuple[DrawnLook, ...]:
        """Return what waits, the oldest first; barred where they took part in the case."""
        own = person_key(who.operator.id)
        if self._by != who.opened:
            self.opened = None  # what another supervisor has opened is nobody's
        return tuple(
            replace(each.drawn, barred=SAME_PERSON) if own in each.people else each.drawn
            for _, each in sorted(self._waiting.items())
        )

    def draw_for(self, who: SignedIn) -> None:
        """Draw when a supervisor has signed in, and for nobody else; raises LogError."""
        if may(who.operator.role, Permission.OVERRIDE):
            self.draw()

    def draw(self) -> None:
        """Draw of every decision since the last draw, and erase the photos of the others.

        Raises LogError; then nothing was drawn.
        """
        services, share = self._services, self._services.policy.second_look_share
        log = services.journal.log
        if self._start is None:
            before = DrawnDecisions.read(log)
            self._start = before.start
            self._list(before.waiting)
        if share > 0:
            drawn = record_draw(log, self._start, lambda: services.rng.random() < share)
            self._start = drawn.start
            self._list(drawn.waiting)
        self._erase()

    def look(self) -> bool:
        """Draw at the program's start, and erase what was kept long enough; whether it changed."""
        now_ms = self._services.clock.mono_ms()
        if now_ms < self._next_look_ms:
            return False
        self._next_look_ms = now_ms + _LOOK_MS
        if self._start is None:
            with suppress(LogError):  # tried again in a minute, and when a supervisor signs in
                self.draw()
            return bool(self._waiting)
        if any(self._is_past(each) for each in self._waiting.values()):
            self._erase()
        return False

    def open(self, number: int, who: SignedIn) -> None:
        """Show a decision to who took no part in it; raises OperationRefused."""
        self.opened = None
        waiting = self._require(number, who)
        entry = read_decision(self._services.journal.log, number)
        if entry is None:
            raise OperationRefused("look", _GONE)
        past, self._by = self._is_past(waiting), who.opened
        faces = () if past else open_faces(self._services.looks, waiting.case)
        self.opened = OpenedLook(
            waiting.drawn,
            teller=entry.actor,
            outcome=read_shown_outcome(entry.data),
            reason=_read_shown_reason(entry),
            checks=tuple(_read_checks(entry)),
            faces=tuple((each.photo, each.live, each.eyes) for each in faces if each.photo),
            missing=not past and not faces,
        )

    def answer(self, command: GiveLook, who: SignedIn) -> None:
        """Take the answer of who is signed in, by the own secret again, about what they opened.

        Raises OperationRefused, OperatorRefused, or LogError: then it waits as before.
        """
        waiting, number = self._require(command.number, who), command.number
        opened = self.opened
        if opened is None or opened.drawn.number != number or self._by != who.opened:
            raise OperationRefused("look", _GONE)
        words, doubts = single_line(command.words), command.answer is LookAnswer.DOUBT
        if doubts and (command.reason is None or not is_explained(words)):
            raise OperationRefused("words", "words_short")
        who = self._operators.confirm(command.secret)
        reason = command.reason.value if doubts and command.reason is not None else ""
        facts: dict[str, JsonValue] = {
            # As a lift of a wait names them: the look is none of the entries that prove the case.
            "cases": [waiting.case],
            "result": number,
            "answer": command.answer.value,
            "reason": reason,
            "words": words,
            # Before their time: a disk was full, or somebody has taken them away.
            "photos_missing": opened.missing,
        }
        self._services.journal.record_administration(who, LOOKED, facts)
        self.opened = None
        del self._waiting[number]
        self._erase()

    def _require(self, number: int, who: SignedIn) -> _Waiting:
        waiting = self._waiting.get(number)
        if waiting is None:
            raise OperationRefused("look", _GONE)
        if person_key(who.operator.id) in waiting.people:
            raise OperationRefused("look", SAME_PERSON)
        return waiting

    def _list(self, numbers: tuple[int, ...]) -> None:
        log, hours = self._services.journal.log, self._services.policy.look_within_hours
        for number in numbers:
            entry = read_decision(log, number)
            if entry is not None:
                kind, until_ms = str(entry.data.get("operation", "")), entry.t_ms + hours * _HOUR_MS
                drawn = DrawnLook(number, kind, entry.t_ms, until_ms)
                people = list_people(log, entry)
                self._waiting[number] = _Waiting(drawn, str(entry.data.get("case", "")), people)

    def _is_past(self, waiting: _Waiting) -> bool:
        return self._services.clock.wall_ms() >= waiting.drawn.until_ms

    def _erase(self) -> None:
        """Erase the photos of whatever nobody is to look at: at no moment of a decision."""
        kept = (each.case for each in self._waiting.values() if not self._is_past(each))
        forget_faces(self._services.looks, frozenset(kept))


def _read_shown_reason(entry: LogEntry) -> str:
    hold = entry.data.get("hold")
    shown = hold.get("reason") if isinstance(hold, Mapping) else entry.data.get("reason")
    return str(shown or "")


def _read_checks(entry: LogEntry) -> Iterator[CheckResult]:
    """Yield what the screens showed: nothing of what is silent."""
    rows = entry.data.get("checks")
    for row in rows if isinstance(rows, list | tuple) else ():
        if isinstance(row, Mapping) and row.get("hard") != Hardness.SILENT:
            yield CheckResult(
                str(row["check"]),
                CheckStatus(str(row["status"])),
                str(row["reason"]),
                Hardness(str(row["hard"])),
                str(row["rule"]),
                role=PartyRole(str(row.get("person", PartyRole.CUSTOMER))),
            )
