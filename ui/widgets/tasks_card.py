"""The tasks of a liveness attempt: how many are done, how each went, which is asked for now."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar

from ui.context import UiContext
from ui.theme.tone import Tone
from ui.widgets.camera_view import prompt_code
from ui.widgets.card import Card
from ui.widgets.labels import CodeLabel, set_tone
from ui.widgets.pill import IconLabel
from ui.wording import seconds_text
from vision.results import CommandOutcome, CommandResult, Prompt, PromptPhase

__all__ = ["TasksCard"]

_MOST_TASKS: Final = 5
_MARKS: Final = {
    CommandOutcome.MET: ("check", Tone.OK),
    CommandOutcome.WRONG_ACTION: ("x", Tone.BAD),
    CommandOutcome.TIMED_OUT: ("x", Tone.BAD),
    # Nobody failed at what was never asked for.
    CommandOutcome.NOT_REACHED: ("circle", Tone.WAIT),
}


class TasksCard(Card):
    """Done tasks with their outcome, the current one in bold; of what is to come the number only.

    Which movement comes next is told when it is asked for: a customer who knew it could be played.
    """

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "liveness.tasks")
        self._ctx = ctx
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.count = CodeLabel(ctx, "", "caption")
        ctx.changed.connect(self._name)
        self._name()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.progress, 1)
        row.addWidget(self.count)
        self.body.addLayout(row)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self.tasks: list[tuple[IconLabel, CodeLabel, CodeLabel]] = []
        for place in range(_MOST_TASKS):
            icon = IconLabel(ctx, "circle", 20)
            name, note = CodeLabel(ctx, wrap=True), CodeLabel(ctx, "", "caption")
            grid.addWidget(icon, place * 2, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(name, place * 2, 1)
            grid.addWidget(note, place * 2 + 1, 1)
            self.tasks.append((icon, name, note))
        self.body.addLayout(grid)

    def _name(self) -> None:
        self.progress.setAccessibleName(self._ctx.tr_code("liveness.tasks"))

    def show_tasks(self, prompt: Prompt | None, commands: tuple[CommandResult, ...]) -> None:
        """Show what was done and what is asked for now, None while no attempt runs.

        commands  those of the running attempt that have ended; after it, all of them
        """
        ended = [each for each in commands if each.outcome is not CommandOutcome.NOT_REACHED]
        done = len(ended) if prompt is not None else len(commands)
        steps = len(commands) if prompt is None else max(prompt.steps, done)
        met = sum(each.outcome is CommandOutcome.MET for each in commands)
        self.progress.setValue(round(1000 * min(met, steps) / steps) if steps else 0)
        now = min(done + 1, steps) if prompt is not None else met
        code = "liveness.task_now" if prompt is not None else "liveness.tasks_met"
        self.count.set_code(code if steps else "", now=now, steps=steps)
        for place, widgets in enumerate(self.tasks):
            shown = place < max(steps, 1)
            if not shown:
                pass
            elif place < done:
                self._show_ended((ended if prompt is not None else commands)[place], *widgets)
            elif place == done:
                self._show_current(prompt, *widgets)
            else:
                self._show_coming(place + 1, *widgets)
            icon, name, note = widgets
            icon.setVisible(shown)
            name.setVisible(shown)
            note.setVisible(shown and note.text() != "")

    def _show_ended(
        self, result: CommandResult, icon: IconLabel, name: CodeLabel, note: CodeLabel
    ) -> None:
        icon.set_icon(*_MARKS[result.outcome])
        name.set_code(f"command.{result.command.value}")
        reached = result.outcome is not CommandOutcome.NOT_REACHED
        set_tone(name, Tone.NONE, "body" if reached else "second")
        seconds = seconds_text(self._ctx.texts, result.ended_ms - result.shown_ms)
        note.set_code(f"command_outcome.{result.outcome.value}", seconds=seconds)

    @staticmethod
    def _show_current(
        prompt: Prompt | None, icon: IconLabel, name: CodeLabel, note: CodeLabel
    ) -> None:
        set_tone(name, Tone.NONE, "body" if prompt is None else "strong")
        if prompt is None:
            icon.set_icon("circle", Tone.WAIT)
            name.set_code("liveness.tasks_wait")
            note.set_code("")
            return
        icon.set_icon("circle-play", Tone.NOW)
        name.set_code(prompt_code(prompt))
        seconds = -(-prompt.remaining_ms // 1000)
        timed = prompt.phase is not PromptPhase.FINISHED and seconds > 0
        note.set_code("prompt.remaining" if timed else "", seconds=seconds)

    @staticmethod
    def _show_coming(number: int, icon: IconLabel, name: CodeLabel, note: CodeLabel) -> None:
        icon.set_icon("circle", Tone.WAIT)
        set_tone(name, Tone.NONE, "second")
        name.set_code("liveness.task_coming", number=number)
        note.set_code("")
