"""The rendered set of documents that the reader is measured on: seeded, hard, with the truth."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache

import cv2
import numpy as np

from crypto.x509.iin import Iin
from tests.support.documents.zones import MrzPerson, random_person, write_td1, write_td3
from tests.support.vision.media import media_folder
from vision.camera.simulation.document_page import PageStyle, render_td1_back, render_td3_page
from vision.camera.simulation.document_scene import DocumentScene, photograph, random_scene
from vision.camera.simulation.photographs import SimulatedPerson, still_of
from vision.document.layout import MrzFormat
from vision.frame import Pixels

__all__ = ["TODAY", "Shot", "is_valid_iin", "shoot"]

TODAY = date(2026, 11, 29)
WIDTHS = {MrzFormat.TD1: (500.0, 1000.0), MrzFormat.TD3: (480.0, 930.0)}
"""Of the page in a frame of 1280 pixels."""


def is_valid_iin(digits: str) -> bool:
    """Say whether twelve digits have their own right check digit."""
    return Iin.parse(digits).checksum_ok


@dataclass(frozen=True, eq=False)
class Shot:
    """A frame of a document, what is printed on it, and how it was taken."""

    frame: Pixels
    lines: tuple[str, ...]
    scene: DocumentScene
    person: MrzPerson


def shoot(kind: MrzFormat, document: int, frame: int = 0, *, sharp: bool = False) -> Shot:
    """Return one frame of a document; every number is another one."""
    person, lines, page = _page(kind, document)
    backgrounds = _backgrounds()
    scene = random_scene(
        document * 100 + frame,
        WIDTHS[kind],
        backgrounds[(document * 7 + frame) % len(backgrounds)],
        sharp=sharp,
    )
    return Shot(photograph(page, scene), lines, scene, person)


@cache
def _backgrounds() -> list[Pixels]:
    """Return real photographs: the shared samples where they are, and the simulation's."""
    found = [still_of(each).pixels for each in SimulatedPerson]
    with suppress(SystemExit):
        for file in sorted((media_folder() / "pad_stills").glob("*.*")):
            picture = cv2.imread(str(file))
            if picture is not None:
                found.append(np.ascontiguousarray(picture[..., ::-1]))
    return found


_LAST: dict[tuple[MrzFormat, int], tuple[MrzPerson, tuple[str, ...], Pixels]] = {}


def _page(kind: MrzFormat, document: int) -> tuple[MrzPerson, tuple[str, ...], Pixels]:
    if (kind, document) not in _LAST:
        _LAST.clear()
        _LAST[kind, document] = _draw(kind, document)
    return _LAST[kind, document]


def _draw(kind: MrzFormat, document: int) -> tuple[MrzPerson, tuple[str, ...], Pixels]:
    random = np.random.default_rng([document, 1])
    person = random_person(random)
    # ISO 1831: a stroke of 0.35 mm may be thinner by 0.08 mm and is often heavier.
    style = PageStyle(
        seed=document,
        cut=("OCRB", "OCRBS")[int(random.integers(2))],
        stroke=int(random.integers(-1, 3)),
        ink=int(random.integers(15, 70)),
        tint=tuple(int(each) for each in random.integers(180, 245, 3)),
        lines=float(random.uniform(0, 0.7)),
        gap_mm=float(random.uniform(6.0, 6.6)) if kind is MrzFormat.TD3 else 4.3,
    )
    words = ["Қазақстан Республикасы", person.surname, person.given_names, person.number]
    if kind is MrzFormat.TD1:
        lines = write_td1(person)
        return person, lines, render_td1_back(lines, words, style)
    portrait = still_of(list(SimulatedPerson)[document % 2]).pixels
    written = write_td3(person)
    return person, written, render_td3_page(written, portrait, words, style)
