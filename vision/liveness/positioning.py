"""Before the first command: good capture conditions and one neutral second."""

from collections import Counter, deque
from collections.abc import Sequence

from vision.liveness.plan import USUAL_PLAN
from vision.liveness.posture import Deviation, Neutral, is_neutral, median_posture, neutral_of
from vision.liveness.settings import LivenessSettings
from vision.results import FaceObservation, Prompt, PromptPhase

__all__ = ["Positioning"]

FEWEST_SAMPLES = 5


class Positioning:
    """Waits until the customer has looked straight and kept still for the neutral second."""

    def __init__(self, settings: LivenessSettings) -> None:
        self._settings = settings
        self._window: deque[tuple[int, FaceObservation]] = deque()
        self._obstacles: Counter[str] = Counter()
        self.neutral: Neutral | None = None

    def observe(self, at_ms: int, seen: FaceObservation, obstacles: Sequence[str]) -> None:
        """Take one observation and the codes of the capture conditions it does not meet."""
        if obstacles:
            self._window.clear()
            self._obstacles.update(obstacles)
            return
        self._window.append((at_ms, seen))
        start = at_ms - self._settings.baseline_ms
        while len(self._window) > 1 and self._window[1][0] <= start:
            self._window.popleft()
        if self._window[0][0] > start or len(self._window) < FEWEST_SAMPLES:
            return
        second = [each for _, each in self._window]
        middle = median_posture(second)
        if all(self._is_still(each, middle) for each in second):
            # The mean of the landmarks takes milliseconds, and only the last second needs it.
            self.neutral = neutral_of(second)
        else:
            self._obstacles["moving"] += 1

    def prompt(self, at_ms: int, steps: int) -> Prompt:
        """Return what the screen asks for while the neutral second is waited for."""
        left_ms = max(0, self._settings.position_deadline_ms - at_ms)
        return Prompt(PromptPhase.POSITION, None, 1, steps, self._progress(), left_ms)

    def _progress(self) -> float:
        if not self._window:
            return 0.0
        spent = self._window[-1][0] - self._window[0][0]
        return min(1.0, spent / self._settings.baseline_ms)

    @property
    def obstacle(self) -> str:
        """Return the most frequent obstacle so far; a cause is preferred to "no face"."""
        if not self._obstacles:
            return "no_face"
        return max(self._obstacles, key=lambda code: (self._obstacles[code], code != "no_face"))

    def _is_still(self, seen: FaceObservation, middle: tuple[float, float, float]) -> bool:
        turn, nod, mouth = middle
        movement = Deviation(seen.turn - turn, seen.nod - nod, seen.mouth - mouth, parallax=0.0)
        return is_neutral(movement, self._settings, USUAL_PLAN.commands)
