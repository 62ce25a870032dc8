"""Documents to observe: observations without an image, and pages with a portrait to photograph."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vision.camera.simulation.document_page import PageStyle, render_td1_front
from vision.camera.simulation.photographs import SimulatedPerson, still_of
from vision.document.layout import MrzFormat
from vision.document.observation import (
    CardOutline,
    CardSize,
    DocumentAdvice,
    DocumentObservation,
    PrintedPortrait,
)
from vision.document.reading import MrzReading
from vision.frame import Frame, Pixels
from vision.results import QualityFinding, Status

__all__ = [
    "CARD",
    "NO_DOCUMENT",
    "PORTRAIT",
    "WORDS",
    "corner_error",
    "front",
    "portrait_of",
    "portrait_with",
    "seen_at",
    "zone_reading",
]

NO_DOCUMENT = DocumentObservation(
    sequence=0,
    captured_ns=0,
    frame_size=(1280, 720),
    mrz=None,
    card=None,
    portrait=None,
    faces=(),
    advice=DocumentAdvice.NO_DOCUMENT,
    elapsed_ms=1.0,
)

CARD = CardOutline(
    ((300.0, 150.0), (940.0, 150.0), (940.0, 554.0), (300.0, 554.0)), CardSize.ID_1, 1.8
)

PORTRAIT = PrintedPortrait(
    box=(60, 130, 190, 290),
    side_size=(640, 404),
    score=0.9,
    sharpness=0.1,
    upside_down=False,
    findings=(QualityFinding("portrait_glare", Status.PASSED, 0, 10_000),),
    side=b"side",
)


def portrait_with(*failed: str, sharpness: float = 0.1, side: bytes = b"side") -> PrintedPortrait:
    """Return a portrait of which these conditions failed."""
    findings = tuple(QualityFinding(code, Status.FAILED, 1, 0) for code in failed)
    return replace(
        PORTRAIT,
        findings=PORTRAIT.findings + findings,
        sharpness=sharpness,
        side=b"" if failed else side,
    )


def seen_at(frame: Frame, observation: DocumentObservation = NO_DOCUMENT) -> DocumentObservation:
    """Return an observation as if made of this frame."""
    height, width = frame.pixels.shape[:2]
    return replace(
        observation,
        sequence=frame.sequence,
        captured_ns=frame.captured_ns,
        frame_size=(width, height),
    )


WORDS = ("АХМЕТОВА", "АЙГЕРІМ", "СЕРІКҚЫЗЫ", "01.01.1990", "900101400001")


def portrait_of(person: SimulatedPerson) -> Pixels:
    """Return a person's head and shoulders in the shape of a document's portrait."""
    still = still_of(person)
    left, top = still.landmarks.min(axis=0)
    right, bottom = still.landmarks.max(axis=0)
    tall = float(bottom - top) * 1.9
    wide = tall * 26 / 34
    x, y = float(left + right) / 2, float(top + bottom) / 2 - tall * 0.06
    rows = slice(max(0, round(y - tall / 2)), round(y + tall / 2))
    return still.pixels[rows, max(0, round(x - wide / 2)) : round(x + wide / 2)]


def front(person: SimulatedPerson = SimulatedPerson.ASTRONAUT, seed: int = 0) -> Pixels:
    """Return the front of an identity card with this person's portrait."""
    return render_td1_front(portrait_of(person), WORDS, PageStyle(seed=seed))


def zone_reading(kind: str, corners: NDArray[np.float64] | None = None) -> MrzReading:
    """Return a reading of lines at these corners, 4 x 2, whatever they say."""
    placed = np.zeros((4, 2)) if corners is None else corners
    return MrzReading(
        format=MrzFormat(kind),
        lines=("A",),
        alternatives=(),
        margin=2.0,
        score=0.0,
        corners=tuple((float(x), float(y)) for x, y in placed),
        upside_down=False,
        elapsed_ms=1.0,
    )


def corner_error(found: CardOutline, truth: NDArray[np.float32]) -> float:
    """Return the largest distance of a corner to its true place by the width of the page.

    A card may be found the other way up.
    """
    corners = np.array(found.corners)
    width = float(np.linalg.norm(truth[1] - truth[0]))
    turned = (np.linalg.norm(np.roll(corners, 2 * k, axis=0) - truth, axis=1) for k in (0, 1))
    return min(float(each.max()) for each in turned) / width
