"""The assistant's window: a rail of steps, the step itself, and one way forward.

What a step does runs in a thread of its own: keys and services take their time.
"""

import threading
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from crypto.errors import CryptoError
from resources import LANGUAGES
from ui.context import UiContext
from ui.first_start.camera_look import CameraLook, OpenIndex
from ui.first_start.rail import SetUpRail
from ui.first_start.step_page import StepPage
from ui.first_start.whole_look import look_at_whole
from ui.first_start.words import word_finding
from ui.widgets.buttons import Action, ButtonRole, ChoiceButton, Side
from ui.widgets.footer import Footer
from ui.widgets.labels import CodeLabel
from workstation.errors import WorkstationError
from workstation.first_start.answers import fields_of
from workstation.first_start.findings import FindingState, SetUpFinding, is_good
from workstation.first_start.inspection import inspect_step, known_answers
from workstation.first_start.progress import SetUpStep
from workstation.first_start.set_up import Answers, SetUp, error_finding
from workstation.first_start.steps import run_step
from workstation.station.snapshot import PreviewImage

__all__ = ["FirstStartWindow"]

_SIZE: Final = (1180, 700)
_STEPS: Final = tuple(SetUpStep)


class FirstStartWindow(QMainWindow):
    """Leads through the steps; `ready` is emitted with the folder of the station that starts.

    set_up  what was answered so far; the folder is its only memory beyond this window
    opened  opens a camera in the place of the system's
    """

    ready = Signal(str)
    closed = Signal()
    _found = Signal(object)

    def __init__(self, ctx: UiContext, set_up: SetUp, opened: OpenIndex | None = None) -> None:
        super().__init__()
        self.ctx = ctx
        self.set_up = set_up
        self.setWindowTitle(ctx.tr_code("app.name"))
        self.resize(*(ctx.theme.scaled(each) for each in _SIZE))
        self._working: threading.Thread | None = None
        self._tried_with: Answers = {}
        self._camera = CameraLook(opened)
        self._camera.pictured.connect(self._picture)
        self._then: Callable[[list[SetUpFinding]], None] = self._show
        self.rail = SetUpRail(ctx)
        self.footer = Footer(ctx)
        self._room = QVBoxLayout()
        self.page: StepPage = StepPage(ctx, SetUpStep.FOLDER, (), self._word)
        self._lay_out()
        self._found.connect(self._take, Qt.ConnectionType.QueuedConnection)
        for key in ("F9", "Esc"):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(lambda key=key: self.footer.perform(key))
        ctx.changed.connect(self._reword)
        self.open_step(set_up.next())

    def _lay_out(self) -> None:
        header = QFrame()
        header.setObjectName("header")
        header.setFixedHeight(self.ctx.theme.lengths["height_header"])
        row = QHBoxLayout(header)
        row.setContentsMargins(24, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(CodeLabel(self.ctx, "set_up.title", "strong"), 1)
        self._languages = QButtonGroup(self)
        for index, language in enumerate(LANGUAGES):
            button = ChoiceButton(self.ctx, f"language.{language}")
            button.setChecked(language == self.ctx.texts.language)
            self._languages.addButton(button, index)
            row.addWidget(button)
        self._languages.idClicked.connect(self._choose_language)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(self._room, 1)
        self._room.addWidget(self.page)
        whole = QWidget()
        whole.setObjectName("page")
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addLayout(middle, 1)
        column.addWidget(self.footer)
        self.setCentralWidget(whole)

    @Slot(int)
    def _choose_language(self, index: int) -> None:
        self.ctx.use_language(LANGUAGES[index])

    @Slot()
    def _reword(self) -> None:
        self.setWindowTitle(self.ctx.tr_code("app.name"))
        self.page.show_findings(self.page.findings)

    def _word(self, finding: SetUpFinding) -> str:
        return word_finding(self.ctx, finding)

    def open_step(self, step: SetUpStep) -> None:
        """Show a step with what is known of its answers, and look at it where there is a folder."""
        self._camera.stop()
        before = self.page
        asked = fields_of(step, begun=self.set_up.begun)
        self.page = StepPage(self.ctx, step, asked, self._word)
        self.page.end.looked.connect(self._offer)
        for name, value in known_answers(step, self.set_up).items():
            if name in self.page.fields:
                self.page.fields[name].fill(value)
        self._room.replaceWidget(before, self.page)
        before.forget()
        before.hide()
        before.deleteLater()
        self.rail.show_progress(self.set_up.done(), step)
        focus = self.page.first_focus()
        if focus is not None:
            QTimer.singleShot(0, focus, focus.setFocus)
        self._work(lambda: inspect_step(step, self.set_up), self._show)

    @Slot()
    def _offer(self) -> None:
        busy, step = self._working is not None, self.page.step
        warned = bool(self.page.findings) and self._tried and is_good(self.page.findings)
        ready = warned and step is SetUpStep.READY
        code = "open_station" if ready else "set_up_go_on" if warned else f"set_up_{step.value}"
        forward = self._go_on if warned else self.try_step
        known = code if step in _OWN_WORDS or warned else "set_up_check"
        if step is SetUpStep.CHARTER and not self.page.end.read:
            # Nobody signs a list before its end was in sight.
            known, forward = "set_up_read_on", self.page.read_on
        self.footer.show_actions(
            (
                Action(
                    "button.back", "Esc", self.go_back, side=Side.LEFT, enabled=self._may_back()
                ),
                Action(f"button.{known}", "F9", forward, ButtonRole.PRIMARY, enabled=not busy),
            )
        )

    def _may_back(self) -> bool:
        first = SetUpStep.KEYS if self.set_up.begun else SetUpStep.FOLDER
        if self.set_up.begun and self.set_up.passphrase:
            first = SetUpStep.RECIPIENT
        return self._working is None and _STEPS.index(self.page.step) > _STEPS.index(first)

    @Slot()
    def go_back(self) -> None:
        """Show the step before."""
        if self._may_back():
            self.open_step(_STEPS[_STEPS.index(self.page.step) - 1])

    @Slot()
    def try_step(self) -> None:
        """Do what the step says with what was answered, and show what was found."""
        answers, step = self.page.answers(), self.page.step
        self._tried_with = answers
        if step is SetUpStep.OPERATORS and self.page.empty and step in self.set_up.done():
            self._go_on()
            return
        self._work(lambda: self._run(step, answers), self._judge)

    def _run(self, step: SetUpStep, answers: Answers) -> list[SetUpFinding]:
        found = run_step(step, self.set_up, answers)
        if step is SetUpStep.READY:
            # Not only that it starts: also what would keep it from approving anybody.
            found += look_at_whole(self.ctx, self.set_up)
        if step is SetUpStep.CAMERA and is_good(found):
            found += self._look_through(found)
        return found

    def _look_through(self, found: list[SetUpFinding]) -> list[SetUpFinding]:
        absent = any(each.code == "camera_absent" for each in found)
        if absent and not self._camera.has_stand_in:
            return []
        try:
            return self._camera.try_out(self.ctx.texts, self.set_up)
        except (WorkstationError, CryptoError, OSError) as error:
            return [error_finding(error)]

    @Slot(object)
    def _picture(self, image: PreviewImage) -> None:
        if self.page.step is SetUpStep.CAMERA:
            self.page.show_picture(image)

    def _judge(self, found: list[SetUpFinding]) -> None:
        """Go on where nothing is to be read; what is to be read stays until it was."""
        self._tried = True
        self.rail.show_progress(self.set_up.done(), self.page.step)
        self._show(found)
        if self.page.step is SetUpStep.OPERATORS:
            if is_good(found):
                self.page.forget()
                self._tried = False
            self._offer()
        elif self.page.step not in _LOOKED_AT and all(
            each.state is FindingState.GOOD for each in found
        ):
            self._go_on()

    def _show(self, found: list[SetUpFinding]) -> None:
        self.page.show_findings(found)
        self._offer()

    @Slot()
    def _go_on(self) -> None:
        step = self.page.step
        if self._tried and self.page.answers() != self._tried_with:
            # What was typed after the warning was never looked at.
            self.try_step()
            return
        if step is SetUpStep.READY:
            self.page.forget()
            self.set_up.forget()
            self.ready.emit(str(self.set_up.at()))
            return
        # A station that was begun earlier goes on where it is open, not where it once began.
        after = _STEPS[_STEPS.index(step) + 1]
        resumed = step in {SetUpStep.FOLDER, SetUpStep.KEYS} and self.set_up.begun
        self.open_step(self.set_up.next() if resumed else after)

    def _work(
        self, work: Callable[[], list[SetUpFinding]], then: Callable[[list[SetUpFinding]], None]
    ) -> None:
        if self._working is not None:
            return
        self._tried = False
        self._then = then
        self._working = threading.Thread(
            target=lambda: self._found.emit(work()), name="first-start", daemon=True
        )
        self._offer()
        self._working.start()

    @Slot(object)
    def _take(self, found: list[SetUpFinding]) -> None:
        working, self._working = self._working, None
        if working is not None:
            working.join()
        self._then(found)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait for what is being written; secrets go with the window."""
        if self._working is not None:
            self._working.join()
        self._camera.stop()
        self.page.forget()
        super().closeEvent(event)
        self.closed.emit()


_LOOKED_AT: Final = frozenset({SetUpStep.CAMERA, SetUpStep.READY})
"""Steps whose result is looked at, even a good one, before the next."""

_OWN_WORDS: Final = frozenset(
    {SetUpStep.BEGIN, SetUpStep.OPERATORS, SetUpStep.CHARTER, SetUpStep.LISTS, SetUpStep.READY}
)
"""Steps whose button says what it does; of the others it checks and goes on."""
