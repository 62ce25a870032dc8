"""A liveness attempt with the simulated camera and the real face models, in this process."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import pytest

from tests.support.vision.observations import QUALITY, RECOMMENDED
from vision.camera.simulated import USUAL_RATE, SimulatedCamera, SimulatedVariant
from vision.errors import CameraLost
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import LivenessCheck
from vision.liveness.plan import plan_attempt
from vision.liveness.settings import LivenessSettings
from vision.results import Accommodation, PadResult
from vision.worker import FaceAnalysis


@dataclass(frozen=True)
class Attempt:
    """A finished attempt and its result."""

    check: LivenessCheck
    result: PadResult


@contextmanager
def frames_missed(every: int) -> Iterator[None]:
    """Let a late reader get one of `every` frames of simulated cameras; no other is rendered.

    A camera of a low rate is read as often in a second, so that nothing of it is missed.
    """

    def due(camera: SimulatedCamera) -> int:
        rate = camera.identity.frames_per_second
        return camera._sequence + max(1, every * rate // USUAL_RATE)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimulatedCamera, "_due", due)
        yield


def attempt(
    variant: SimulatedVariant,
    seed: int,
    analysis: FaceAnalysis,
    settings: LivenessSettings = RECOMMENDED,
    accommodations: Collection[Accommodation] = (),
) -> Attempt:
    """Let a simulated customer take one attempt, as the desktop would, without waiting.

    The customer's window is open.
    """
    plan = plan_attempt(accommodations)
    camera = SimulatedCamera(variant=variant, seed=seed, paced=False)
    check = LivenessCheck(
        issue_challenge(settings=settings, rng=Random(seed), plan=plan, screen=True),
        settings,
        QUALITY,
        plan=plan,
        attempt=1,
        simulated=True,
        models=analysis.models,
    )
    shown = (None, None)
    while not check.finished:
        try:
            frame = camera.read()
        except CameraLost as lost:
            check.interrupt(lost.code)
            break
        check.observe(analysis.analyse(frame, embed=check.wants_template), frame)
        if (check.prompt.command, check.prompt.light) != shown:
            shown = (check.prompt.command, check.prompt.light)
            camera.show(*shown)
    camera.close()
    return Attempt(check, check.result())
