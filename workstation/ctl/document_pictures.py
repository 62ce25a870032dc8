"""`document read PICTURE...`: pictures of a document, judged as a session judges frames."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from vision.analysis import FaceAnalysis, InlineAnalysis
from vision.document.mrz import MrzFields, parse_mrz
from vision.document.observation import DocumentObservation
from vision.document.reading import MrzReading
from vision.errors import MrzRefused
from vision.frame import Frame
from vision.matching.image import LARGEST_FILE, decode_image
from workstation.ctl.console import Console, Value
from workstation.ctl.document_text import describe_fields
from workstation.ctl.failures import NothingFound
from workstation.settings.toml_file import read_limited

__all__ = ["read_lines", "read_pictures"]

_LEAST_MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class _Picture:
    """One picture: what was seen in it, and what its lines state if they are believed.

    refused  code of why they are not; empty when they are, or where there are none
    """

    name: str
    seen: DocumentObservation
    fields: MrzFields | None
    refused: str


def read_pictures(
    console: Console, paths: Sequence[Path], today: date
) -> tuple[dict[str, Value], bool]:
    """Return what the pictures show, and whether their lines are accepted.

    A picture that is given twice counts once. NothingFound, ImageRefused, ModelError.
    """
    analysis = InlineAnalysis(console.data)
    with console.progress(_observe(analysis, paths), "pictures") as observed:
        pictures = [_judge(name, seen, today) for name, seen in observed]
    believed = Counter(each.fields for each in pictures if each.fields is not None)
    reason = _reason(pictures, tuple(believed), today)
    fields = next(iter(believed), None) if len(believed) == 1 else None
    members: dict[str, Value] = {
        "accepted": not reason,
        "reason": reason or "accepted",
        "equal_readings": believed[fields] if fields is not None else 0,
        "authenticated": False,
        "document": None if fields is None else describe_fields(fields, today),
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
        return _Picture(name, seen, None, "")
    fields, refused = _accept(seen.mrz, today)
    return _Picture(name, seen, fields, refused)


def _accept(reading: MrzReading, today: date) -> tuple[MrzFields | None, str]:
    if reading.margin < _LEAST_MARGIN:
        return None, "uncertain"
    try:
        fields = parse_mrz(reading.lines, today)
    except MrzRefused as refused:
        return None, refused.code
    if fields.wrong_checks:
        return None, f"wrong_check_digit:{fields.wrong_checks[0]}"
    return fields, ""


def _reason(pictures: Sequence[_Picture], believed: Sequence[MrzFields], today: date) -> str:
    """Return why no document is accepted, empty when one is."""
    if len(believed) > 1:
        return "several_documents"
    if believed:
        return "expired" if believed[0].expiry < today else ""
    return next((each.refused for each in pictures if each.refused), "no_lines")


def _describe(picture: _Picture) -> dict[str, Value]:
    seen, reading = picture.seen, picture.seen.mrz
    card, portrait = seen.card, seen.portrait
    failures = [] if portrait is None else [each.code for each in portrait.failures]
    return {
        "file": picture.name,
        "lines": None if reading is None else reading.format,
        "refused": picture.refused,
        "margin": None if reading is None else f"{reading.margin:.2f}",
        "upside_down": reading is not None and reading.upside_down,
        "card": None if card is None else f"{card.size.value} {card.score:.2f}",
        "portrait": None if portrait is None else " ".join(failures) or "usable",
        "faces": len(seen.faces),
        "advice": seen.advice.value,
    }
