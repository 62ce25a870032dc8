"""Pairs of photos from a CSV file, compared by the station's own models.

Columns: file_a and file_b (relative to the CSV), same (1 or 0), and any number of labels.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.ctl.console import Console
from workstation.ctl.failures import FaceNotUsable, NothingFound
from workstation.settings.toml_file import read_limited

if TYPE_CHECKING:
    from vision.analysis import FaceAnalysis
    from vision.results import FaceTemplate

__all__ = ["MAX_IMAGE", "LabelledPair", "compare_pairs", "describe_photo", "read_pairs"]

_MAX_CSV = 50_000_000
MAX_IMAGE = 12_000_000
_NEEDED = ("file_a", "file_b", "same")


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """One row: two photos, whether they show one person, and the row's labels."""

    first: str
    second: str
    same: bool
    labels: dict[str, str]


def read_pairs(path: Path) -> list[LabelledPair]:
    """Read the rows of a CSV file. Raises NothingFound, which names the row."""
    text = read_limited(path, _MAX_CSV, NothingFound).decode("utf-8-sig", "replace")
    reader = csv.DictReader(io.StringIO(text))
    if not set(_NEEDED) <= set(reader.fieldnames or ()):
        raise NothingFound(f"{path.name}: columns {', '.join(_NEEDED)} are needed")
    pairs = []
    for number, row in enumerate(reader, start=2):
        if row["same"] not in {"0", "1"} or not row["file_a"] or not row["file_b"]:
            raise NothingFound(f"{path.name}: row {number}")
        labels = {
            name: value.strip()
            for name, value in row.items()
            if name not in _NEEDED and isinstance(value, str) and value.strip()
        }
        pairs.append(LabelledPair(row["file_a"], row["file_b"], row["same"] == "1", labels))
    if not pairs:
        raise NothingFound(f"{path.name}: no pairs")
    return pairs


def describe_photo(
    analysis: "FaceAnalysis", name: str, untrusted: bytes, *, alone: bool
) -> "FaceTemplate":
    """Return the descriptor of a photo's largest face; `alone`: of its only one.

    Raises FaceNotUsable or ImageRefused.
    """
    from vision.matching.image import decode_image

    seen = analysis.describe(decode_image(untrusted))
    if seen.template is None:
        raise FaceNotUsable(f"{name}: no face")
    if alone and seen.faces > 1:
        raise FaceNotUsable(f"{name}: {seen.faces} faces")
    return seen.template


def compare_pairs(
    console: Console, path: Path, analysis: "FaceAnalysis"
) -> Iterator[tuple[LabelledPair, float | None]]:
    """Yield each pair with the distance of its largest faces, None where a photo shows none.

    Every photo is described once; one that is no image at all is an error that names it.
    """
    from vision.errors import ImageRefused
    from vision.templates import cosine_distance

    pairs = read_pairs(path)
    templates: dict[str, FaceTemplate | None] = {}
    with console.progress(
        sorted({name for pair in pairs for name in (pair.first, pair.second)}), "photos"
    ) as names:
        for name in names:
            try:
                image = read_limited(path.parent / name, MAX_IMAGE, NothingFound)
                templates[name] = describe_photo(analysis, name, image, alone=False)
            except FaceNotUsable:
                templates[name] = None
            except ImageRefused as refused:
                raise NothingFound(f"{name}: {refused.detail}") from refused
    for pair in pairs:
        first, second = templates[pair.first], templates[pair.second]
        apart = first is None or second is None
        yield pair, None if apart else cosine_distance(first or (), second or ())
