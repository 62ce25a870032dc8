"""The filter of the log: words while they are typed, a period, and closed lists."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.buttons import ActionButton
from ui.widgets.choice_list import ChoiceList
from ui.widgets.key_places import KeyPlaces, Typing
from ui.widgets.labels import CodeLabel, printable, set_tone
from workstation.log_index.entry_groups import ENTRY_GROUPS
from workstation.rules.local_time import KAZAKHSTAN
from workstation.station.log_view import LogQuery

__all__ = ["PERIODS", "LogFilter", "bounds_of", "find_day", "period_of"]

_PAUSE_MS: Final = 150
_TYPED_DAY: Final = re.compile(r"(\d{1,2})\.(?:(\d{1,2})\.?(\d{4}|\d{2})?)?", re.ASCII)
_CENTURY: Final = 2000
_WIDE: Final = 10
_MONTHS: Final = 12

PERIODS: Final = ("all", "today", "yesterday", "week", "month", "own")
OUTCOMES: Final = ("", "approved", "rejected", "indeterminate")


def find_day(typed: str, today: date) -> tuple[date, date] | None:
    """Return the first day that is meant and the day after the last; None for what is no day.

    `22.` is the newest 22nd that has been, `22.11` that of this year or, if it is still to come, of
    the one before.
    """
    found = _TYPED_DAY.fullmatch(typed)
    if found is None:
        return None
    day, month, year = (None if part is None else int(part) for part in found.groups())
    if day is None:
        return None
    for candidate in _candidates(day, month, year, today):
        if candidate is not None and (candidate <= today or year is not None):
            return candidate, candidate + timedelta(days=1)
    return None


def _candidates(day: int, month: int | None, year: int | None, today: date) -> list[date | None]:
    if month is None:
        months = [today.year * _MONTHS + today.month - 1 - back for back in range(_MONTHS)]
        return [_make_day(each // _MONTHS, each % _MONTHS + 1, day) for each in months]
    if year is None:
        return [_make_day(today.year - back, month, day) for back in range(9)]
    return [_make_day(year if year > _MONTHS * 10 else _CENTURY + year, month, day)]


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def period_of(period: str, today: date) -> tuple[date, date] | None:
    """Return the first day of a period and the day after its last; None for all days."""
    tomorrow = today + timedelta(days=1)
    match period:
        case "today":
            return today, tomorrow
        case "yesterday":
            return today - timedelta(days=1), today
        case "week":
            return tomorrow - timedelta(days=7), tomorrow
        case "month":
            return tomorrow - timedelta(days=30), tomorrow
        case _:
            return None


def bounds_of(now_ms: int, period: str) -> tuple[int | None, int | None]:
    """Return the first millisecond of a period and the one after its last; None for no bound."""
    days = period_of(period, _today(now_ms))
    return (None, None) if days is None else (_midnight_ms(days[0]), _midnight_ms(days[1]))


class LogFilter(QWidget):
    """`changed` tells that `query()` is another one; what is typed waits for a pause.

    `entered` is Enter among the words: whoever typed goes on with what was found.
    """

    changed = Signal()
    entered = Signal()

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._operations: tuple[str, ...] = ()
        self._operators: tuple[tuple[str, str], ...] = ()
        self._preferred = "all"
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self.text = QLineEdit()
        self.text.setMaxLength(120)
        self.text.setMinimumWidth(200)
        self.period, self.outcome, self.kinds = _list(), _list(), _list()
        self.operator, self.operation = _list(_WIDE), _list(_WIDE)
        self.reset = ActionButton(ctx, "log.reset")
        self.since, self.until = _day_edit(), _day_edit()
        self._days = QWidget()
        self._lay_out()
        self.text.textEdited.connect(self._wait)
        self.text.returnPressed.connect(self._enter)
        for chosen in (self.period, self.operator, self.operation, self.outcome, self.kinds):
            chosen.activated.connect(self._choose)
        for edit in (self.since, self.until):
            edit.textEdited.connect(self._wait)
        self.reset.clicked.connect(self.clear)
        ctx.changed.connect(self._word)
        self._word()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        for chosen in (self.period, self.operator, self.operation, self.outcome, self.kinds):
            row.addWidget(chosen)
        row.addWidget(self.reset)
        days = QHBoxLayout(self._days)
        days.setContentsMargins(0, 0, 0, 0)
        days.setSpacing(8)
        for code, edit in (("log.since", self.since), ("log.until", self.until)):
            caption = CodeLabel(self._ctx, code, "second")
            caption.setBuddy(edit)
            days.addWidget(caption)
            days.addWidget(edit)
        days.addStretch(1)
        self._days.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._days)

    def query(self) -> LogQuery:
        """Return what is asked for; a day that was typed among the words counts as one."""
        today = _today(self._ctx.now_ms())
        days = self._own_days(today) if self._period == "own" else period_of(self._period, today)
        words = []
        for word in self.text.text().split():
            typed = find_day(word, today)
            if typed is None:
                words.append(word)
            else:
                days = typed
        return LogQuery(
            text=" ".join(words),
            since_ms=None if days is None else _midnight_ms(days[0]),
            until_ms=None if days is None else _midnight_ms(days[1]),
            operator=_chosen(self.operator, ("", *(each for each, _ in self._operators))),
            operation=_chosen(self.operation, ("", *self._operations)),
            outcome=_chosen(self.outcome, OUTCOMES),
            kinds=ENTRY_GROUPS[_chosen(self.kinds, tuple(ENTRY_GROUPS))],
        )

    def prefer(self, kinds: str) -> None:
        """Begin with these kinds of entries: what whoever signed in comes for."""
        if kinds != self._preferred:
            self._preferred = kinds
            self.clear()

    def offer_operations(self, operations: Sequence[str]) -> None:
        """Offer the operations of the policy."""
        if tuple(operations) != self._operations:
            self._operations = tuple(operations)
            self._word()

    def offer_operators(self, operators: Sequence[tuple[str, str]]) -> None:
        """Offer the operators, by number and name."""
        if tuple(operators) != self._operators:
            self._operators = tuple(operators)
            self._word()

    def clear(self) -> None:
        """Ask for what was asked at the beginning."""
        self.text.clear()
        for chosen in (self.period, self.operator, self.operation, self.outcome):
            chosen.setCurrentIndex(0)
        self.kinds.setCurrentIndex(tuple(ENTRY_GROUPS).index(self._preferred))
        self._choose()

    @property
    def _period(self) -> str:
        return _chosen(self.period, PERIODS)

    def _own_days(self, today: date) -> tuple[date, date] | None:
        """Return the period that was typed: up to today where its end is empty."""
        since, until = (find_day(edit.text(), today) for edit in (self.since, self.until))
        for edit, day in ((self.since, since), (self.until, until)):
            bad = day is None and edit.text() != ""
            set_tone(edit, Tone.BAD if bad else Tone.NONE)
        first = date.min.replace(year=1970) if since is None else since[0]
        return first, today + timedelta(days=1) if until is None else until[1]

    def _choose(self) -> None:
        self._days.setVisible(self._period == "own")
        self._pause.stop()
        self.changed.emit()

    def _wait(self, _typed: str) -> None:
        self._pause.start()

    def _enter(self) -> None:
        if self._pause.isActive():
            self._choose()
        self.entered.emit()

    def _word(self) -> None:
        tr = self._ctx.tr_code
        self.text.setPlaceholderText(tr("log.search"))
        self.text.setAccessibleName(tr("log.search"))
        names = [name for _, name in self._operators]
        for chosen, name, words in (
            (self.period, "log.period", [tr(f"log.period.{each}") for each in PERIODS]),
            (self.operator, "log.actor", [tr("log.any_actor"), *map(printable, names)]),
            (
                self.operation,
                "log.operation",
                [tr("log.any_operation"), *(tr(f"operation.{each}") for each in self._operations)],
            ),
            (
                self.outcome,
                "log.outcome",
                [tr("log.any_outcome"), *(tr(f"outcome.{each}") for each in OUTCOMES[1:])],
            ),
            (self.kinds, "log.kinds", [tr(f"log.kinds.{each}") for each in ENTRY_GROUPS]),
        ):
            _fill(chosen, words)
            chosen.setAccessibleName(tr(name))
        for edit, name in ((self.since, "log.since"), (self.until, "log.until")):
            edit.setAccessibleName(tr(name))
            edit.setPlaceholderText(tr("field.date_form"))


def _list(letters: int = 8) -> ChoiceList:
    chosen = ChoiceList()
    chosen.setSizeAdjustPolicy(ChoiceList.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    chosen.setMinimumContentsLength(letters)
    return chosen


def _day_edit() -> QLineEdit:
    edit = QLineEdit()
    edit.setMaxLength(10)
    edit.setFixedWidth(140)
    KeyPlaces(edit, Typing.DIGITS)
    return edit


def _fill(chosen: ChoiceList, words: list[str]) -> None:
    """Word a list anew; what was chosen stays, by its place."""
    before = max(0, chosen.currentIndex())
    chosen.clear()
    chosen.addItems(words)
    chosen.setCurrentIndex(before if before < len(words) else 0)
    widest = max(chosen.fontMetrics().horizontalAdvance(word) for word in words)
    chosen.view().setMinimumWidth(widest + 40)


def _chosen(chosen: ChoiceList, values: Sequence[str]) -> str:
    index = chosen.currentIndex()
    return values[index] if 0 <= index < len(values) else values[0]


def _today(now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, KAZAKHSTAN).date()


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=KAZAKHSTAN).timestamp() * 1000)
