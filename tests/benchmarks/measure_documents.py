"""Measures the reader of machine-readable zones on rendered documents: docs/document.md.

    OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.measure_documents
        [--documents N] [--first N] [--sharp N] [--tesseract DATA]

More threads of OpenBLAS wait for each other and count as processor time of one.

Of each document five frames are taken, each hard in its own way. Every frame alone is "one shot";
of the five, the first two that were accepted equally are the agreement that the station demands.
`--tesseract` reads the same frames with tesserocr and the model in the folder DATA too, where both
are at hand (tests/support/documents/tesseract.py); it is given the lines that ours has found.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from tests.support.documents.rendered_set import TODAY, Shot, is_valid_iin, shoot
from tests.support.documents.tesseract import Tesseract
from tests.support.vision.documents import NO_DOCUMENT
from vision.document.acceptance import AcceptedMrz, accept_reading
from vision.document.capture import DocumentCapture
from vision.document.layout import MrzFormat
from vision.document.reading import MrzReading
from vision.document.recognition.reader import MrzReader
from vision.matching.exact_bounds import exact_bounds

FRAMES = 5
WIDE = 600


def say(line: str) -> None:
    """Write one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def rate(good: int, count: int) -> str:
    """Return a count with its share and the exact 95 % bounds."""
    low, high = exact_bounds(good, count)
    return f"{good}/{count} = {good / max(count, 1):.1%} ({low:.1%} to {high:.1%})"


@dataclass
class Counts:
    """What was read of one slice."""

    shots: int = 0
    exact: int = 0
    accepted: int = 0
    wrong: int = 0
    corrected: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def report(self, name: str) -> None:
        """Say the counts."""
        if self.shots:
            p50, p95 = np.percentile(self.milliseconds, [50, 95])
            say(
                f"{name}: exact {rate(self.exact, self.shots)}, accepted {self.accepted} "
                f"({self.corrected} corrected), "
                f"accepted but wrong {rate(self.wrong, self.accepted)}, "
                f"CPU p50 {p50:.0f} ms p95 {p95:.0f} ms"
            )


def believe(reading: MrzReading) -> str | None:
    """Return the text of a reading that is accepted."""
    judged = accept_reading(reading, is_valid_iin, TODAY)
    return judged.fields.text if isinstance(judged, AcceptedMrz) else None


class Measurement:
    """Reads frame by frame and counts."""

    def __init__(self, tesseract: Tesseract | None) -> None:
        self.tesseract = tesseract
        self.reader = MrzReader.from_resources()
        self.slices: dict[str, Counts] = defaultdict(Counts)
        self.refusals: Counter[str] = Counter()
        self.agreed, self.disagreed, self.documents = 0, 0, 0

    def take(self, kind: MrzFormat, document: int) -> None:
        """Measure one document over its frames."""
        capture, agreed = DocumentCapture(believe), ""
        for number in range(FRAMES):
            shot = shoot(kind, document, number)
            reading = self.shoot(shot, self._names(kind, shot))
            capture.observe(replace(NO_DOCUMENT, sequence=number, mrz=reading))
            agreed = agreed or capture.mrz or ""
        self.documents += 1
        self.agreed += bool(agreed)
        self.disagreed += bool(agreed) and agreed != "\n".join(shot.lines)

    def shoot(self, shot: Shot, names: list[str]) -> MrzReading | None:
        """Read one frame, and count it in each of the named slices."""
        began = time.process_time()
        reading = self.reader.read(shot.frame)
        spent = (time.process_time() - began) * 1000
        judged = None if reading is None else accept_reading(reading, is_valid_iin, TODAY)
        accepted = judged if isinstance(judged, AcceptedMrz) else None
        exact = reading is not None and reading.lines == shot.lines
        wrong = accepted is not None and accepted.fields.text != "\n".join(shot.lines)
        if self.tesseract is not None and reading is not None:
            self.tesseract.take(shot, reading)
        if accepted is None:
            self.refusals["no_zone" if judged is None else judged.code] += 1
        for name in names:
            counts = self.slices[name]
            counts.shots += 1
            counts.exact += exact
            counts.accepted += accepted is not None
            counts.wrong += wrong
            counts.corrected += accepted is not None and accepted.corrected is not None
            counts.milliseconds.append(spent)
        if wrong:
            say(
                f"  wrong: {shot.lines} read {accepted.fields.text!r}, margin {accepted.margin:.1f}"
            )
        return reading

    def _names(self, kind: MrzFormat, shot: Shot) -> list[str]:
        scene = shot.scene
        names = ["all", kind.value]
        if scene.page_width >= WIDE:
            names += [f"{kind.value}, {WIDE} px or more"]
        else:
            names += [f"{kind.value}, below {WIDE} px"]
        if scene.motion < 1 and scene.blur < 1:
            names.append("sharp by chance")
        if scene.glare is not None and scene.glare.strength > 150:
            names.append("glare above 150")
        return names

    def report(self) -> None:
        """Say everything that was counted."""
        for name, counts in self.slices.items():
            counts.report(name)
        say(f"not accepted: {dict(self.refusals.most_common())}")
        if self.tesseract is not None and self.tesseract.shots:
            p50, p95 = np.percentile(self.tesseract.milliseconds, [50, 95])
            say(
                "Tesseract on the lines that were found: "
                f"exact {rate(self.tesseract.exact, self.tesseract.shots)}, "
                f"CPU p50 {p50:.0f} ms p95 {p95:.0f} ms"
            )
        if self.documents:
            say(f"two equal reads in five frames: {rate(self.agreed, self.documents)}")
            say(f"  of which wrong: {rate(self.disagreed, self.agreed)}")


def main() -> None:
    """Measure and report."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, default=200)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--sharp", type=int, default=100)
    arguments.add_argument("--tesseract", default="")
    given = arguments.parse_args()
    cv2.setNumThreads(1)
    measurement = Measurement(Tesseract(given.tesseract) if given.tesseract else None)
    for document in range(given.first, given.first + given.documents):
        measurement.take((MrzFormat.TD1, MrzFormat.TD1, MrzFormat.TD3)[document % 3], document)
        if document % 20 == 19:
            say(f"after {document + 1 - given.first} documents")
            measurement.report()
    for document in range(given.first, given.first + given.sharp):
        kind = (MrzFormat.TD1, MrzFormat.TD3)[document % 2]
        measurement.shoot(shoot(kind, 50_000 + document, sharp=True), [f"sharp {kind.value}"])
    measurement.report()


if __name__ == "__main__":
    main()
