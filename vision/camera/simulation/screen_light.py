"""The customer's screen lights what is before it; what shines by itself does not take it on."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vision.camera.simulation.photographs import HEIGHT, WIDTH, Still
from vision.camera.simulation.surroundings import outline_person
from vision.frame import Pixels
from vision.results import Colour

__all__ = ["Field", "light_person", "light_print", "reflect"]

Field = NDArray[np.float32]

SHARE: Final = 0.05
"""Of the room's light that a white screen at arm's length adds to a face."""

BEHIND: Final = 0.1
"""Share of it that arrives two metres behind the screen: the square of the distances."""

GAMMA: Final = 2.2


def light_person(still: Still) -> Field:
    """Return the share of a white screen's light at every place before which this person sits."""
    person = outline_person(still)
    return np.asarray(SHARE * (person + BEHIND * (1 - person)), dtype=np.float32)


def light_print() -> Field:
    """Return the same for a sheet of paper: its background is as near as its face."""
    return np.full((HEIGHT, WIDTH, 1), SHARE, np.float32)


def reflect(picture: Pixels, light: Field, colour: Colour) -> Pixels:
    """Return a picture taken before a white screen as it is before a coloured one.

    Light adds up in linear levels, and a surface gives back its own share of each primary.
    """
    shown = (np.array(colour, np.float32) / 255) ** GAMMA
    change = ((1 + light * shown) / (1 + light)) ** (1 / GAMMA)
    return np.clip(picture * change + 0.5, 0, 255).astype(np.uint8)
