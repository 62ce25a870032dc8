"""Which scene, behaviour and sensor make up each variant."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final, Protocol

import numpy as np

from vision.camera.simulation.behaviour import (
    Behaviour,
    Handheld,
    Loop,
    Obedient,
    Rehearsed,
    Waved,
)
from vision.camera.simulation.photographs import SimulatedPerson, Still, still_of
from vision.camera.simulation.pose import Pose
from vision.camera.simulation.retouching import add_spectacles, blend_faces, place_beside
from vision.camera.simulation.scenes import LivePerson, Room, Scene, ScreenReplay, Sensor
from vision.camera.simulation.screen_light import (
    Field,
    light_person,
    light_print,
    reflect,
)
from vision.camera.simulation.sheets import BentSheet, Sheet
from vision.camera.simulation.surroundings import AgainstTheLight, Elsewhere
from vision.camera.simulation.variants import SimulatedVariant
from vision.frame import Pixels
from vision.results import Colour, LivenessCommand

__all__ = ["Stage", "stage"]

DARK_GAIN: Final = 0.12
SIZE: Final = (480, 640, 3)

BLUR: Final = 4.5
"""Pixels."""

FAR: Final = 0.36
"""Size of a customer who is too far away."""

LIKENESS: Final = 0.73
"""Share of another face that leaves a comparison open."""

# Who shines or was lit elsewhere, and paper, which is lit as a whole; all others are there.
RECORDED: Final = frozenset(
    {
        SimulatedVariant.SCREEN_REPLAY,
        SimulatedVariant.PREPARED_CLIPS,
        SimulatedVariant.LOOPED_VIDEO,
        SimulatedVariant.FROZEN,
        SimulatedVariant.VIRTUAL_DEVICE,
        SimulatedVariant.HELPER,
        SimulatedVariant.CUT,
    }
)
PRINTED: Final = frozenset(
    {
        SimulatedVariant.PRINTED_PHOTO,
        SimulatedVariant.HELPER_STILL,
        SimulatedVariant.BENT_PRINT,
    }
)
SWAP_REST: Final = Pose(yaw=-5, pitch=6, mouth=0.1)
HELPER_REST: Final = replace(SWAP_REST, pitch=4)
"""The second person carries the head so that nose and lips measure like the first one's: at rest
after a swap, and near enough for every command as a helper, whose mouth opens less with the chin
down."""


class Stage(Protocol):
    """What the camera looks at."""

    def picture(
        self, at_s: float, shown: LivenessCommand | None, light: Colour | None = None
    ) -> Pixels:
        """Return the image of a moment not before the last one.

        light  the colour of the customer's screen, None while it is white
        """
        ...


class _Acted:
    """A scene that moves.

    lit  the share of the screen's light at every place; None for a recording, which has its own
    """

    def __init__(
        self, scene: Scene, behaviour: Behaviour, sensor: Sensor, lit: Field | None = None
    ) -> None:
        self._scene = scene
        self._behaviour = behaviour
        self._sensor = sensor
        self._lit = lit

    def picture(
        self, at_s: float, shown: LivenessCommand | None, light: Colour | None = None
    ) -> Pixels:
        picture = self._scene.render(self._behaviour.pose(at_s, shown))
        if light is not None and self._lit is not None:
            picture = reflect(picture, self._lit, light)
        return self._sensor.expose(picture)

    def before(self, scene: Scene) -> "_Acted":
        """Return the same performance seen as another scene."""
        return _Acted(scene, self._behaviour, self._sensor, self._lit)


class _Frozen:
    """One image for ever."""

    def __init__(self, stage: Stage) -> None:
        self._pixels = stage.picture(0.0, None)

    def picture(
        self, at_s: float, shown: LivenessCommand | None, light: Colour | None = None
    ) -> Pixels:
        del at_s, shown, light
        return self._pixels


class _Shuttered:
    """A closed shutter: nothing but the sensor's noise."""

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor

    def picture(
        self, at_s: float, shown: LivenessCommand | None, light: Colour | None = None
    ) -> Pixels:
        del at_s, shown, light
        return self._sensor.expose(np.zeros(SIZE, np.uint8))


class _Swapped:
    """Somebody else takes the place once the first command is done."""

    def __init__(self, first: Stage, second: Stage) -> None:
        self._present, self._second = first, second
        self._commanded = False

    def picture(
        self, at_s: float, shown: LivenessCommand | None, light: Colour | None = None
    ) -> Pixels:
        if shown is not None:
            self._commanded = True
        elif self._commanded:
            self._present = self._second
        return self._present.picture(at_s, shown, light)


class _Spliced:
    """One stage in the pauses, another one while a command is shown."""

    def __init__(self, pauses: Stage, commands: Stage) -> None:
        self._pauses, self._commands = pauses, commands

    def picture(
        self, at_s: float, shown: LivenessCommand | None, light: Colour | None = None
    ) -> Pixels:
        present = self._pauses if shown is None else self._commands
        return present.picture(at_s, shown, light)


def stage(variant: SimulatedVariant, seed: int) -> Stage:
    """Return the stage of a variant. Raises CameraUnavailable without the photographs."""
    rng = Random(seed)  # noqa: S311 (a performance to be repeated, no secret)
    gain = DARK_GAIN if variant is SimulatedVariant.TOO_DARK else 1.0
    sensor = Sensor(seed, gain=gain, blur=BLUR if variant is SimulatedVariant.BLUR else 0.0)
    still = still_of(SimulatedPerson.ASTRONAUT)
    present = _Acted(
        _choose_scene(variant, still),
        _choose_behaviour(variant, rng),
        sensor,
        _choose_light(variant, still),
    )
    match variant:
        case SimulatedVariant.BLACK:
            return _Shuttered(sensor)
        case SimulatedVariant.FROZEN:
            return _Frozen(present)
        case SimulatedVariant.SWAP:
            return _Swapped(present, _enter_other(rng, sensor, SWAP_REST))
        case SimulatedVariant.HELPER | SimulatedVariant.HELPER_STILL:
            return _Spliced(present, _enter_other(rng, sensor, HELPER_REST))
        case SimulatedVariant.CUT:
            elsewhere = Elsewhere(LivePerson(still), still, Room().pixels)
            return _Spliced(present, present.before(elsewhere))
        case _:
            return present


def _enter_other(rng: Random, sensor: Sensor, rest: Pose) -> Stage:
    """Return the stage of somebody else, who obeys."""
    still = still_of(SimulatedPerson.HOPPER)
    return _Acted(LivePerson(still), Obedient(rng, rest=rest), sensor, light_person(still))


def _choose_light(variant: SimulatedVariant, still: Still) -> Field | None:
    """Return how the customer's screen lights what is before the lens."""
    if variant in RECORDED:
        return None
    if variant in PRINTED:
        return light_print()
    return light_person(_choose_person(variant, still))


def _choose_behaviour(variant: SimulatedVariant, rng: Random) -> Behaviour:
    """Return how what is before the lens moves."""
    match variant:
        case SimulatedVariant.PRINTED_PHOTO:
            return Waved(rng)
        case SimulatedVariant.BENT_PRINT:
            return Waved(rng, bent=True)
        case SimulatedVariant.HELPER_STILL:
            return Handheld(rng)
        case SimulatedVariant.SCREEN_REPLAY:
            return Rehearsed(rng)
        case SimulatedVariant.LOOPED_VIDEO:
            return Loop(rng)
        case _:
            return Obedient(rng, blinks=variant is not SimulatedVariant.NO_BLINK)


def _choose_scene(variant: SimulatedVariant, still: Still) -> Scene:
    """Return what is before the lens; without a case of its own it is the customer."""
    scenes: dict[SimulatedVariant, Callable[[], Scene]] = {
        SimulatedVariant.NO_FACE: Room,
        SimulatedVariant.PRINTED_PHOTO: lambda: Sheet(still),
        SimulatedVariant.HELPER_STILL: lambda: Sheet(still),
        SimulatedVariant.BENT_PRINT: lambda: BentSheet(still),
        SimulatedVariant.SCREEN_REPLAY: lambda: ScreenReplay(LivePerson(still)),
        SimulatedVariant.PREPARED_CLIPS: lambda: ScreenReplay(LivePerson(still)),
        SimulatedVariant.BACK_LIGHT: lambda: AgainstTheLight(LivePerson(still), still),
    }
    if variant in scenes:
        return scenes[variant]()
    return LivePerson(_choose_person(variant, still))


def _choose_person(variant: SimulatedVariant, still: Still) -> Still:
    """Return the portrait of who is there."""
    match variant:
        case SimulatedVariant.OTHER_PERSON:
            return still_of(SimulatedPerson.HOPPER)
        case SimulatedVariant.TWO_FACES:
            return place_beside(still, SimulatedPerson.HOPPER)
        case SimulatedVariant.TOO_FAR:
            return still_of(SimulatedPerson.ASTRONAUT, share=FAR)
        case SimulatedVariant.SPECTACLES:
            return add_spectacles(still)
        case SimulatedVariant.LOOKALIKE:
            return blend_faces(still, still_of(SimulatedPerson.HOPPER), LIKENESS)
        case _:
            return still
