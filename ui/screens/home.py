"""Home: begin an operation, look into the log, see whether the station is ready."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.screen import Screen
from ui.theme.tone import Tone
from ui.widgets.banner import StatusBanner
from ui.widgets.buttons import Action, ActionButton, ButtonRole
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel
from ui.widgets.readiness import Readiness
from workstation.station.snapshot import SessionSnapshot, StationStatus

__all__ = ["HomeScreen"]


class HomeScreen(Screen):
    """Two cards: what to do, and the state of the station."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "home.title")
        self.banner = StatusBanner(ctx)
        self.banner.hide()
        self.readiness = Readiness(ctx)
        self.begin = ActionButton(ctx, "button.new_session", "F2", ButtonRole.PRIMARY, "")
        self.log = ActionButton(ctx, "button.log", "Ctrl+J", icon="list-checks")
        self.verify = ActionButton(ctx, "button.verify_log", "F8", icon="shield-check")
        self.begin.clicked.connect(self._begin)
        self.log.clicked.connect(self._log)
        self.verify.clicked.connect(self._verify)
        tasks = Card(ctx, "home.tasks")
        tasks.body.addWidget(CodeLabel(ctx, "home.tasks_text", "second", wrap=True))
        tasks.body.addSpacing(4)
        for button in (self.begin, self.log, self.verify):
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
        content.addWidget(self.banner)
        content.addLayout(row)
        self.column.addLayout(content)
        self.column.addStretch(1)

    def show_station(self, status: StationStatus) -> None:
        """Show readiness and the station's last message."""
        self.readiness.show_station(status)
        for button, action in (
            (self.begin, "run_session"),
            (self.log, "read_log"),
            (self.verify, "verify_log"),
        ):
            button.setEnabled(action in status.allowed)
        self.actions_changed.emit()
        self.banner.show_status(Tone.WARN, status.message)

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

    def first_focus(self) -> QWidget:
        """Return the button of a new session."""
        return self.begin
