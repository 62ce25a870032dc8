"""`document read PICTURE...`: pictures of a document, judged as a session judges frames."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from vision.analysis import FaceAnalysis, InlineAnalysis
from vision.document.acceptance import (
    AcceptedMrz,
    CorrectedCell,
    MrzRefusal,
    accept_reading,
)
from vision.document.mrz import MrzFields, parse_mrz
from vision.document.observation import DocumentObservation
from vision.errors import MrzRefused
from vision.frame import Frame
from vision.matching.image import LARGEST_FILE, decode_image
from workstation.ctl.console import Console, Value
from workstation.ctl.document_text import describe_fields
from workstation.ctl.failures import NothingFound
from workstation.settings.toml_file import read_limited
from workstation.verification.reference.identity import is_iin

__all__ = ["read_lines", "read_pictures"]


@dataclass(frozen=True, slots=True)
class _Picture:
    """One picture: what was seen in it, and what was made of its lines.

    fields     what the lines state, believed or not; None where there are none
    refusal    the rule that they fail; None when they are believed, or where there are none
    corrected  the one character that was taken by the check digits, where one was
    """

    name: str
    seen: DocumentObservation
    fields: MrzFields | None = None
    refusal: MrzRefusal | None = None
    corrected: CorrectedCell | None = None

    @property
    def believed(self) -> MrzFields | None:
        """Return what the lines state if they pass every rule."""
        return self.fields if self.refusal is None else None


def read_pictures(
    console: Console, paths: Sequence[Path], today: date
) -> tuple[dict[str, Value], bool]:
    """Return what the pictures show, and whether their lines are accepted.

    A picture that is given twice counts once. NothingFound, ImageRefused, ModelError.
    """
    analysis = InlineAnalysis(console.data)
    with console.progress(_observe(analysis, paths), "pictures") as observed:
        pictures = [_judge(name, seen, today) for name, seen in observed]
    believed = Counter(each.believed for each in pictures if each.believed is not None)
    reason = _reason(pictures, len(believed))
    shown = (*believed, *(each.fields for each in pictures if each.fields is not None))
    members: dict[str, Value] = {
        "accepted": not reason,
        "reason": reason or "accepted",
        "equal_readings": max(believed.values(), default=0),
        "authenticated": False,
        "document": describe_fields(shown[0], today) if shown else None,
        "pictures": [_describe(each) for each in pictures],
    }
    return members, not reason


def read_lines(console: Console, path: Path) -> tuple[str, ...]:
    """Return the printed lines that a picture shows; NothingFound without any, ImageRefused."""
    for _name, seen in _observe(InlineAnalysis(console.data), [path]):
        if seen.mrz is not None:
            return seen.mrz.lines
    raise NothingFound(f"{path.name}: no printed lines")


def _observe(
    analysis: FaceAnalysis, paths: Sequence[Path]
) -> Iterator[tuple[str, DocumentObservation]]:
    known = set[str]()
    for sequence, path in enumerate(paths):
        untrusted = read_limited(path, LARGEST_FILE, NothingFound)
        digest = hashlib.sha256(untrusted).hexdigest()
        if digest not in known:
            known.add(digest)
            yield path.name, analysis.observe_document(Frame(sequence, 0, decode_image(untrusted)))


def _judge(name: str, seen: DocumentObservation, today: date) -> _Picture:
    if seen.mrz is None:
        return _Picture(name, seen)
    judged = accept_reading(seen.mrz, is_iin, today)
    if isinstance(judged, AcceptedMrz):
        return _Picture(name, seen, judged.fields, corrected=judged.corrected)
    try:
        return _Picture(name, seen, parse_mrz(seen.mrz.lines, today), judged)
    except MrzRefused:
        return _Picture(name, seen, None, judged)


def _reason(pictures: Sequence[_Picture], documents: int) -> str:
    """Return why no document is accepted, empty when one is."""
    if documents > 1:
        return "several_documents"
    refusals = (each.refusal.code for each in pictures if each.refusal is not None)
    return "" if documents else next(refusals, "no_lines")


def _describe(picture: _Picture) -> dict[str, Value]:
    seen, reading = picture.seen, picture.seen.mrz
    refusal, cell = picture.refusal, picture.corrected
    card, portrait = seen.card, seen.portrait
    failures = [] if portrait is None else [each.code for each in portrait.failures]
    return {
        "file": picture.name,
        "format": None if reading is None else reading.format.value,
        "lines": [] if reading is None else list(reading.lines),
        "refused": None if refusal is None else f"{refusal.code} {refusal.detail}".rstrip(),
        "corrected": None if cell is None else _describe_cell(cell),
        "margin": None if reading is None else f"{reading.margin:.2f}",
        "upside_down": reading is not None and reading.upside_down,
        "card": None if card is None else f"{card.size.value} {card.score:.2f}",
        "portrait": None if portrait is None else " ".join(failures) or "usable",
        "faces": len(seen.faces),
        "advice": seen.advice.value,
    }


def _describe_cell(cell: CorrectedCell) -> str:
    """Return line and column, counted from 1, what was read there and what was taken instead."""
    return f"{cell.line + 1}:{cell.column + 1} {cell.read}>{cell.taken}"
