"""The customer's document before the camera: what its frames have shown so far.

The analysis says what one frame shows, `DocumentCapture` what two agree on; here is whose lines are
believed, when it takes too long, and what the customer is asked to do next.
"""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Final

from vision.document.acceptance import AcceptedMrz, accept_reading
from vision.document.capture import DocumentCapture
from vision.document.mrz import MrzFields, parse_mrz
from vision.document.observation import DocumentAdvice, DocumentObservation
from vision.document.reading import MrzReading
from workstation.verification.reference.document_view import DocumentView
from workstation.verification.reference.identity import is_iin

__all__ = ["DocumentScan"]

_LONGEST_NS: Final = 90_000_000_000
_LEAST_MARGIN: Final = 1.0
_REFUSALS: Final = 8
"""Sharp readings, refused for one reason each time, until the lines themselves are to blame."""

_UNCERTAIN: Final = frozenset({"mrz_unreadable", "mrz_unclear"})
_UNUSUAL: Final = frozenset({"mrz_other_issuer", "mrz_field", "mrz_personal_number"})
"""Rules of what an issuer prints where; the lines' own digits are right."""

_REASONS: Final = {
    "mrz_check": "reference.mrz_check_digit",
    "mrz_other_issuer": "reference.other_issuer",
    "mrz_personal_number": "reference.no_iin",
    "mrz_personal_birth": "reference.other_birth_date",
    "mrz_personal_sex": "reference.other_sex",
    "mrz_expired": "reference.document_expired",
}
"""What the teller is told of a rule of `vision.document.acceptance`."""

_MILLION: Final = 1_000_000
_TURNED: Final = frozenset({DocumentAdvice.SHOW_FRONT, DocumentAdvice.COMPLETE})


class DocumentScan:
    """One document that is held before the camera; frames in order.

    lines_only  the printed lines suffice
    opens_chip  they only have to open the chip: the rules of what an issuer prints where are its
                own to keep
    refused     code of why lines that are read well are not believed, empty while they may be
    """

    def __init__(self, today: date, *, lines_only: bool, opens_chip: bool) -> None:
        self._today = today
        self._capture: DocumentCapture[MrzFields] = DocumentCapture(self._accept)
        self._refusals: Counter[str] = Counter()
        self._since_ns: int | None = None
        self._now_ns = 0
        self._seen: DocumentObservation | None = None
        self._before: dict[str, bool] = {}
        self.lines_only = lines_only
        self._opens_chip = opens_chip
        self.refused = ""

    def observe(self, seen: DocumentObservation) -> None:
        """Take the next frame's observation."""
        if self._since_ns is None:
            self._since_ns = seen.captured_ns
        self._now_ns = seen.captured_ns
        if self._seen is not None:
            self._before = _judge(self._seen)
        self._seen = seen
        self._capture.observe(seen)

    @property
    def fields(self) -> MrzFields | None:
        """Return what the lines state, None before two frames agree on it."""
        return self._capture.mrz

    @property
    def side(self) -> bytes:
        """Return the side with the portrait as JPEG, empty before it is taken."""
        portrait = self._capture.portrait
        return b"" if portrait is None else portrait.side

    @property
    def overdue(self) -> bool:
        """Whether it has taken longer than anybody holds a document up."""
        return self._since_ns is not None and self._now_ns - self._since_ns > _LONGEST_NS

    @property
    def advice(self) -> str:
        """Return the code of what the customer does next."""
        advice, seen = self._capture.advice, self._seen
        if not self.lines_only or seen is None:
            return advice.value
        if seen.card is None and seen.mrz is None:
            return DocumentAdvice.NO_DOCUMENT.value
        if seen.portrait is not None and seen.mrz is None:
            return DocumentAdvice.TURN_OVER.value
        return (DocumentAdvice.HOLD_STILL if advice in _TURNED else advice).value

    @property
    def outline(self) -> tuple[tuple[int, int], ...]:
        """Return the corners of the side that is shown, in millionths of the frame."""
        seen = self._seen
        if seen is None or seen.card is None:
            return ()
        width, height = seen.frame_size
        return tuple(
            (round(x / width * _MILLION), round(y / height * _MILLION))
            for x, y in seen.card.corners
        )

    @property
    def conditions(self) -> tuple[tuple[str, bool], ...]:
        """Return how what is shown now can be read; a single bad frame is none of anybody's."""
        now = {} if self._seen is None else _judge(self._seen)
        return tuple((code, met or self._before.get(code, True)) for code, met in now.items())

    def show_on(self, view: DocumentView) -> DocumentView:
        """Return the view with what was seen so far and what the customer does next."""
        return replace(
            view,
            advice=self.advice,
            front=self.side != b"",
            back=self.fields is not None,
            conditions=self.conditions,
            outline=self.outline,
        )

    def _accept(self, reading: MrzReading) -> MrzFields | None:
        """Return what a reading states; None where it is not believed."""
        judged = accept_reading(reading, is_iin, self._today)
        if isinstance(judged, AcceptedMrz):
            self._refusals.clear()
            return judged.fields
        if judged.code in _UNCERTAIN or reading.margin < _LEAST_MARGIN:
            # A blurred frame breaks rules too, and speaks against no document.
            return None
        if self._opens_chip and judged.code in _UNUSUAL:
            # The chip says with the state's signature what these lines only have to open.
            return parse_mrz(reading.lines, self._today)
        code = _REASONS.get(judged.code, "reference.mrz_malformed")
        self._refusals[code] += 1
        if self._refusals[code] >= _REFUSALS:
            self.refused = code
        return None


def _judge(seen: DocumentObservation) -> dict[str, bool]:
    """Return the conditions of one frame by code: whether each is met."""
    found = {"in_sight": seen.card is not None or seen.mrz is not None}
    if not found["in_sight"]:
        return found
    failed = set() if seen.portrait is None else {each.code for each in seen.portrait.failures}
    found["large_enough"] = seen.advice is not DocumentAdvice.CLOSER
    found["upright"] = seen.advice is not DocumentAdvice.UPSIDE_DOWN
    blurred = seen.advice is DocumentAdvice.OUT_OF_FOCUS or "portrait_out_of_focus" in failed
    glaring = seen.advice is DocumentAdvice.LESS_GLARE or "portrait_glare" in failed
    found["sharp"], found["without_glare"] = not blurred, not glaring
    if seen.mrz is None:
        found["portrait"] = seen.portrait is not None
    else:
        found["lines"] = not seen.mrz.upside_down
    return found
