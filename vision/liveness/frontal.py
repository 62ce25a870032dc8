"""Which frames are described and compared: neutral ones in good conditions, in every pause."""

from vision.frame import Frame
from vision.liveness.course import Course
from vision.liveness.evidence import EvidenceBox
from vision.liveness.settings import LivenessSettings
from vision.liveness.signals.identity import IdentityWatch
from vision.results import FaceObservation, FaceTemplate, PromptPhase

__all__ = ["FrontalTemplates"]


class FrontalTemplates:
    """Collects the templates of one attempt that the identity watch takes for the customer's."""

    def __init__(
        self, settings: LivenessSettings, identity: IdentityWatch, evidence: EvidenceBox
    ) -> None:
        self._settings = settings
        self._identity = identity
        self._evidence = evidence
        self._taken: list[FaceTemplate] = []
        self._pause = 0
        self._in_pause = 0
        self._last_ms: int | None = None
        self._fit = False

    @property
    def probe(self) -> tuple[FaceTemplate, ...]:
        """Return the templates in order of capture."""
        return tuple(self._taken)

    def observe(
        self, at_ms: int, seen: FaceObservation, frame: Frame, course: Course, *, fit: bool
    ) -> None:
        """Take one observation; `fit` says that it is neutral and in good conditions."""
        if course.index != self._pause:
            self._pause, self._in_pause = course.index, 0
        self._fit = fit and course.phase is PromptPhase.NEUTRAL
        if not self._fit or seen.template is None:
            return
        self._last_ms = at_ms
        if self._identity.add_frontal(seen.template):
            self._taken.append(seen.template)
            self._in_pause += 1
            self._evidence.keep_frontal(frame)

    def settled(self, course: Course) -> bool:
        """Say whether this pause has given its templates and none is in doubt."""
        in_pause = self._in_pause if course.index == self._pause else 0
        return in_pause >= self._needed(course) and not self._identity.doubtful

    def wanted(self, at_ms: int, course: Course) -> bool:
        """Say whether the next frame should be described."""
        rested = (
            self._last_ms is None or at_ms - self._last_ms >= self._settings.template_spacing_ms
        )
        return self._fit and rested and not self.settled(course)

    def _needed(self, course: Course) -> int:
        if course.is_last_pause:
            return self._settings.templates_last
        if course.index == 0:
            return self._settings.templates_first
        return self._settings.templates_between
