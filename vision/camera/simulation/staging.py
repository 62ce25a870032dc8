"""Which scene, behaviour and sensor make up each variant."""

from random import Random
from typing import Final, Protocol

import numpy as np

from vision.camera.simulation.behaviour import Behaviour, Loop, Obedient, Rehearsed, Waved
from vision.camera.simulation.photographs import SimulatedPerson, Still, still_of
from vision.camera.simulation.pose import Pose
from vision.camera.simulation.scenes import (
    LivePerson,
    Room,
    Scene,
    ScreenReplay,
    Sensor,
    Sheet,
    place_beside,
)
from vision.camera.simulation.variants import SimulatedVariant
from vision.frame import Pixels
from vision.results import LivenessCommand

__all__ = ["Stage", "stage"]

DARK_GAIN: Final = 0.12
SIZE: Final = (480, 640, 3)

SWAP_REST: Final = Pose(pitch=10, mouth=0.3)
"""The second person carries the head so that nose and lips measure like the first one's."""


class Stage(Protocol):
    """What the camera looks at."""

    def picture(self, at_s: float, shown: LivenessCommand | None) -> Pixels:
        """Return the image of a moment not before the last one."""
        ...


class _Acted:
    """A scene that moves."""

    def __init__(self, scene: Scene, behaviour: Behaviour, sensor: Sensor) -> None:
        self._scene = scene
        self._behaviour = behaviour
        self._sensor = sensor

    def picture(self, at_s: float, shown: LivenessCommand | None) -> Pixels:
        return self._sensor.expose(self._scene.render(self._behaviour.pose(at_s, shown)))


class _Frozen:
    """One image for ever."""

    def __init__(self, stage: Stage) -> None:
        self._pixels = stage.picture(0.0, None)

    def picture(self, at_s: float, shown: LivenessCommand | None) -> Pixels:
        del at_s, shown
        return self._pixels


class _Shuttered:
    """A closed shutter: nothing but the sensor's noise."""

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor

    def picture(self, at_s: float, shown: LivenessCommand | None) -> Pixels:
        del at_s, shown
        return self._sensor.expose(np.zeros(SIZE, np.uint8))


class _Swapped:
    """Somebody else takes the place once the first command is done."""

    def __init__(self, first: Stage, second: Stage) -> None:
        self._present, self._second = first, second
        self._commanded = False

    def picture(self, at_s: float, shown: LivenessCommand | None) -> Pixels:
        if shown is not None:
            self._commanded = True
        elif self._commanded:
            self._present = self._second
        return self._present.picture(at_s, shown)


def stage(variant: SimulatedVariant, seed: int) -> Stage:
    """Return the stage of a variant. Raises CameraUnavailable without the photographs."""
    rng = Random(seed)  # noqa: S311 (a performance to be repeated, no secret)
    gain = DARK_GAIN if variant is SimulatedVariant.TOO_DARK else 1.0
    sensor = Sensor(seed, gain=gain)
    still = still_of(SimulatedPerson.ASTRONAUT)
    customer = Obedient(rng, blinks=variant is not SimulatedVariant.NO_BLINK)
    match variant:
        case SimulatedVariant.PRINTED_PHOTO:
            return _Acted(Sheet(still), Waved(rng), sensor)
        case SimulatedVariant.SCREEN_REPLAY:
            return _Acted(ScreenReplay(LivePerson(still)), Rehearsed(rng), sensor)
        case SimulatedVariant.LOOPED_VIDEO:
            return _Acted(LivePerson(still), Loop(rng), sensor)
        case SimulatedVariant.BLACK:
            return _Shuttered(sensor)
        case SimulatedVariant.FROZEN:
            return _Frozen(_Acted(LivePerson(still), customer, sensor))
        case SimulatedVariant.SWAP:
            other = LivePerson(still_of(SimulatedPerson.HOPPER))
            second = _Acted(other, Obedient(rng, rest=SWAP_REST), sensor)
            return _Swapped(_Acted(LivePerson(still), customer, sensor), second)
        case _:
            return _Acted(_before_the_lens(variant, still), customer, sensor)


def _before_the_lens(variant: SimulatedVariant, still: Still) -> Scene:
    """Return the scene of a variant in which somebody (or nobody) obeys."""
    if variant is SimulatedVariant.NO_FACE:
        return Room()
    if variant is SimulatedVariant.OTHER_PERSON:
        return LivePerson(still_of(SimulatedPerson.HOPPER))
    if variant is SimulatedVariant.TWO_FACES:
        return LivePerson(place_beside(still, SimulatedPerson.HOPPER))
    return LivePerson(still)
