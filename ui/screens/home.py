"""Home: what the role may do, how the day went, which cases wait, is the station ready."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ActionButton, ButtonRole, Side
from ui.widgets.card import Card
from ui.widgets.case_table import CaseTable
from ui.widgets.confirm import ask
from ui.widgets.day_totals import DayCard
from ui.widgets.labels import CodeLabel, printable
from ui.widgets.overview_card import OverviewCard
from ui.widgets.queue_card import QueueCard
from ui.widgets.readiness import Readiness
from ui.widgets.reason_dialog import ask_close
from ui.widgets.scrolling import scroll_area
from ui.widgets.section_list import SectionList
from ui.wording import count_text, date_time_text
from workstation.cases.parked_case import WaitsFor
from workstation.review.waiting_review import WaitingReview
from workstation.rules.parties import Role
from workstation.session.confirmation import AbortReason
from workstation.station.administration_commands import LookAtAdministration
from workstation.station.commands import (
    AcknowledgeAlarms,
    CloseCase,
    OpenLook,
    OpenReview,
    TakeUpCase,
    VerifyLog,
)
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["HomeScreen"]

_LEFT = 216
_RIGHT = 324
_BESIDE_THE_COUNTER = frozenset({Role.AUDITOR, Role.ADMIN})


class HomeScreen(Screen):
    """Three columns; every button is one the role may press, and stands there once."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "home.title")
        self._status: StationStatus | None = None
        self._looked = False
        self.banner, self.alarm = StatusBanner(ctx), StatusBanner(ctx)
        self.acknowledge = ActionButton(ctx, "button.acknowledge_alarms", icon="shield-alert")
        for widget in (self.banner, self.alarm, self.acknowledge):
            widget.hide()
        self.acknowledge.clicked.connect(self._acknowledge)
        self.role = CodeLabel(ctx, "", "second", wrap=True)
        self.day = DayCard(ctx)
        self.cases = Card(ctx, "home.cases")
        self.table = CaseTable(ctx)
        self.none = CodeLabel(ctx, "home.no_cases", "second", wrap=True)
        self.question = CodeLabel(ctx, "", "second", wrap=True)
        self.queue = QueueCard(ctx)
        self.readiness = Readiness(ctx, whole=True)
        self.sections, self.overview = SectionList(ctx, Route.NONE), OverviewCard(ctx)
        self.sections.chosen.connect(self.navigate)
        self.tasks = Card(ctx, "home.tasks")
        self._lay_out()
        self.table.taken.connect(self._take_up)
        self.table.chosen.connect(self._show_question)
        self.queue.table.opened.connect(self._open_item)
        self.queue.table.chosen.connect(self.actions_changed)

    def _lay_out(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        self.tasks.body.addWidget(self.role)
        for card in (self.tasks, self.day):
            card.setFixedWidth(self.ctx.theme.scaled(_LEFT))
            left.addWidget(card)
        left.addWidget(self.sections, 1)
        left.addStretch(0)
        self.cases.body.addWidget(self.none)
        self.cases.body.addWidget(self.table, 1)
        self.cases.body.addWidget(self.question)
        ready = Card(self.ctx, "home.readiness")
        ready.setFixedWidth(self.ctx.theme.scaled(_RIGHT))
        lines = QVBoxLayout()
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.readiness)
        lines.addStretch(1)
        self.area = scroll_area(lines, on_card=True)
        ready.body.addWidget(self.area)
        right.addWidget(ready, 1)
        alarms = QHBoxLayout()
        alarms.setSpacing(12)
        alarms.addWidget(self.alarm, 1)
        alarms.addWidget(self.acknowledge)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left)
        middle = QVBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.queue, 1)
        middle.addWidget(self.cases, 1)
        # In one column with them: an empty one of its own would keep its share of the room.
        middle.addWidget(self.overview, 1)
        row.addLayout(middle, 1)
        row.addLayout(right)
        self.column.addLayout(alarms)
        self.column.addWidget(self.banner)
        self.column.addLayout(row, 1)

    def show_station(self, status: StationStatus) -> None:
        """Show what the role may do, the day, the cases, readiness and the last message."""
        self._status = status
        self.readiness.show_station(status)
        self.day.show_station(status)
        self._show_alarms(status)
        if status.operator is not None:
            self.role.set_code(f"home.role.{status.operator.role.value}")
        decides = self._may("override")
        parked = tuple(
            each for each in status.parked if not decides or each.waits_for is not WaitsFor.REVIEW
        )
        self.table.show_waiting(parked)
        self._show_question()
        self.table.setVisible(parked != ())
        self.none.setVisible(parked == ())
        self._show_places(status)
        self.actions_changed.emit()
        self.banner.show_status(Tone.WARN, status.message)

    def _show_places(self, status: StationStatus) -> None:
        """Show the counter to who works at it, the sections and what waits to who does not."""
        beside = status.operator is not None and status.operator.role in _BESIDE_THE_COUNTER
        decides = self._may("override")
        for counter in (self.tasks, self.day):
            counter.setVisible(not beside)
        self.cases.setVisible(not beside and (not decides or not self.table.isHidden()))
        self.queue.setVisible(decides)
        self.queue.show_station(status)
        for office in (self.sections, self.overview):
            office.setVisible(beside)
        self.sections.show_station(status)
        self.overview.show_station(status)
        if self._may("manage_operators") and status.administration is None and not self._looked:
            self._looked = True
            self.ctx.post(LookAtAdministration())

    def _show_alarms(self, status: StationStatus) -> None:
        """Show the newest alarm that nobody has acknowledged; a supervisor may, in own name."""
        alarms = status.alarms
        if not alarms:
            self.alarm.hide()
        else:
            newest, more = alarms[0], len(alarms) - 1
            self.alarm.show_status(
                Tone.BAD,
                "station.alarms" if more else "station.alarm",
                "shield-alert",
                what=self.ctx.tr_code(f"alarm.{newest.code}"),
                source=printable(newest.source),
                count=count_text(newest.count),
                time=date_time_text(newest.last_ms)[:-3],
                more=more,
            )
        self.acknowledge.setVisible(bool(alarms) and self._may("override"))

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show why a session could not begin."""
        if snapshot.message:
            self.banner.show_status(Tone.WARN, snapshot.message)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return what the role may do, and nothing else; the first of its tasks is the primary."""
        log = Action("button.log", "Ctrl+J", self._log)
        verify = Action("button.verify_log", "F8", self._verify)
        begin = Action("button.new_session", "F2", self._begin, ButtonRole.PRIMARY)
        close = Action(
            "button.close_case", "F4", self._ask_close, ButtonRole.DANGER, side=Side.LEFT
        )
        take_up = Action("button.take_up", "F6", self._take_up)
        there = self.table.item_chosen is not None
        item = self.queue.table.item_chosen
        open_item = Action("button.open_item", "F9", self._open_item, ButtonRole.PRIMARY)
        offered = (
            ("run_session", close if there else None),
            ("run_session", take_up if there else None),
            ("read_log", Action("button.statistics", "F3", self._statistics)),
            ("close_shift", Action("button.shift", "F7", self._shift)),
            ("verify_log", verify),
            ("read_log", log),
            ("run_session", begin),
            ("override", open_item if item is not None else None),
        )
        actions = [each for need, each in offered if each is not None and self._may(need)]
        if actions and actions[-1].role is not ButtonRole.PRIMARY:
            last = actions[-1]
            actions[-1] = Action(last.code, last.key, last.trigger, ButtonRole.PRIMARY)
        return tuple(actions)

    def _may(self, permission: str) -> bool:
        return self._status is not None and permission in self._status.allowed

    def _begin(self) -> None:
        self.navigate.emit(Route.FORM.value)

    def _take_up(self) -> None:
        case = self.table.item_chosen
        if case is not None and self._may("run_session"):
            self.ctx.post(TakeUpCase(case.case))

    def _show_question(self) -> None:
        """Say what a supervisor wants to know of the case that is chosen, if one does."""
        case = self.table.item_chosen
        question = "" if case is None else case.question
        self.question.set_code("cases.question" if question else "", words=question)
        self.question.setVisible(question != "")
        self.actions_changed.emit()

    def _open_item(self) -> None:
        """Open what is chosen of the queue; its page comes once the station has opened it."""
        item = self.queue.table.item_chosen
        if isinstance(item, WaitingReview):
            self.ctx.post(OpenReview(item.case))
            self.navigate.emit(Route.QUEUE.value)
        elif item is not None:
            self.ctx.post(OpenLook(item.number))
            self.navigate.emit(Route.SECOND_LOOK.value)

    def _ask_close(self) -> None:
        """Ask why a case that waits is ended without its customer."""
        case = self.table.item_chosen
        if case is not None:
            ask_close(self.ctx, self, partial(self._close, case.case))

    def _close(self, case: str, reason: AbortReason) -> None:
        self.ctx.post(CloseCase(case, reason))

    def _statistics(self) -> None:
        self.navigate.emit(Route.STATISTICS.value)

    def _shift(self) -> None:
        self.navigate.emit(Route.SHIFT.value)

    def _log(self) -> None:
        self.navigate.emit(Route.LOG.value)

    def _verify(self) -> None:
        self.ctx.post(VerifyLog())
        self.navigate.emit(Route.INTEGRITY.value)

    def _acknowledge(self) -> None:
        ask(
            self.ctx,
            self,
            "ask.acknowledge_alarms",
            "button.acknowledge_alarms",
            lambda: self.ctx.post(AcknowledgeAlarms()),
        )

    def leave(self) -> None:
        """Look anew at what waits for an administrator when the page opens next."""
        self._looked = False

    def first_focus(self) -> QWidget | None:
        """Return the cases, if any wait."""
        if self._may("override"):
            return self.queue.table if self.queue.table.item_chosen is not None else None
        return self.table if self.table.item_chosen is not None else None
