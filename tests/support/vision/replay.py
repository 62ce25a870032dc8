"""A clip held in front of the camera as it is: it plays on whatever the screen asks for."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.support.vision.observations import QUALITY, RECOMMENDED
from tests.support.vision.observed_clips import Observed
from vision.frame import Frame
from vision.liveness.challenge import issue_challenge
from vision.liveness.check import LivenessCheck
from vision.results import PadResult

__all__ = ["replay_clip", "to_and_fro"]


def replay_clip(
    observed: Sequence[Observed],
    frames: Sequence[Frame],
    *,
    start: int,
    seed: int,
) -> PadResult:
    """Let a clip take an attempt under the order that `seed` draws; it plays to and fro.

    start  index of the first frame shown
    """
    check = LivenessCheck(
        issue_challenge(settings=RECOMMENDED, rng=random.Random(seed)),
        RECOMMENDED,
        QUALITY,
        attempt=1,
        simulated=True,
        models=(),
    )
    interval_ns = (frames[-1].captured_ns - frames[0].captured_ns) // (len(frames) - 1)
    for number, place in enumerate(to_and_fro(len(frames), start)):
        if check.finished:
            break
        shown = observed[place]
        seen = shown.described() if check.wants_template else shown.seen
        at = {"sequence": number, "captured_ns": number * interval_ns}
        check.observe(replace(seen, **at), replace(frames[place], **at))
    return check.result()


def to_and_fro(length: int, start: int = 0) -> Iterator[int]:
    """Yield the places of a clip for ever: on from `start`, back from the end, and on again."""
    place, step = start, 1
    while True:
        yield place
        if not 0 <= place + step < length:
            step = -step
        place += step
