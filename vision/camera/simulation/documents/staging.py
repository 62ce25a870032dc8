"""A document in the hand of the simulated customer, who does what the screen advises.

What the camera sees of it is drawn; nothing tells the analysis what it should read.
"""

from collections.abc import Callable
from math import cos, hypot, pi, sin, tau
from random import Random
from typing import Final

import cv2
import numpy as np

from vision.camera.simulation.document_scene import (
    DocumentScene,
    Glare,
    add_fingers,
    photograph,
)
from vision.camera.simulation.documents.drawing import PHONE_ENLARGEMENT
from vision.camera.simulation.documents.held import DocumentPresentation, HeldDocument
from vision.frame import Pixels

__all__ = ["DocumentStage"]

_WIDTH: Final = {True: 0.90, False: 0.88}
"""Of the frame that a card, or the wider page of a passport, takes up."""
_CLOSEST: Final = 0.92
"""The most of the frame that a hand lets a document take up: its edges stay in the image."""
_FINGERS: Final = 2
_SPARE: Final = 1.4
"""Pixels of a side for each of the image: for tilts, and a document held closer."""
_REACTION_S: Final = (0.3, 0.5)
_RISE_S: Final = 0.5
_FLIP_S: Final = 0.7
_AGAIN_S: Final = 4.0
"""An advice that still stands after so long is followed once more."""
_EDGEWISE: Final = 80.0
"""Degrees at which the other side comes into view; beyond, a page has no width to draw."""


class DocumentStage:
    """The camera's view while the customer holds up a document.

    document  gives what is held up, whenever it is taken out anew
    seed      of how the hand sways and where the lamp is reflected
    size      width and height of the image in pixels
    """

    def __init__(
        self, document: Callable[[], HeldDocument], seed: int, size: tuple[int, int]
    ) -> None:
        self._document = document
        self._seed = seed
        self._size = size
        self._hand: _Hand | None = None
        self._behind: Pixels | None = None

    def picture(
        self, at_s: float, advice: str | None, behind: Callable[[], Pixels]
    ) -> Pixels | None:
        """Return the image of a moment not before the last one, None while nothing is held up.

        advice  code of the advice on the screen; one that asks nothing of the hand is ignored;
                None: put the document away
        behind  gives what the document is held before, RGB
        """
        if advice is None:
            self._hand = self._behind = None
            return None
        if self._hand is None or self._behind is None:
            self._hand = _Hand(self._document(), self._seed, at_s, self._size)
            self._behind = behind()
        self._hand.follow(at_s, advice)
        scene = self._hand.pose(at_s, self._behind)
        return photograph(self._hand.visible(at_s), scene)


class _Hand:
    """Holds a document into the camera and reacts to advice like a human."""

    def __init__(
        self, document: HeldDocument, seed: int, since_s: float, size: tuple[int, int]
    ) -> None:
        rng = Random(seed)  # noqa: S311 (a performance to be repeated, no secret)
        self._size = size
        self._presentation = document.presentation
        on_phone = document.presentation is DocumentPresentation.ON_A_PHONE
        enlarged = PHONE_ENLARGEMENT if on_phone else 1.0
        share = _WIDTH[len(document.sides) > 1]
        self._width = share * size[0] * enlarged
        self._come_closer = _CLOSEST / share
        self._sides = tuple(_take_up(side, self._width, seed) for side in document.sides)
        self._seed = seed
        self._rng = rng
        self._waves = [(rng.uniform(0.15, 0.4), rng.uniform(0, tau)) for _ in range(6)]
        self._since_s = since_s
        self._side = 0
        self._turned_s = since_s - _FLIP_S
        self._upside_down = False
        self._closer = 1.0
        self._shiny = True
        self._heard: tuple[str, float] = ("", 0.0)

    def follow(self, at_s: float, advice: str) -> None:
        """Do once what is advised, a human reaction time after it was first seen."""
        said, due_s = self._heard
        if advice != said:
            self._heard = advice, at_s + self._rng.uniform(*_REACTION_S)
        elif at_s >= due_s:
            self._obey(at_s, advice)
            self._heard = said, at_s + _AGAIN_S

    def _obey(self, at_s: float, advice: str) -> None:
        match advice:
            case "turn_over":
                self._show_side(at_s, 1 - self._side)
            case "show_front":
                self._show_side(at_s, 0)
            case "upside_down":
                self._upside_down = not self._upside_down
            case "closer":
                self._closer = self._come_closer
            case "less_glare":
                self._shiny = False
            case _:
                pass

    def _show_side(self, at_s: float, side: int) -> None:
        if side != self._side and side < len(self._sides):
            self._side, self._turned_s = side, at_s

    def visible(self, at_s: float) -> Pixels:
        """Return the side that faces the camera: in the first half of a turn the other one."""
        before = at_s - self._turned_s < _FLIP_S / 2
        return self._sides[1 - self._side if before else self._side]

    def pose(self, at_s: float, behind: Pixels) -> DocumentScene:
        """Return how the document is held at a moment."""
        yaw, pitch, roll, x, y, light = (
            sin(tau * rate * at_s + phase) for rate, phase in self._waves
        )
        rise = max(0.0, 1 - (at_s - self._since_s) / _RISE_S)
        turn = self._turn(at_s)
        moving = hypot(0.7 * rise, abs(turn) / _EDGEWISE)
        return DocumentScene(
            width=self._size[0],
            height=self._size[1],
            page_width=self._width * self._closer,
            yaw=turn + 4 * yaw,
            pitch=4 * pitch,
            roll=2.5 * roll + 180 * self._upside_down,
            x=0.5 + 0.01 * x,
            y=0.5 + 0.02 * y + rise,
            mirrored=self._presentation is DocumentPresentation.MIRRORED,
            background=behind,
            glare=self._glare(light),
            shade=25,
            blur=0.5,
            motion=8 * moving,
            noise=2.5,
            seed=self._seed,
        )

    def _turn(self, at_s: float) -> float:
        """Return the angle of a side that is being turned away, or of the other one coming."""
        part = (at_s - self._turned_s) / _FLIP_S
        swipes = self._presentation is DocumentPresentation.ON_A_PHONE
        if swipes or not 0 <= part < 1:
            return 0.0
        angle = _EDGEWISE * (1 - cos(pi * 2 * part)) / 2
        return angle if part < 1 / 2 else -angle

    def _glare(self, light: float) -> Glare | None:
        """Return a lamp's reflection that wanders with the hand, above the lines of the zone."""
        if not self._shiny:
            return None
        return Glare(x=0.55 + 0.5 * light, y=0.12, radius=0.06, strength=140)


def _take_up(side: Pixels, width: float, seed: int) -> Pixels:
    """Return a side with the fingers that hold it, reduced once to what an image can show of it."""
    held = add_fingers(side, _FINGERS, np.random.default_rng(seed))
    reduced = min(1.0, _SPARE * width / side.shape[1])
    return cv2.resize(held, None, fx=reduced, fy=reduced, interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )
