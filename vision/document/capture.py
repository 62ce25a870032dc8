"""Both sides of one document over the frames that show it: pure state, no image.

What is kept is what two frames agree on: the same lines accepted twice, a portrait seen twice. A
document that was away for longer than a hand needs to turn it may be another one: all is forgotten.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from vision.document.observation import (
    CardSize,
    DocumentAdvice,
    DocumentObservation,
    PrintedPortrait,
)
from vision.document.reading import MrzReading

__all__ = ["DocumentCapture"]

Accepted = TypeVar("Accepted")

_AWAY_NS: Final = 10_000_000_000
_AGREEING: Final = 2
_REMEMBERED: Final = 20
_UNKNOWN: Final = 12
"""Frames with a card on which neither portrait nor lines are seen, one after another."""
_HINDRANCES: Final = {
    DocumentAdvice.UPSIDE_DOWN,
    DocumentAdvice.CLOSER,
    DocumentAdvice.LESS_GLARE,
    DocumentAdvice.OUT_OF_FOCUS,
}


class DocumentCapture(Generic[Accepted]):
    """Takes the observations of one document in order and says what is still missing.

    accept    what a reading states, if it is believed; two that are equal agree
    mrz       what two frames agree on, None before
    portrait  the sharpest usable one, None before two frames have shown one
    advice    what would help next
    """

    def __init__(self, accept: Callable[[MrzReading], Accepted | None]) -> None:
        self._accept = accept
        self._hindrance = DocumentAdvice.HOLD_STILL
        self._seen_ns: int | None = None
        self._forget()

    def _forget(self) -> None:
        self.mrz: Accepted | None = None
        self.portrait: PrintedPortrait | None = None
        self.advice = DocumentAdvice.SHOW_FRONT
        self._accepted: deque[tuple[int, Accepted]] = deque(maxlen=_REMEMBERED)
        self._best: PrintedPortrait | None = None
        self._portraits: set[int] = set()
        self._unknown = 0
        self._one_page = False

    @property
    def complete(self) -> bool:
        """Whether portrait and lines are there: of both sides of a card, of a passport's page."""
        return self.mrz is not None and self.portrait is not None

    def observe(self, seen: DocumentObservation) -> None:
        """Take the next observation."""
        if seen.card is not None or seen.mrz is not None:
            if self._seen_ns is not None and seen.captured_ns - self._seen_ns > _AWAY_NS:
                self._forget()
            self._seen_ns = seen.captured_ns
        if seen.mrz is not None and not seen.mrz.upside_down:
            self._take_lines(seen.mrz, seen)
        if seen.portrait is not None and seen.portrait.usable:
            self._take_portrait(seen.portrait, seen.sequence)
        self._count_unknown(seen)
        self.advice = self._advise(seen)
        self._hindrance = seen.advice

    def _take_lines(self, reading: MrzReading, seen: DocumentObservation) -> None:
        accepted = self._accept(reading)
        if accepted is None or accepted == self.mrz:
            return
        if any(frame == seen.sequence for frame, _ in self._accepted):
            return  # a frame does not agree with itself
        self._accepted.append((seen.sequence, accepted))
        if sum(1 for _, other in self._accepted if other == accepted) < _AGREEING:
            return
        if self.mrz is not None:  # another document: its portrait is another one too
            self._forget()
        self.mrz = accepted
        self._one_page = seen.portrait is not None or (
            seen.card is not None and seen.card.size is CardSize.ID_3
        )

    def _take_portrait(self, portrait: PrintedPortrait, sequence: int) -> None:
        self._portraits.add(sequence)
        if self._best is None or portrait.sharpness > self._best.sharpness:
            self._best = portrait
        if len(self._portraits) >= _AGREEING:
            self.portrait = self._best

    def _count_unknown(self, seen: DocumentObservation) -> None:
        if seen.mrz is not None or seen.portrait is not None:
            self._unknown = 0
        elif seen.card is not None:
            self._unknown += 1

    def _advise(self, seen: DocumentObservation) -> DocumentAdvice:
        if self.complete:
            return DocumentAdvice.COMPLETE
        nothing = seen.mrz is None and seen.card is None
        if self.portrait is not None and (nothing or seen.portrait is not None):
            return DocumentAdvice.HOLD_STILL if seen.mrz is not None else DocumentAdvice.TURN_OVER
        if self.mrz is not None and not self._one_page and seen.mrz is not None:
            return DocumentAdvice.TURN_OVER
        if nothing:
            return DocumentAdvice.SHOW_FRONT
        if self._unknown >= _UNKNOWN:
            return DocumentAdvice.NOT_A_DOCUMENT
        # A single bad frame is none of the customer's business.
        if seen.advice in _HINDRANCES and seen.advice is self._hindrance:
            return seen.advice
        return DocumentAdvice.HOLD_STILL
