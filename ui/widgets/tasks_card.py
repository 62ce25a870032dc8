"""The tasks of a liveness attempt: how many are done, how each went, which is asked for now."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QProgressBar

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.camera_view import prompt_code
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.pill import IconLabel
from ui.wording import seconds_text
from vision.results import CommandOutcome, CommandResult, Prompt

__all__ = ["TasksCard"]

_MOST_TASKS: Final = 5


class TasksCard(Card):
    """Done tasks with their outcome, the current one in bold; what comes next is not told."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "liveness.tasks")
        self._ctx = ctx
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        ctx.changed.connect(self._name)
        self._name()
        self.body.addWidget(self.progress)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self.tasks: list[tuple[IconLabel, CodeLabel, CodeLabel]] = []
        for row in range(_MOST_TASKS):
            icon = IconLabel(ctx, "circle", 20)
            name, note = CodeLabel(ctx, wrap=True), CodeLabel(ctx, "", "caption")
            grid.addWidget(icon, row * 2, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(name, row * 2, 1)
            grid.addWidget(note, row * 2 + 1, 1)
            self.tasks.append((icon, name, note))
        self.body.addLayout(grid)

    def _name(self) -> None:
        self.progress.setAccessibleName(self._ctx.tr_code("liveness.tasks"))

    def show_tasks(self, prompt: Prompt | None, commands: tuple[CommandResult, ...]) -> None:
        """Show what was done and what is asked for now, None while no attempt runs."""
        steps = len(commands) if prompt is None else prompt.steps
        done = len(commands)
        share = 0 if steps == 0 else round(1000 * min(done, steps) / steps)
        self.progress.setValue(share)
        for row, (icon, name, note) in enumerate(self.tasks):
            for widget in (icon, name, note):
                widget.setVisible(row < max(steps, 1) and (row < done or row == done))
            note.setVisible(row in {done - 1, done} and row < max(steps, 1))
            set_tone(name, Tone.NONE, "strong" if row == done else "body")
            if row < done:
                result = commands[row]
                met = result.outcome is CommandOutcome.MET
                icon.set_icon("check" if met else "x", Tone.OK if met else Tone.BAD)
                name.set_code(f"command.{result.command.value}")
                seconds = seconds_text(self._ctx.texts, result.ended_ms - result.shown_ms)
                code = f"command_outcome.{result.outcome.value}"
                note.set_code(code, seconds=seconds)
            elif row == done:
                self._show_current(prompt, icon, name, note)

    @staticmethod
    def _show_current(
        prompt: Prompt | None, icon: IconLabel, name: CodeLabel, note: CodeLabel
    ) -> None:
        icon.set_icon("circle-play" if prompt is not None else "circle", Tone.NOW)
        if prompt is None:
            name.set_code("liveness.tasks_wait")
            note.set_code("")
            return
        name.set_code(prompt_code(prompt))
        seconds = -(-prompt.remaining_ms // 1000)
        note.set_code("prompt.remaining" if prompt.command else "", seconds=seconds)
