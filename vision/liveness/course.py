"""The order of an attempt: pause, command, back to neutral, next command; time-outs and mistakes.

A state machine over milliseconds of the camera's clock; it sees movements, never images.
"""

from dataclasses import dataclass

from vision.liveness.plan import TURNS, USUAL_PLAN, AttemptPlan
from vision.liveness.posture import MILLION, Deviation, is_neutral, share, threshold
from vision.liveness.settings import LivenessSettings
from vision.results import (
    CommandOutcome,
    LivenessChallenge,
    LivenessCommand,
    Prompt,
    PromptPhase,
)

__all__ = ["TIMED_OUT", "WRONG_ACTION", "Course", "Hold", "Step"]

WRONG_ACTION = "liveness.wrong_action"
TIMED_OUT = "liveness.timed_out"

BEGUN = 0.5
"""Share of its threshold at which a movement has visibly begun."""

FEWEST_HELD = 3


@dataclass(slots=True)
class Step:
    """One command while it happens: times of the camera's clock, greatest movement so far."""

    command: LivenessCommand
    threshold_ppm: int
    outcome: CommandOutcome = CommandOutcome.NOT_REACHED
    shown_ms: int = 0
    ended_ms: int = 0
    peak: float = 0.0


class Hold:
    """How long a condition has been true without interruption."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._count = 0

    def note(self, at_ms: int, *, holds: bool) -> int:
        """Return the milliseconds the condition has held, -1 when it does not."""
        if not holds:
            self._since, self._count = None, 0
            return -1
        if self._since is None:
            self._since = at_ms
        self._count += 1
        return at_ms - self._since if self._count >= FEWEST_HELD else 0


class Course:
    """Runs from the neutral second to the end; `ending` is empty when all commands were met."""

    def __init__(
        self,
        challenge: LivenessChallenge,
        settings: LivenessSettings,
        started_ms: int,
        *,
        plan: AttemptPlan = USUAL_PLAN,
        closing_ms: int = 0,
    ) -> None:
        """Begin at `started_ms`; the last pause is granted `closing_ms` for a light code."""
        self._challenge = challenge
        self._plan = plan
        self._closing_ms = closing_ms
        self._settings = settings
        self._since = started_ms
        self._met = Hold()
        self._wrong = Hold()
        self._calm = Hold()
        self._was_calm = False
        self.steps = tuple(
            Step(command, threshold(command, settings)) for command in challenge.commands
        )
        self.index = 0
        self.phase = PromptPhase.NEUTRAL
        self.ending = ""
        self.progress = 0.0

    @property
    def step(self) -> Step | None:
        """Return the running command, None between commands."""
        return self.steps[self.index] if self.phase is PromptPhase.COMMAND else None

    @property
    def is_last_pause(self) -> bool:
        """Say whether all commands are done."""
        return self.index == len(self.steps)

    def deadline_ms(self) -> int:
        """Return when the present phase times out."""
        if self.phase is PromptPhase.COMMAND:
            return self._since + self._settings.command_deadline_ms
        extra = self._pause_ms()
        if self.is_last_pause:
            extra = self._settings.blink_extra_ms + self._closing_ms
        return self._since + extra + self._settings.neutral_deadline_ms

    def prompt(self, at_ms: int) -> Prompt:
        """Return what the screen asks for now."""
        count = len(self.steps)
        return Prompt(
            phase=self.phase,
            command=self.step.command if self.step is not None else None,
            step=min(self.index + 1, count),
            steps=count,
            progress=self.progress,
            remaining_ms=max(0, self.deadline_ms() - at_ms),
        )

    def advance(
        self, at_ms: int, deviation: Deviation | None, *, relief: bool, settled: bool
    ) -> None:
        """Take one observation.

        deviation  None while the face is lost
        relief     the running turn has shown the depth of a head; ignored for other commands
        settled    the templates of this pause or command are taken (and, at the end, a blink was
                   seen and the light code shown): a command is held open until then
        """
        if self.phase is PromptPhase.COMMAND:
            self._perform(at_ms, deviation, relief=relief, settled=settled)
        elif self.phase is PromptPhase.NEUTRAL:
            self._wait(at_ms, deviation, settled=settled)

    def stop(self, at_ms: int, reason: str) -> None:
        """End the attempt for `reason`; a running command stays not reached."""
        if self.step is not None:
            self.step.ended_ms = at_ms
        self.ending = reason
        self.phase = PromptPhase.FINISHED

    def _pause_ms(self) -> int:
        return 0 if self.is_last_pause else self._challenge.pauses_ms[self.index]

    def _wait(self, at_ms: int, deviation: Deviation | None, *, settled: bool) -> None:
        neutral = deviation is not None and is_neutral(
            deviation, self._settings, self._plan.commands
        )
        calm_ms = self._calm.note(at_ms, holds=neutral)
        needed_ms = max(self._settings.neutral_hold_ms, self._pause_ms())
        self.progress = min(1.0, max(0, calm_ms) / needed_ms)
        rested = calm_ms >= needed_ms
        self._was_calm = self._was_calm or calm_ms >= self._settings.neutral_hold_ms
        unasked = self._was_calm and deviation is not None and self._is_unasked(deviation)
        if self._wrong.note(at_ms, holds=unasked) >= self._settings.hold_ms:
            self.stop(at_ms, WRONG_ACTION)
        elif rested and settled:
            self._next(at_ms)
        elif at_ms > self.deadline_ms():
            # Without a blink the last pause runs out on purpose: the blink signal gives the reason.
            self.stop(at_ms, "" if rested and self.is_last_pause else TIMED_OUT)

    def _next(self, at_ms: int) -> None:
        self._since = at_ms
        self._met, self._wrong = Hold(), Hold()
        self.progress = 0.0
        if self.is_last_pause:
            self.stop(at_ms, "")
            return
        self.phase = PromptPhase.COMMAND
        self.steps[self.index].shown_ms = at_ms

    def is_fulfilled(self, deviation: Deviation | None, *, relief: bool) -> bool:
        """Say whether this smoothed movement fulfils the running command."""
        if deviation is None or self.step is None:
            return False
        command = self.step.command
        obeys = share(deviation, command, self._settings) >= 1
        return obeys and (relief or command not in TURNS)

    def _perform(
        self, at_ms: int, deviation: Deviation | None, *, relief: bool, settled: bool
    ) -> None:
        step = self.steps[self.index]
        command = step.command
        towards = share(deviation, command, self._settings) if deviation is not None else 0.0
        if deviation is not None:
            step.peak = max(step.peak, deviation.towards(command))
        self.progress = min(1.0, max(0.0, towards))
        fulfilled = self.is_fulfilled(deviation, relief=relief)
        held_ms = self._met.note(at_ms, holds=fulfilled)
        wrong = deviation is not None and self._is_wrong(deviation, command)
        wrong_ms = self._wrong.note(at_ms, holds=wrong)
        foreseen = towards >= 1 and at_ms - step.shown_ms < self._settings.reaction_ms
        if held_ms >= self._settings.hold_ms and settled:
            self._end_step(at_ms, step, CommandOutcome.MET)
            self.index += 1
            self.phase = PromptPhase.NEUTRAL
            self._since, self._calm, self._wrong = at_ms, Hold(), Hold()
            self._was_calm = False
        elif foreseen or wrong_ms >= self._settings.hold_ms:
            self._end_step(at_ms, step, CommandOutcome.WRONG_ACTION)
            self.stop(at_ms, WRONG_ACTION)
        elif at_ms > self.deadline_ms():
            self._end_step(at_ms, step, CommandOutcome.TIMED_OUT)
            self.stop(at_ms, TIMED_OUT)

    def _end_step(self, at_ms: int, step: Step, outcome: CommandOutcome) -> None:
        step.outcome = outcome
        step.ended_ms = at_ms

    def _is_unasked(self, deviation: Deviation) -> bool:
        """Say whether a movement is made in a pause, after the customer had come to rest.

        A recording moves by its own schedule; a customer waits for the command.
        """
        bound = self._settings.wrong_ppm / MILLION
        return any(share(deviation, each, self._settings) >= bound for each in self._plan.commands)

    def _is_wrong(self, deviation: Deviation, command: LivenessCommand) -> bool:
        """Say whether another movement is made instead of the requested one.

        The opposite direction counts from its own threshold. Another kind of movement counts from
        `wrong_ppm` of it and only while the requested one has not begun: opening the mouth moves
        the nod ratio and a turned head nods a little.
        """
        asked = share(deviation, command, self._settings)
        if asked <= -1:
            return True
        bound = self._settings.wrong_ppm / MILLION
        return asked < BEGUN and any(
            share(deviation, other, self._settings) >= bound
            for other in self._plan.commands
            if other is not command
        )
