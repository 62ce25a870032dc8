"""Home: begin an operation, look into the log, see whether the station is ready."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ActionButton, ButtonRole
from ui.widgets.card import Card
from ui.widgets.confirm import ask
from ui.widgets.labels import CodeLabel, printable
from ui.widgets.readiness import Readiness
from ui.wording import count_text, date_time_text
from workstation.station.commands import AcknowledgeAlarms
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["HomeScreen"]


class HomeScreen(Screen):
    """Two cards: what to do, and the state of the station."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "home.title")
        self.banner = StatusBanner(ctx)
        self.banner.hide()
        self.alarm = StatusBanner(ctx)
        self.alarm.hide()
        self.readiness = Readiness(ctx)
        self.begin = ActionButton(ctx, "button.new_session", "F2", ButtonRole.PRIMARY, "")
        self.log = ActionButton(ctx, "button.log", "Ctrl+J", icon="list-checks")
        self.verify = ActionButton(ctx, "button.verify_log", "F8", icon="shield-check")
        self.acknowledge = ActionButton(ctx, "button.acknowledge_alarms", icon="shield-alert")
        self.acknowledge.hide()
        self.begin.clicked.connect(self._begin)
        self.log.clicked.connect(self._log)
        self.verify.clicked.connect(self._verify)
        self.acknowledge.clicked.connect(self._acknowledge)
        tasks = Card(ctx, "home.tasks")
        tasks.body.addWidget(CodeLabel(ctx, "home.tasks_text", "second", wrap=True))
        tasks.body.addSpacing(4)
        for button in (self.begin, self.log, self.verify, self.acknowledge):
            tasks.body.addWidget(button)
        tasks.body.addStretch(1)
        ready = Card(ctx, "home.readiness")
        ready.body.addWidget(self.readiness)
        ready.body.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(tasks, 1)
        row.addWidget(ready, 1)
        content = QVBoxLayout()
        content.setSpacing(12)
        content.addWidget(self.alarm)
        content.addWidget(self.banner)
        content.addLayout(row)
        self.column.addLayout(content)
        self.column.addStretch(1)

    def show_station(self, status: StationStatus) -> None:
        """Show readiness and the station's last message."""
        self.readiness.show_station(status)
        self._show_alarms(status)
        for button, action in (
            (self.begin, "run_session"),
            (self.log, "read_log"),
            (self.verify, "verify_log"),
        ):
            button.setEnabled(action in status.allowed)
        self.actions_changed.emit()
        self.banner.show_status(Tone.WARN, status.message)

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
        self.acknowledge.setVisible(bool(alarms) and "override" in status.allowed)

    def show_session(self, snapshot: SessionSnapshot) -> None:
        """Show why a session could not begin."""
        if snapshot.message:
            self.banner.show_status(Tone.WARN, snapshot.message)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way into a new session."""
        enabled = self.begin.isEnabled()
        return (
            Action("button.new_session", "F2", self._begin, ButtonRole.PRIMARY, enabled=enabled),
        )

    def _begin(self) -> None:
        self.navigate.emit(Route.FORM.value)

    def _log(self) -> None:
        self.navigate.emit(Route.LOG.value)

    def _verify(self) -> None:
        self.navigate.emit(Route.INTEGRITY.value)

    def _acknowledge(self) -> None:
        ask(
            self.ctx,
            self,
            "ask.acknowledge_alarms",
            "button.acknowledge_alarms",
            lambda: self.ctx.post(AcknowledgeAlarms()),
        )

    def first_focus(self) -> QWidget:
        """Return the button of a new session."""
        return self.begin
