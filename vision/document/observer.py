"""From one frame to one DocumentObservation: lines, outline and portrait of a document."""

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from vision.document.card import find_card, rectify
from vision.document.observation import (
    Box,
    CardOutline,
    CardSize,
    DocumentAdvice,
    DocumentObservation,
    PrintedPortrait,
)
from vision.document.portrait import find_portrait
from vision.document.print_quality import judge_print
from vision.document.reading import MrzReading
from vision.document.recognition.reader import MrzReader
from vision.face.analyser import FaceAnalyser
from vision.face.engines.crops import shrink
from vision.face.engines.loading import FaceEngines
from vision.face.engines.yunet import YuNet
from vision.frame import Frame, Pixels, require_rgb

__all__ = ["DocumentAnalyser", "DocumentObserver"]

_LARGEST_PX: Final = 2048
_FACES_PX: Final = 640
_CARD_SCORE: Final = 1.5
_FEWEST_PX: Final = 420


@dataclass(frozen=True, slots=True)
class _Side:
    """The side that a frame shows; `hindrance` of its print, HOLD_STILL for none."""

    card: CardOutline | None
    portrait: PrintedPortrait | None
    hindrance: DocumentAdvice

    @property
    def is_front(self) -> bool:
        """Whether it is the front of a card of ID-1, which has no lines (Doc 9303 part 5, 3.1)."""
        usable = self.portrait is not None and self.portrait.usable
        return usable and self.card is not None and self.card.size is CardSize.ID_1


class DocumentObserver:
    """Observes documents frame by frame and keeps nothing between frames.

    Not thread-safe: the detector is that of the face analysis.
    """

    def __init__(self, detector: YuNet, reader: MrzReader | None) -> None:
        self._detector = detector
        self._reader = reader

    def observe(self, frame: Frame) -> DocumentObservation:
        """Measure what a frame shows of a document. Raises ImageRefused for no RGB picture.

        A picture of more than 2048 pixels is reduced first; corners and boxes are its own. On the
        front of a card whose portrait may be taken no lines are looked for: it would take longest.
        """
        started = time.perf_counter()
        whole = require_rgb(frame.pixels)
        scale = min(1.0, _LARGEST_PX / max(whole.shape[:2]))
        image = shrink(whole, scale)
        side, mrz = self._judge_side(image, None), None
        if self._reader is not None and not side.is_front:
            mrz = self._reader.read(image)
        if mrz is not None:
            side = self._judge_side(image, mrz)
        observation = DocumentObservation(
            sequence=frame.sequence,
            captured_ns=frame.captured_ns,
            frame_size=(whole.shape[1], whole.shape[0]),
            mrz=mrz,
            card=side.card,
            portrait=side.portrait,
            faces=self._find_faces(image),
            advice=_advise(mrz, side),
            elapsed_ms=0.0,
        )
        if scale < 1:
            observation = _enlarge(observation, whole.shape[1] / image.shape[1])
        return replace(observation, elapsed_ms=(time.perf_counter() - started) * 1000)

    def _judge_side(self, image: Pixels, mrz: MrzReading | None) -> _Side:
        card = find_card(image, mrz)
        if card is None or card.score < _CARD_SCORE:
            return _Side(card, None, DocumentAdvice.HOLD_STILL)
        seen = rectify(image, card)
        return _Side(card, find_portrait(seen, self._detector), judge_print(seen))

    def _find_faces(self, image: Pixels) -> tuple[Box, ...]:
        found = self._detector.find(image, min(1.0, _FACES_PX / max(image.shape[:2])))
        return tuple(
            (
                round(each.left),
                round(each.top),
                round(each.left + each.width),
                round(each.top + each.height),
            )
            for each in found
        )


class DocumentAnalyser(FaceAnalyser):
    """Analyses the frames of one camera for faces, or observes documents in them.

    Not thread-safe, as the face analysis is not.
    """

    def __init__(self, engines: FaceEngines, reader: MrzReader | None = None) -> None:
        super().__init__(engines)
        self._documents = DocumentObserver(engines.detector, reader)

    def observe_document(self, frame: Frame) -> DocumentObservation:
        """Measure the document that a frame shows; the track of the face is left as it is."""
        return self._documents.observe(frame)


def _advise(mrz: MrzReading | None, side: _Side) -> DocumentAdvice:
    """Return the one thing that hinders most in this frame."""
    card, portrait = side.card, side.portrait
    if mrz is None and card is None:
        return DocumentAdvice.NO_DOCUMENT
    if (mrz is not None and mrz.upside_down) or (portrait is not None and portrait.upside_down):
        return DocumentAdvice.UPSIDE_DOWN
    if mrz is None and card is not None and _width(card) < _FEWEST_PX:
        return DocumentAdvice.CLOSER
    if portrait is not None:
        failed = {each.code for each in portrait.failures}
        if "portrait_glare" in failed:
            return DocumentAdvice.LESS_GLARE
        if "portrait_out_of_focus" in failed:
            return DocumentAdvice.OUT_OF_FOCUS
        return DocumentAdvice.HOLD_STILL
    # Of a side that is read nothing hinders.
    return side.hindrance if mrz is None else DocumentAdvice.HOLD_STILL


def _width(card: CardOutline) -> float:
    upper_left, upper_right, lower_right, lower_left = card.corners
    return max(_distance(upper_left, upper_right), _distance(lower_left, lower_right))


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def _enlarge(seen: DocumentObservation, scale: float) -> DocumentObservation:
    """Return an observation of a reduced picture in pixels of the whole one."""
    card, mrz = seen.card, seen.mrz
    if card is not None:
        (a, b), (c, d), (e, f), (g, h) = card.corners
        placed = (
            (a * scale, b * scale),
            (c * scale, d * scale),
            (e * scale, f * scale),
            (g * scale, h * scale),
        )
        card = replace(card, corners=placed)
    if mrz is not None:
        mrz = replace(mrz, corners=tuple((x * scale, y * scale) for x, y in mrz.corners))
    faces = tuple(
        (round(left * scale), round(top * scale), round(right * scale), round(bottom * scale))
        for left, top, right, bottom in seen.faces
    )
    return replace(seen, card=card, mrz=mrz, faces=faces)
