"""How long the steps of a played scenario take."""

import time
from dataclasses import dataclass

from workstation.sandbox.demo import DemoWorld

__all__ = ["StepTiming", "Timer"]


@dataclass(frozen=True, slots=True)
class StepTiming:
    """One step of the session and how long it took in milliseconds."""

    name: str
    ms: int


class Timer:
    """Adds a step with its duration to a list."""

    def __init__(self, steps: list[StepTiming], name: str, world: DemoWorld) -> None:
        self._steps = steps
        self._name = name
        self._watch = world.watch
        self._started = 0.0

    def __enter__(self) -> None:
        self._watch(self._name, None)
        self._started = time.monotonic()

    def __exit__(self, *_exception: object) -> None:
        taken = round((time.monotonic() - self._started) * 1000)
        self._steps.append(StepTiming(self._name, taken))
        self._watch(self._name, taken)
